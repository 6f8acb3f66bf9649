/** Where chains were jumped to from (struct nft_jumpstack); one for all chains that are being evaluated. */

/** Only the first `depth` frames count: the chain's number, the rule to go on with, and where its code starts if that is known. */
export interface JumpStack {
  readonly chains: number[];
  readonly rules: number[];
  readonly places: number[];
  depth: number;
}

export function newJumpStack(): JumpStack {
  return { chains: [], rules: [], places: [], depth: 0 };
}
