/** Trace events: what happened to a packet, as facts; prose belongs to report/. */

import type { Span } from '../base/span.ts';
import type { Family } from '../fields/families.ts';
import type { OperationKind } from '../model/operations.ts';
import type { HookName, Loader } from '../model/program.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { ChoiceMade } from './choice.ts';
import type { Fate } from './fate.ts';

/** A verdict as the kernel's trace shows it. */
export type TracedVerdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' | 'stolen' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'queue'; readonly number: number };

/** ct state of a packet; untracked and invalid have no entry behind them. */
export type ConntrackState = 'invalid' | 'established' | 'related' | 'new' | 'untracked';

export interface ConntrackSnapshot {
  readonly state: ConntrackState;
  /** Absent without an entry. */
  readonly direction?: 'original' | 'reply';
  /** IPS_* bits by nft's names (`seen-reply`, `assured`, `confirmed`, `snat`, `dnat`, `snat-done`, …). */
  readonly status?: readonly string[];
  readonly mark?: number;
}

/** One direction of a connection; ports are absent for protocols without them, ICMP ids stand in `id`. */
export interface TupleSummary {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly id?: number;
}

/** The chain that an event belongs to. */
export interface ChainPlace {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  readonly loader: Loader;
}

interface EventBase {
  /** 0: the packet of the question; 1, 2, …: packets made on the way (replies, ICMP errors, clones), in order. */
  readonly subject: number;
  /** The rule, chain or statement behind it. */
  readonly origin?: Span;
}

interface InChain extends EventBase, ChainPlace {}

/** Why the host made or copied a packet. */
export type SpawnCause =
  | 'reject'
  | 'icmp-error'
  | 'arp-reply'
  | 'syn-cookie'
  | 'encapsulated'
  | 'duplicate'
  | 'clone';

/** A packet starts its way: the one of the question, or one that the host made or copied. */
export interface PacketStartedEvent extends EventBase {
  readonly kind: 'packet-started';
  readonly cause: SpawnCause | 'received' | 'local' | 'loopback' | 'decapsulated';
  readonly device?: string;
  readonly packet: PacketSummary;
}

/** A netfilter hook point of a family; also when no chain stands there. */
export interface HookEnteredEvent extends EventBase {
  readonly kind: 'hook-entered';
  readonly family: 'ip' | 'ip6' | 'arp' | 'bridge' | 'netdev';
  readonly hook: HookName;
  readonly iif?: string;
  readonly oif?: string;
  readonly packet: PacketSummary;
}

/** A base chain is consulted. */
export interface ChainEnteredEvent extends InChain {
  readonly kind: 'chain-entered';
  readonly hook: HookName;
  readonly priority: number;
  readonly chainType: 'filter' | 'nat' | 'route';
  readonly iif?: string;
  readonly oif?: string;
  readonly mark: number;
  readonly packet: PacketSummary;
  /** Absent before connection tracking has looked at the packet. */
  readonly conntrack?: ConntrackSnapshot;
}

/** Every expression of the rule let the packet through. */
export interface RuleMatchedEvent extends InChain {
  readonly kind: 'rule-matched';
  /** Zero-based position in the chain. */
  readonly index: number;
  readonly handle?: number;
  readonly verdict: TracedVerdict;
  /** Packet mark after the rule. */
  readonly mark: number;
  readonly comment?: string;
}

/** Recorded only for a recorder that wants misses. */
export interface RuleMissedEvent extends InChain {
  readonly kind: 'rule-missed';
  readonly index: number;
  readonly handle?: number;
  /** Position of the operation that stopped the rule. */
  readonly operation: number;
  readonly operationKind: OperationKind;
  /** Where the value came from, as the operation that loaded it (`meta`, `payload`, …). */
  readonly source?: number;
  readonly found?: Uint8Array;
  readonly wanted?: Uint8Array;
  /** `break`: the expression could not be evaluated (missing header, no entry); `mismatch`: it did not hold. */
  readonly cause: 'mismatch' | 'break';
}

export interface PolicyAppliedEvent extends InChain {
  readonly kind: 'policy-applied';
  readonly policy: 'accept' | 'drop';
  readonly mark: number;
}

/** Recorded only for a recorder that wants misses. */
export interface SetLookedUpEvent extends InChain {
  readonly kind: 'set-looked-up';
  readonly set: string;
  readonly key: Uint8Array;
  readonly found: boolean;
  /** Position in the set's declared elements; absent for misses and for elements that packets added. */
  readonly element?: number;
}

/** A header field, mark or priority changed. */
export interface PacketRewrittenEvent extends EventBase {
  readonly kind: 'packet-rewritten';
  readonly cause: 'rule' | 'nat' | 'nat-inner' | 'ttl';
  /** nft's name: `ip daddr`, `tcp dport`, `icmp id`, `meta mark`, `ct mark`, `ip ttl`, or `@nh,64,32`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface ConntrackEvent extends EventBase {
  readonly kind:
    | 'conntrack-created'
    | 'conntrack-found'
    | 'conntrack-confirmed'
    | 'conntrack-invalid'
    | 'conntrack-untracked'
    | 'conntrack-destroyed';
  readonly state?: ConntrackState;
  readonly direction?: 'original' | 'reply';
  readonly original?: TupleSummary;
  readonly reply?: TupleSummary;
  /** TCP, SCTP, DCCP state after the packet. */
  readonly protocolState?: string;
  /** Stable code: why a packet is invalid or an entry went away (`BAD_CHECKSUM`, `OUT_OF_WINDOW`, `NO_ENTRY`, `CLASH`). */
  readonly reason?: string;
}

/** A NAT chain bound the connection. */
export interface NatBoundEvent extends EventBase {
  readonly kind: 'nat-bound';
  readonly manipulation: 'source' | 'destination';
  readonly before: TupleSummary;
  readonly after: TupleSummary;
  /** The port is one of a range that the kernel draws from at random. */
  readonly randomPort?: boolean;
}

export interface RouteChosenEvent extends EventBase {
  readonly kind: 'route-chosen';
  readonly purpose: 'input' | 'output' | 'reroute' | 'reject' | 'encapsulation';
  readonly destination: string;
  /** `none`: no route matched. */
  readonly result:
    | 'local'
    | 'forward'
    | 'output'
    | 'broadcast'
    | 'multicast'
    | 'blackhole'
    | 'unreachable'
    | 'prohibit'
    | 'none';
  readonly device?: string;
  readonly via?: string;
  readonly table?: string;
  readonly source?: string;
  /** Position in the host's list of routes. */
  readonly route?: number;
}

/** The stack refused the packet between two hooks (rp_filter, martian, TTL, …); the code is the fate's. */
export interface StackDroppedEvent extends EventBase {
  readonly kind: 'stack-dropped';
  readonly reason: string;
}

export interface RejectSentEvent extends EventBase {
  readonly kind: 'reject-sent';
  /** The subject number of the reply; absent when no reply was due. */
  readonly reply?: number;
  /** Why there was none: `RST`, `ICMP_ERROR`, `BAD_CHECKSUM`, `BROADCAST`, `FRAGMENT`, `NO_ROUTE`. */
  readonly suppressed?: string;
}

/** A packet was held, released or put together by reassembly. */
export interface FragmentsEvent extends EventBase {
  readonly kind: 'fragment-held' | 'fragments-reassembled' | 'packet-fragmented';
  readonly by: 'conntrack' | 'local-delivery' | 'output';
}

export interface LogWrittenEvent extends InChain {
  readonly kind: 'log-written';
  readonly prefix?: string;
  readonly group?: number;
  readonly level?: number;
}

/** A dynamic set got, renewed or lost an element. */
export interface SetChangedEvent extends InChain {
  readonly kind: 'set-changed';
  readonly set: string;
  readonly change: 'added' | 'updated' | 'deleted' | 'full';
  readonly key: Uint8Array;
}

export interface ChoiceMadeEvent extends EventBase, ChoiceMade {
  readonly kind: 'choice-made';
}

/** Something that the simulator gives no meaning; what was done instead is a choice or an assumption beside it. */
export interface UnmodelledEvent extends EventBase {
  readonly kind: 'unmodelled';
  /** Stable name: `synproxy`, `match:recent`, `target:TPROXY`. */
  readonly what: string;
}

/** The bridge's decision. */
export interface BridgeForwardedEvent extends EventBase {
  readonly kind: 'bridge-forwarded';
  readonly bridge: string;
  readonly ports: readonly string[];
  readonly flooded: boolean;
}

export interface FateEvent extends EventBase {
  readonly kind: 'fate';
  readonly fate: Fate;
}

export type TraceEvent =
  | PacketStartedEvent
  | HookEnteredEvent
  | ChainEnteredEvent
  | RuleMatchedEvent
  | RuleMissedEvent
  | PolicyAppliedEvent
  | SetLookedUpEvent
  | PacketRewrittenEvent
  | ConntrackEvent
  | NatBoundEvent
  | RouteChosenEvent
  | StackDroppedEvent
  | RejectSentEvent
  | FragmentsEvent
  | LogWrittenEvent
  | SetChangedEvent
  | ChoiceMadeEvent
  | UnmodelledEvent
  | BridgeForwardedEvent
  | FateEvent;
