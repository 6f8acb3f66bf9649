/** -j TRACE in nf_tables: add_meta_nftrace() of iptables 1.8.13. */

import type { Operation } from '../../model/operations.ts';

/** NFT_REG32_01, as iptables-nft uses for what it writes. */
const scratch = 9;

export function lowerTrace(): Operation[] {
  return [
    { kind: 'immediate', destination: scratch, data: Uint8Array.of(1) },
    { kind: 'meta-set', key: 'nftrace', source: scratch },
  ];
}
