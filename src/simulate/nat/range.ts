/** What a NAT statement asks for (struct nf_nat_range2). */

import type { TupleAddress } from '../conntrack/tuple-address.ts';

export type Manipulation = 'source' | 'destination';

/** NF_NAT_RANGE_*, include/uapi/linux/netfilter/nf_nat.h. */
export const rangeFlag = {
  mapAddresses: 1,
  protocolSpecified: 2,
  random: 4,
  persistent: 8,
  fullyRandom: 16,
  protocolOffset: 32,
  netmap: 64,
} as const;

export interface NatRange {
  /** rangeFlag bits. */
  readonly flags: number;
  readonly addressMin?: TupleAddress;
  readonly addressMax?: TupleAddress;
  /** Ports or ICMP ids. */
  readonly partMin?: number;
  readonly partMax?: number;
  readonly partBase?: number;
}

export function hasFlag(range: NatRange, flag: number): boolean {
  return (range.flags & flag) !== 0;
}
