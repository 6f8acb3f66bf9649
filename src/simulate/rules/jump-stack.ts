/** Where chains were jumped to from (struct nft_jumpstack); one for all chains that are being evaluated. */

import type { PreparedChain } from './prepared-chain.ts';

/** Only the first `depth` frames count: the chain, and the rule to go on with. */
export interface JumpStack {
  readonly chains: PreparedChain[];
  readonly rules: number[];
  depth: number;
}

export function newJumpStack(): JumpStack {
  return { chains: [], rules: [], depth: 0 };
}
