/** Statements of nft rules, named as libnftables JSON names them. */

import type { Expression } from './expressions.ts';
import type { Node } from './node.ts';
import type { Rule } from './ruleset.ts';
import type { Verdict } from './verdict.ts';

/** `in` is the implicit comparison (no operator written); `!` is a negated flags test (`tcp flags ! syn`). */
export type MatchOperator = 'in' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';

/** A comparison, or a bare expression statement such as `tcp option sack exists`. */
export interface MatchStatement extends Node {
  readonly kind: 'match';
  readonly operator: MatchOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface VerdictStatement extends Node {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
}

/** `jump { … }`, `goto { … }`: an anonymous chain. */
export interface AnonymousChainStatement extends Node {
  readonly kind: 'anonymous-chain';
  readonly verdict: 'jump' | 'goto';
  readonly rules: readonly Rule[];
}

/** `KEY vmap { … }` */
export interface VmapStatement extends Node {
  readonly kind: 'vmap';
  readonly key: Expression;
  readonly data: Expression;
}

export interface CounterStatement extends Node {
  readonly kind: 'counter';
  readonly packets?: bigint;
  readonly bytes?: bigint;
}

export type ByteUnit = 'bytes' | 'kbytes' | 'mbytes' | 'gbytes';

export interface QuotaStatement extends Node {
  readonly kind: 'quota';
  readonly over: boolean;
  readonly bytes: bigint;
  readonly usedBytes?: bigint;
}

export type TimeUnit = 'second' | 'minute' | 'hour' | 'day' | 'week';

export interface LimitStatement extends Node {
  readonly kind: 'limit';
  readonly over: boolean;
  /** Packets, or bytes when `unit` is 'bytes'. */
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: TimeUnit;
  /** As written; nft's default is 5 packets or 0 bytes. */
  readonly burst?: bigint;
}

export interface CtCountStatement extends Node {
  readonly kind: 'ct-count';
  readonly over: boolean;
  readonly count: number;
}

export interface LastStatement extends Node {
  readonly kind: 'last';
  /** Milliseconds; absent for `never`. */
  readonly used?: number;
}

export interface LogStatement extends Node {
  readonly kind: 'log';
  readonly prefix?: Expression;
  readonly group?: number;
  readonly snaplen?: number;
  readonly queueThreshold?: number;
  readonly level?: string;
  readonly flags?: readonly string[];
}

export interface RejectStatement extends Node {
  readonly kind: 'reject';
  readonly type?: 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx';
  readonly code?: Expression;
  /** Raised: an ICMP answer, of a version that the matches before it do not tell. */
  readonly versionUnknown?: true;
}

/** snat, dnat, masquerade, redirect */
export interface NatStatement extends Node {
  readonly kind: 'nat';
  readonly type: 'snat' | 'dnat' | 'masquerade' | 'redirect';
  /** `ip` or `ip6` as written after the keyword (needed in inet). */
  readonly family?: 'ip' | 'ip6';
  readonly address?: Expression;
  readonly port?: Expression;
  /** `random`, `fully-random`, `persistent`, `netmap` (prefix) in order of writing. */
  readonly flags?: readonly string[];
  /** `addr . port to`, `interval to`: what was written before `to`. */
  readonly typeFlags?: readonly ('interval' | 'prefix' | 'concat')[];
}

export interface TproxyStatement extends Node {
  readonly kind: 'tproxy';
  readonly family?: 'ip' | 'ip6';
  readonly address?: Expression;
  readonly port?: Expression;
}

export interface NotrackStatement extends Node {
  readonly kind: 'notrack';
}

/** `meta mark set …`, `ct mark set …`, `tcp dport set …`, `tcp option maxseg size set …` */
export interface MangleStatement extends Node {
  readonly kind: 'mangle';
  readonly key: Expression;
  readonly value: Expression;
}

/** `reset tcp option sack-perm` */
export interface ResetOptionStatement extends Node {
  readonly kind: 'reset-option';
  readonly option: Expression;
}

/** `add @s { key timeout 1m counter }`, `update`, `delete`; with `data` a map update. */
export interface SetUpdateStatement extends Node {
  readonly kind: 'set-update';
  readonly operation: 'add' | 'update' | 'delete';
  readonly set: string;
  readonly element: Expression;
  readonly data?: Expression;
  readonly statements?: readonly Statement[];
}

/** The old spelling `meter m size 1024 { ip saddr limit rate 1/second }`. */
export interface MeterStatement extends Node {
  readonly kind: 'meter';
  readonly name: string;
  readonly size?: number;
  readonly key: Expression;
  readonly statement: Statement;
}

export interface DupStatement extends Node {
  readonly kind: 'dup';
  readonly address?: Expression;
  readonly device?: Expression;
}

export interface FwdStatement extends Node {
  readonly kind: 'fwd';
  readonly device: Expression;
  readonly family?: 'ip' | 'ip6';
  readonly address?: Expression;
}

export interface QueueStatement extends Node {
  readonly kind: 'queue';
  /** Number, range or an expression (numgen, hash, map); absent is 0. */
  readonly number?: Expression;
  readonly flags?: readonly ('bypass' | 'fanout')[];
}

export interface SynproxyStatement extends Node {
  readonly kind: 'synproxy';
  readonly mss?: number;
  readonly wscale?: number;
  readonly flags?: readonly ('timestamp' | 'sack-perm')[];
}

export interface FlowStatement extends Node {
  readonly kind: 'flow';
  readonly flowtable: string;
}

export type ObjectType =
  | 'counter'
  | 'quota'
  | 'limit'
  | 'ct helper'
  | 'ct timeout'
  | 'ct expectation'
  | 'secmark'
  | 'synproxy'
  | 'tunnel';

/** `counter name "x"`, `ct helper set "ftp"`, `limit name tcp dport map { … }` */
export interface ObjectReferenceStatement extends Node {
  readonly kind: 'object-reference';
  readonly type: ObjectType;
  readonly name: Expression;
}

/** `xt match "recent"`, `xt target "CHECKSUM"`; the name may be missing where nft was built without xtables. */
export interface XtStatement extends Node {
  readonly kind: 'xt';
  readonly type: 'match' | 'target' | 'watcher';
  readonly name?: string;
  /** What libxtables prints in its place, where it knows how. */
  readonly translation?: string;
}

/** What could not be parsed; the diagnostics say why. */
export interface InvalidStatement extends Node {
  readonly kind: 'invalid';
}

export interface StatementByKind {
  readonly match: MatchStatement;
  readonly verdict: VerdictStatement;
  readonly 'anonymous-chain': AnonymousChainStatement;
  readonly vmap: VmapStatement;
  readonly counter: CounterStatement;
  readonly quota: QuotaStatement;
  readonly limit: LimitStatement;
  readonly 'ct-count': CtCountStatement;
  readonly last: LastStatement;
  readonly log: LogStatement;
  readonly reject: RejectStatement;
  readonly nat: NatStatement;
  readonly tproxy: TproxyStatement;
  readonly notrack: NotrackStatement;
  readonly mangle: MangleStatement;
  readonly 'reset-option': ResetOptionStatement;
  readonly 'set-update': SetUpdateStatement;
  readonly meter: MeterStatement;
  readonly dup: DupStatement;
  readonly fwd: FwdStatement;
  readonly queue: QueueStatement;
  readonly synproxy: SynproxyStatement;
  readonly flow: FlowStatement;
  readonly 'object-reference': ObjectReferenceStatement;
  readonly xt: XtStatement;
  readonly invalid: InvalidStatement;
}

export type StatementKind = keyof StatementByKind;
export type Statement = StatementByKind[StatementKind];

/** One function per kind; a missing kind is a compile error. */
export type PerStatement<Rest extends readonly unknown[], Result> = {
  readonly [Kind in StatementKind]: (node: StatementByKind[Kind], ...rest: Rest) => Result;
};
