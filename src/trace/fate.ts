/** What became of a packet in the end. */

import type { Span } from '../base/span.ts';
import type { Family } from '../fields/families.ts';
import type { HookName, Loader } from '../model/program.ts';

/** Bytes that left or arrived: the network packet, and the frame around it where it has one. */
export interface OutgoingPacket {
  readonly device: string;
  /** From the network header on. */
  readonly packet: Uint8Array;
  /** With the link header, as on the wire; absent for devices without one and for unresolved neighbours. */
  readonly frame?: Uint8Array;
  /** Left into a tunnel device. */
  readonly encapsulation?: 'vxlan' | 'ipip' | 'other';
}

/** The rule or policy that decided. */
export interface RulePlace {
  readonly kind: 'rule' | 'policy';
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  readonly loader: Loader;
  /** Rules only. */
  readonly index?: number;
  readonly origin?: Span;
}

/** The stack decided, not a rule. */
export interface StackPlace {
  readonly kind: 'stack';
  /** The last hook that it passed whole; absent: no IP (or bridge, arp) hook was reached or passed. */
  readonly afterHook?: HookName;
  readonly beforeHooks: boolean;
}

export type FatePlace = RulePlace | StackPlace;

/** Stable codes of why a packet ended; documented with one sentence each. */
export const fateReasons = {
  DELIVERED: 'It passed every hook on the way and was delivered or sent.',
  RULE_DROP: 'A rule dropped it.',
  POLICY_DROP: 'No rule of the base chain decided, and the policy of the chain is drop.',
  RULE_REJECT: 'A rule rejected it.',
  RULE_STOLEN: 'A rule took it out of the stack (fwd, synproxy, tproxy).',
  RULE_QUEUE: 'A rule handed it to user space.',
  NAT_NO_ADDRESS: 'Masquerade or redirect found no usable address.',
  NAT_CLASH: 'No unique tuple was left, so conntrack dropped it at confirmation.',
  NOT_FOR_US: 'The frame is addressed to another MAC.',
  NOT_UNICAST_FRAME: 'A unicast IP packet in a broadcast or multicast frame is not forwarded.',
  BAD_HEADER: 'The IP header is malformed.',
  UNKNOWN_PROTOCOL: 'No handler for this EtherType.',
  DEVICE_DOWN: 'The device is down.',
  MARTIAN_SOURCE: 'The source address is not allowed on the wire.',
  MARTIAN_DESTINATION: 'The destination address is not allowed on the wire.',
  RP_FILTER: 'The reverse path check refused the source.',
  NO_ROUTE: 'No route to the destination.',
  ROUTE_BLACKHOLE: 'The route is a blackhole.',
  ROUTE_UNREACHABLE: 'The route says unreachable.',
  ROUTE_PROHIBIT: 'The route says prohibit.',
  FORWARDING_DISABLED: 'Forwarding is off.',
  TTL_EXCEEDED: 'TTL or hop limit ran out.',
  TOO_BIG: 'It is larger than the MTU and must not be fragmented.',
  REASSEMBLY_FAILED: 'The fragments cannot be put together.',
  HELD_FOR_REASSEMBLY: 'It waits for the other fragments.',
  NO_NEIGHBOUR: 'The neighbour is unknown.',
  BRIDGE_NO_PORT: 'The bridge has no port to send it to.',
  OPTIONS_REFUSED: 'An IP option (source route, broken option) is refused.',
  ARP_IGNORED: 'The stack does nothing with this ARP packet.',
  NOT_SENDABLE: 'The stack refuses to send it.',
  UNKNOWN: 'It depends on something that was not modelled.',
} as const;

export type FateReason = keyof typeof fateReasons;

interface FateBase {
  readonly reason: FateReason;
  /** Subject numbers of packets sent because of it (RST, ICMP errors). */
  readonly replies: readonly number[];
  /** Copies that `dup` and `fwd` sent. */
  readonly aside?: readonly OutgoingPacket[];
}

export interface SentFate extends FateBase {
  readonly kind: 'forwarded' | 'output' | 'bridged';
  readonly out: readonly OutgoingPacket[];
  /** Broadcast and multicast: delivered to the host as well. */
  readonly alsoLocal?: boolean;
}

export interface LocalFate extends FateBase {
  readonly kind: 'local';
  readonly device: string;
  /** From the network header on, as the socket gets it (after NAT). */
  readonly packet: Uint8Array;
}

export interface StoppedFate extends FateBase {
  readonly kind: 'drop' | 'reject';
  readonly at: FatePlace;
  /** Local senders get this errno name from sendto() (`EPERM`). */
  readonly sendError?: string;
}

export interface HeldFate extends FateBase {
  readonly kind: 'held';
  readonly at: FatePlace;
}

export interface TakenFate extends FateBase {
  readonly kind: 'stolen' | 'queue';
  readonly at: FatePlace;
  readonly queue?: number;
}

export type Fate = SentFate | LocalFate | StoppedFate | HeldFate | TakenFate;
export type FateKind = Fate['kind'];
