/**
 * Operations: the kernel's nf_tables expressions, one by one, as the netlink messages carry them.
 *
 * Registers are numbered as in netlink (include/uapi/linux/netfilter/nf_tables.h): 0 is the verdict register, 1 to 4
 * are the 16-byte registers, 8 to 23 the sixteen 4-byte ones that share their memory (8 is the first word of 1).
 * Constants are bytes in register memory order, that is what the kernel compares with memcmp. Numbers of host byte
 * order are little endian there: the model describes a little-endian machine (amd64, arm64), as every recording is.
 */

import type { Span } from '../base/span.ts';
import type { XtMatch, XtTarget } from './xt.ts';

export type Register = number;

/** NFT_PAYLOAD_*_HEADER; `tunnel` is used inside `inner` only. */
export type PayloadBase = 'link' | 'network' | 'transport' | 'inner' | 'tunnel';

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'break' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** The bytes are a number of host byte order: listings show it as a number. */
export interface HostOrder {
  readonly hostOrder?: true;
}

/** Loads a constant, or a verdict into register 0. */
export interface ImmediateOperation extends HostOrder {
  readonly kind: 'immediate';
  readonly destination: Register;
  readonly data: Uint8Array | Verdict;
}

export interface PayloadOperation {
  readonly kind: 'payload';
  readonly base: PayloadBase;
  /** Bytes. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  readonly destination: Register;
}

/** nft_payload_set: writes and fixes checksums up. */
export interface PayloadWriteOperation {
  readonly kind: 'payload-write';
  readonly base: PayloadBase;
  readonly offset: number;
  readonly length: number;
  readonly source: Register;
  /** NFT_PAYLOAD_CSUM_*: none, inet (16-bit one's complement at `checksumOffset`), sctp (CRC32c). */
  readonly checksumType: 'none' | 'inet' | 'sctp';
  readonly checksumOffset: number;
  /** NFT_PAYLOAD_L4CSUM_PSEUDOHDR: the transport checksum covers the field through its pseudo header. */
  readonly pseudoHeader: boolean;
}

/** NFT_EXTHDR_OP_* */
export type ExthdrOperator = 'ipv6' | 'tcpopt' | 'ipv4' | 'sctp' | 'dccp';

export interface ExthdrOperation {
  readonly kind: 'exthdr';
  readonly operator: ExthdrOperator;
  /** Header, option or chunk number. */
  readonly type: number;
  readonly offset: number;
  readonly length: number;
  /** NFT_EXTHDR_F_PRESENT: the destination gets 1 or 0. */
  readonly present: boolean;
  readonly destination: Register;
}

export interface ExthdrWriteOperation {
  readonly kind: 'exthdr-write';
  readonly operator: 'tcpopt';
  readonly type: number;
  readonly offset: number;
  readonly length: number;
  readonly source: Register;
}

/** `reset tcp option`: overwrites the option with NOPs. */
export interface ExthdrResetOperation {
  readonly kind: 'exthdr-reset';
  readonly operator: 'tcpopt';
  readonly type: number;
}

/** `key` is nft's name in bytecode listings: len, protocol, nfproto, l4proto, priority, mark, iif, iifname, … */
export interface MetaOperation {
  readonly kind: 'meta';
  readonly key: string;
  readonly destination: Register;
}

export interface MetaSetOperation {
  readonly kind: 'meta-set';
  readonly key: string;
  readonly source: Register;
}

/** `key` is nft's name in bytecode listings: state, direction, status, mark, expiration, helper, l3protocol, src, dst, … */
export interface CtOperation {
  readonly kind: 'ct';
  readonly key: string;
  readonly direction?: 'original' | 'reply';
  readonly destination: Register;
}

export interface CtSetOperation {
  readonly kind: 'ct-set';
  readonly key: string;
  readonly direction?: 'original' | 'reply';
  readonly source: Register;
}

export interface RtOperation {
  readonly kind: 'rt';
  readonly key: 'classid' | 'nexthop4' | 'nexthop6' | 'tcpmss' | 'ipsec';
  readonly destination: Register;
}

export interface FibOperation {
  readonly kind: 'fib';
  readonly flags: readonly ('saddr' | 'daddr' | 'mark' | 'iif' | 'oif')[];
  readonly result: 'oif' | 'oifname' | 'addrtype';
  /** NFTA_FIB_F_PRESENT: 1 or 0 instead of the result. */
  readonly present: boolean;
  readonly destination: Register;
}

export interface SocketOperation {
  readonly kind: 'socket';
  readonly key: 'transparent' | 'mark' | 'wildcard' | 'cgroupv2';
  readonly level?: number;
  readonly destination: Register;
}

export interface OsfOperation {
  readonly kind: 'osf';
  readonly ttl: 0 | 1 | 2;
  readonly version: boolean;
  readonly destination: Register;
}

export interface XfrmOperation {
  readonly kind: 'xfrm';
  readonly direction: 'in' | 'out';
  readonly spnum: number;
  /** daddr4, saddr4, daddr6, saddr6, reqid, spi */
  readonly key: string;
  readonly destination: Register;
}

export interface TunnelOperation {
  readonly kind: 'tunnel';
  readonly key: 'path' | 'id';
  readonly destination: Register;
}

export interface NumgenOperation {
  readonly kind: 'numgen';
  readonly mode: 'inc' | 'random';
  readonly modulus: number;
  readonly offset: number;
  readonly destination: Register;
}

export interface HashOperation {
  readonly kind: 'hash';
  readonly type: 'jenkins' | 'symmetric';
  /** Jenkins only. */
  readonly source?: Register;
  readonly length?: number;
  readonly seed?: number;
  readonly modulus: number;
  readonly offset: number;
  readonly destination: Register;
}

export interface BitwiseMaskOperation extends HostOrder {
  readonly kind: 'bitwise';
  /** destination = (source & mask) ^ xor */
  readonly operator: 'mask-xor';
  readonly source: Register;
  readonly destination: Register;
  readonly length: number;
  readonly mask: Uint8Array;
  readonly xor: Uint8Array;
}

export interface BitwiseShiftOperation {
  readonly kind: 'bitwise';
  readonly operator: 'lshift' | 'rshift';
  readonly source: Register;
  readonly destination: Register;
  readonly length: number;
  readonly bits: number;
}

/** Two registers (kernel 6.13 and later, nft 1.1.2 and later). */
export interface BitwiseRegisterOperation {
  readonly kind: 'bitwise';
  readonly operator: 'and' | 'or' | 'xor';
  readonly source: Register;
  readonly source2: Register;
  readonly destination: Register;
  readonly length: number;
}

export type BitwiseOperation =
  | BitwiseMaskOperation
  | BitwiseShiftOperation
  | BitwiseRegisterOperation;

export interface ByteorderOperation {
  readonly kind: 'byteorder';
  readonly operator: 'hton' | 'ntoh';
  readonly source: Register;
  readonly destination: Register;
  readonly length: number;
  /** Bytes of one number: 2, 4 or 8. */
  readonly size: number;
}

export type CompareOperator = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte';

export interface CmpOperation extends HostOrder {
  readonly kind: 'cmp';
  readonly operator: CompareOperator;
  readonly source: Register;
  readonly data: Uint8Array;
}

export interface RangeOperation {
  readonly kind: 'range';
  readonly operator: 'eq' | 'neq';
  readonly source: Register;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface LookupOperation {
  readonly kind: 'lookup';
  /** Name of a set of the same table; anonymous sets have the names `__set%d` and `__map%d` with their number. */
  readonly set: string;
  readonly source: Register;
  /** Maps: where the data goes (0 for verdicts). */
  readonly destination?: Register;
  readonly inverted: boolean;
}

export interface DynsetOperation {
  readonly kind: 'dynset';
  readonly operator: 'add' | 'update' | 'delete';
  readonly set: string;
  readonly key: Register;
  readonly data?: Register;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly inverted: boolean;
  /** NFTA_DYNSET_EXPRESSIONS: attached to each new element. */
  readonly operations: readonly Operation[];
}

/** NFT_OBJECT_* */
export type ObjectKind =
  | 'counter'
  | 'quota'
  | 'ct-helper'
  | 'limit'
  | 'connlimit'
  | 'tunnel'
  | 'ct-timeout'
  | 'secmark'
  | 'ct-expectation'
  | 'synproxy';

export interface ObjrefOperation {
  readonly kind: 'objref';
  readonly target:
    | { readonly type: ObjectKind; readonly name: string }
    | { readonly set: string; readonly source: Register };
}

export interface CounterOperation {
  readonly kind: 'counter';
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface LimitOperation {
  readonly kind: 'limit';
  /** Packets or bytes per `per` seconds. */
  readonly rate: bigint;
  readonly per: number;
  readonly burst: number;
  readonly type: 'packets' | 'bytes';
  /** NFT_LIMIT_F_INV: matches when over. */
  readonly inverted: boolean;
}

export interface QuotaOperation {
  readonly kind: 'quota';
  readonly bytes: bigint;
  readonly consumed: bigint;
  /** NFT_QUOTA_F_INV: matches when over. */
  readonly inverted: boolean;
}

export interface ConnlimitOperation {
  readonly kind: 'connlimit';
  readonly count: number;
  readonly inverted: boolean;
}

export interface LastOperation {
  readonly kind: 'last';
  /** Milliseconds since the last match; absent when never set. */
  readonly milliseconds?: number;
}

export interface LogOperation {
  readonly kind: 'log';
  readonly prefix?: string;
  readonly group?: number;
  readonly snaplen?: number;
  readonly queueThreshold?: number;
  /** syslog level 0 to 7, or 8 for audit. */
  readonly level?: number;
  /** NF_LOG_* bits. */
  readonly flags?: number;
}

/** Registers of an address or port range. */
export interface NatOperation {
  readonly kind: 'nat';
  readonly type: 'snat' | 'dnat';
  readonly family: 'ip' | 'ip6' | 'inet';
  readonly addressMin?: Register;
  readonly addressMax?: Register;
  readonly protocolMin?: Register;
  readonly protocolMax?: Register;
  /** NF_NAT_RANGE_*: map_ips 0x1, proto_specified 0x2, random 0x4, persistent 0x8, fully random 0x10, netmap 0x40. */
  readonly flags: number;
}

export interface MasqOperation {
  readonly kind: 'masq';
  readonly protocolMin?: Register;
  readonly protocolMax?: Register;
  readonly flags: number;
}

export interface RedirOperation {
  readonly kind: 'redir';
  readonly protocolMin?: Register;
  readonly protocolMax?: Register;
  readonly flags: number;
}

export interface TproxyOperation {
  readonly kind: 'tproxy';
  readonly family: 'ip' | 'ip6' | 'unspec';
  readonly address?: Register;
  readonly port?: Register;
}

export interface RejectOperation {
  readonly kind: 'reject';
  /** NFT_REJECT_ICMP_UNREACH 0, TCP_RST 1, ICMPX_UNREACH 2. */
  readonly type: 0 | 1 | 2;
  readonly code: number;
}

export interface NotrackOperation {
  readonly kind: 'notrack';
}

export interface SynproxyOperation {
  readonly kind: 'synproxy';
  readonly mss: number;
  readonly wscale: number;
  /** NF_SYNPROXY_OPT_*: mss 0x1, wscale 0x2, sack-perm 0x4, timestamp 0x8. */
  readonly flags: number;
}

export interface QueueOperation {
  readonly kind: 'queue';
  readonly number?: number;
  readonly total?: number;
  readonly source?: Register;
  readonly bypass: boolean;
  readonly fanout: boolean;
}

export interface DupOperation {
  readonly kind: 'dup';
  readonly address?: Register;
  readonly device?: Register;
}

export interface FwdOperation {
  readonly kind: 'fwd';
  readonly device: Register;
  readonly address?: Register;
  readonly family?: 'ip' | 'ip6';
}

export interface FlowOffloadOperation {
  readonly kind: 'flow-offload';
  readonly flowtable: string;
}

/** An xtables match. */
export interface MatchOperation {
  readonly kind: 'match';
  readonly match: XtMatch;
}

/** An xtables target that is no verdict. */
export interface TargetOperation {
  readonly kind: 'target';
  readonly target: XtTarget;
}

/** Matches inside a tunnel header: evaluates `operation` on the inner packet. */
export interface InnerOperation {
  readonly kind: 'inner';
  /** NFT_INNER_*: vxlan 1, geneve 2; 0 for gre. */
  readonly type: number;
  readonly headerSize: number;
  /** NFT_INNER_HDRSIZE 1, LL 2, NH 4, TH 8. */
  readonly flags: number;
  readonly operation: PayloadOperation | MetaOperation;
}

export interface OperationByKind {
  readonly immediate: ImmediateOperation;
  readonly payload: PayloadOperation;
  readonly 'payload-write': PayloadWriteOperation;
  readonly exthdr: ExthdrOperation;
  readonly 'exthdr-write': ExthdrWriteOperation;
  readonly 'exthdr-reset': ExthdrResetOperation;
  readonly meta: MetaOperation;
  readonly 'meta-set': MetaSetOperation;
  readonly ct: CtOperation;
  readonly 'ct-set': CtSetOperation;
  readonly rt: RtOperation;
  readonly fib: FibOperation;
  readonly socket: SocketOperation;
  readonly osf: OsfOperation;
  readonly xfrm: XfrmOperation;
  readonly tunnel: TunnelOperation;
  readonly numgen: NumgenOperation;
  readonly hash: HashOperation;
  readonly bitwise: BitwiseOperation;
  readonly byteorder: ByteorderOperation;
  readonly cmp: CmpOperation;
  readonly range: RangeOperation;
  readonly lookup: LookupOperation;
  readonly dynset: DynsetOperation;
  readonly objref: ObjrefOperation;
  readonly counter: CounterOperation;
  readonly limit: LimitOperation;
  readonly quota: QuotaOperation;
  readonly connlimit: ConnlimitOperation;
  readonly last: LastOperation;
  readonly log: LogOperation;
  readonly nat: NatOperation;
  readonly masq: MasqOperation;
  readonly redir: RedirOperation;
  readonly tproxy: TproxyOperation;
  readonly reject: RejectOperation;
  readonly notrack: NotrackOperation;
  readonly synproxy: SynproxyOperation;
  readonly queue: QueueOperation;
  readonly dup: DupOperation;
  readonly fwd: FwdOperation;
  readonly 'flow-offload': FlowOffloadOperation;
  readonly match: MatchOperation;
  readonly target: TargetOperation;
  readonly inner: InnerOperation;
}

export type OperationKind = keyof OperationByKind;

/** Every operation may carry the span of the expression it was lowered from. */
export type Operation = OperationByKind[OperationKind] & { readonly span?: Span };

/** One function per kind; a missing kind is a compile error. */
export type PerOperation<Rest extends readonly unknown[], Result> = {
  readonly [Kind in OperationKind]: (operation: OperationByKind[Kind], ...rest: Rest) => Result;
};
