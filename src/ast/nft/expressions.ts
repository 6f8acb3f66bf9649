/** Expressions of nft as written (symbols unresolved) or as raised from a program (typed values). */

import type { Datatype } from '../../datatypes/datatype.ts';
import type { Node } from './node.ts';
import type { Statement } from './statements.ts';
import type { Verdict } from './verdict.ts';

/** A bare word or number as written, e.g. `established`, `22`, `10.0.0.1`, `eth*`; its meaning comes from the other side. */
export interface SymbolExpression extends Node {
  readonly kind: 'symbol';
  readonly text: string;
}

/** A quoted string without its quotes. */
export interface StringExpression extends Node {
  readonly kind: 'string';
  readonly text: string;
}

/** A constant whose datatype is known: made by evaluation and by raising, never by the grammar. */
export interface ValueExpression extends Node {
  readonly kind: 'value';
  readonly type: Datatype;
  readonly bits: number;
  /** Numeric value (byte order removed), or the characters of a string type (a trailing `*` is a wildcard). */
  readonly value: bigint | string;
}

/** `$name`; only before definitions are substituted. */
export interface VariableExpression extends Node {
  readonly kind: 'variable';
  readonly name: string;
}

export interface PrefixExpression extends Node {
  readonly kind: 'prefix';
  readonly address: Expression;
  readonly length: number;
}

export interface RangeExpression extends Node {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
}

/** `a . b . c` */
export interface ConcatExpression extends Node {
  readonly kind: 'concat';
  readonly parts: readonly Expression[];
}

/** `a,b,c` without braces: flags to be or-ed (ct state new,established). */
export interface ListExpression extends Node {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}

/** `{ a, b : c }`; items are elements, mappings or plain expressions. */
export interface SetExpression extends Node {
  readonly kind: 'set';
  readonly items: readonly Expression[];
}

/** `@name` */
export interface SetReferenceExpression extends Node {
  readonly kind: 'set-reference';
  readonly name: string;
}

/** An element of a set with its options; `*` is a catch-all. */
export interface ElementExpression extends Node {
  readonly kind: 'element';
  readonly key: Expression;
  readonly comment?: string;
  /** Milliseconds; 0 is `timeout never`. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly expires?: number;
  readonly statements?: readonly Statement[];
}

/** `*` as a set key. */
export interface WildcardExpression extends Node {
  readonly kind: 'wildcard';
}

/** `key : data` inside a set. */
export interface MappingExpression extends Node {
  readonly kind: 'mapping';
  readonly key: Expression;
  readonly data: Expression;
}

/** A verdict as the data of a map. */
export interface VerdictExpression extends Node {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
}

/** `KEY map { … }` or `KEY map @name` */
export interface MapExpression extends Node {
  readonly kind: 'map';
  readonly key: Expression;
  readonly data: Expression;
}

export type PayloadBase = 'link' | 'network' | 'transport' | 'inner';

/** `tcp dport`, or with `inner`: `vxlan ip saddr` (tunnel: 'vxlan'). */
export interface PayloadExpression extends Node {
  readonly kind: 'payload';
  readonly protocol: string;
  readonly field: string;
  /** The tunnel header before an inner match: vxlan, geneve, gre, gretap. */
  readonly tunnel?: string;
}

/** `@th,16,16`: offset and length in bits. */
export interface RawPayloadExpression extends Node {
  readonly kind: 'raw-payload';
  readonly base: PayloadBase | 'tunnel';
  readonly offset: number;
  readonly bits: number;
  readonly tunnel?: string;
}

/** IPv6 extension header field `rt type`, or `exthdr hbh exists` without a field. */
export interface ExthdrExpression extends Node {
  readonly kind: 'exthdr';
  readonly header: string;
  readonly field?: string;
  /** `srh sid[1]`, `rt0 addr[2]`. */
  readonly index?: number;
}

/** `tcp option sack left`, `tcp option 254 length`, raw `tcp option @34,8,8`. */
export interface TcpOptionExpression extends Node {
  readonly kind: 'tcp-option';
  readonly option: string;
  readonly field?: string;
  readonly raw?: { readonly type: number; readonly offset: number; readonly bits: number };
}

/** `ip option rr addr` */
export interface IpOptionExpression extends Node {
  readonly kind: 'ip-option';
  readonly option: string;
  readonly field?: string;
}

/** `sctp chunk init num-inbound-streams` */
export interface SctpChunkExpression extends Node {
  readonly kind: 'sctp-chunk';
  readonly chunk: string;
  readonly field?: string;
}

/** `dccp option 43` */
export interface DccpOptionExpression extends Node {
  readonly kind: 'dccp-option';
  readonly type: number;
}

/** `meta mark`, `iifname`; `bare` when written without `meta`. */
export interface MetaExpression extends Node {
  readonly kind: 'meta';
  readonly key: string;
}

/** `ct original ip saddr` → key `ip saddr`, direction `original`. */
export interface CtExpression extends Node {
  readonly kind: 'ct';
  readonly key: string;
  /** Of `saddr` and `daddr` when raised: the family that the rule is about. */
  readonly family?: 'ip' | 'ip6';
  readonly direction?: 'original' | 'reply';
}

/** `rt ip nexthop` → key `nexthop`, family `ip`. */
export interface RtExpression extends Node {
  readonly kind: 'rt';
  readonly key: string;
  readonly family?: 'ip' | 'ip6';
}

export type FibFlag = 'saddr' | 'daddr' | 'mark' | 'iif' | 'oif';

/** `check` is `fib … check`, the existence test (nft 1.1.7; `oif exists` before). */
export interface FibExpression extends Node {
  readonly kind: 'fib';
  readonly flags: readonly FibFlag[];
  readonly result: 'oif' | 'oifname' | 'type' | 'check';
}

/** `socket transparent`, `socket cgroupv2 level 2` */
export interface SocketExpression extends Node {
  readonly kind: 'socket';
  readonly key: string;
  readonly level?: number;
}

/** `osf ttl loose name`, `osf version` */
export interface OsfExpression extends Node {
  readonly kind: 'osf';
  readonly key: 'name' | 'version';
  readonly ttl?: 'loose' | 'skip';
}

/** `ipsec in spnum 1 ip saddr` → key `saddr`, family `ip`. */
export interface XfrmExpression extends Node {
  readonly kind: 'ipsec';
  readonly direction: 'in' | 'out';
  readonly spnum?: number;
  readonly key: string;
  readonly family?: 'ip' | 'ip6';
}

/** `tunnel id`, `tunnel path` */
export interface TunnelExpression extends Node {
  readonly kind: 'tunnel';
  readonly key: string;
}

/** `numgen random mod 3 offset 1` */
export interface NumgenExpression extends Node {
  readonly kind: 'numgen';
  readonly mode: 'inc' | 'random';
  readonly modulus: number;
  readonly offset?: number;
}

/** `jhash ip saddr . tcp dport mod 2 seed 0xdeadbeef offset 1` */
export interface JhashExpression extends Node {
  readonly kind: 'jhash';
  readonly key: Expression;
  readonly modulus: number;
  readonly seed?: number;
  readonly offset?: number;
}

/** `symhash mod 2 offset 1` */
export interface SymhashExpression extends Node {
  readonly kind: 'symhash';
  readonly modulus: number;
  readonly offset?: number;
}

export type BinaryOperator = '&' | '|' | '^' | '<<' | '>>';

export interface BinaryExpression extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `value / mask` on the right side of a flags match: `tcp flags syn / fin,syn`. */
export interface FlagsMaskExpression extends Node {
  readonly kind: 'flags-mask';
  readonly value: Expression;
  readonly mask: Expression;
}

/** `exists` and `missing` */
export interface BooleanExpression extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}

export interface ExpressionByKind {
  readonly symbol: SymbolExpression;
  readonly string: StringExpression;
  readonly value: ValueExpression;
  readonly variable: VariableExpression;
  readonly prefix: PrefixExpression;
  readonly range: RangeExpression;
  readonly concat: ConcatExpression;
  readonly list: ListExpression;
  readonly set: SetExpression;
  readonly 'set-reference': SetReferenceExpression;
  readonly element: ElementExpression;
  readonly wildcard: WildcardExpression;
  readonly mapping: MappingExpression;
  readonly verdict: VerdictExpression;
  readonly map: MapExpression;
  readonly payload: PayloadExpression;
  readonly 'raw-payload': RawPayloadExpression;
  readonly exthdr: ExthdrExpression;
  readonly 'tcp-option': TcpOptionExpression;
  readonly 'ip-option': IpOptionExpression;
  readonly 'sctp-chunk': SctpChunkExpression;
  readonly 'dccp-option': DccpOptionExpression;
  readonly meta: MetaExpression;
  readonly ct: CtExpression;
  readonly rt: RtExpression;
  readonly fib: FibExpression;
  readonly socket: SocketExpression;
  readonly osf: OsfExpression;
  readonly ipsec: XfrmExpression;
  readonly tunnel: TunnelExpression;
  readonly numgen: NumgenExpression;
  readonly jhash: JhashExpression;
  readonly symhash: SymhashExpression;
  readonly binary: BinaryExpression;
  readonly 'flags-mask': FlagsMaskExpression;
  readonly boolean: BooleanExpression;
}

export type ExpressionKind = keyof ExpressionByKind;
export type Expression = ExpressionByKind[ExpressionKind];

/** One function per kind; a missing kind is a compile error. */
export type PerExpression<Rest extends readonly unknown[], Result> = {
  readonly [Kind in ExpressionKind]: (node: ExpressionByKind[Kind], ...rest: Rest) => Result;
};
