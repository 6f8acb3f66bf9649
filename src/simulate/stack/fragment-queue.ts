/** Pieces of a datagram that wait to be put together; replaced, never modified. */

export interface FragmentPiece {
  /** Bytes of the fragmentable part. */
  readonly offset: number;
  readonly payload: Uint8Array;
  readonly more: boolean;
  /** The whole network header of this piece, before the fragmentable part. */
  readonly header: Uint8Array;
  /** Whole length of the packet that carried it. */
  readonly packetLength: number;
  readonly dontFragment: boolean;
}

export interface FragmentQueue {
  /** In order of offset. */
  readonly pieces: readonly FragmentPiece[];
  /** Milliseconds on the simulation's clock. */
  readonly expires: number;
}
