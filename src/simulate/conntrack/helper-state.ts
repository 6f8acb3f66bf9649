/** What a connection with a helper remembers; replaced, never modified. */

import type { Address } from '../../base/address.ts';

/** A connection that is about to come (struct nf_conntrack_expect). */
export interface Expectation {
  readonly protocol: number;
  readonly source: Address;
  readonly destination: Address;
  readonly destinationPort: number;
  /** Milliseconds on the simulation's clock. */
  readonly expires: number;
  /** NAT: the connection is translated as its master is (nf_nat_follow_master()). */
  readonly follow?: {
    /** Where the other end really listens. */
    readonly port: number;
    readonly direction: 0 | 1;
  };
}

/** How far sequence numbers of one direction are off since a helper changed a payload (struct nf_ct_seqadj). */
export interface SequenceShift {
  readonly position: number;
  readonly before: number;
  readonly after: number;
}

export interface HelperState {
  /** Sequence numbers that follow the end of a line, by direction: at most two. */
  readonly lineEnds: readonly [readonly number[], readonly number[]];
  readonly shifts: readonly [SequenceShift, SequenceShift];
  readonly expectations: readonly Expectation[];
}

const noShift: SequenceShift = { position: 0, before: 0, after: 0 };

export const newHelperState: HelperState = {
  lineEnds: [[], []],
  shifts: [noShift, noShift],
  expectations: [],
};
