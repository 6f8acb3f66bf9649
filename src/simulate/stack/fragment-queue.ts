/** Pieces of a datagram that wait to be put together; replaced, never modified. */

import type { LivePacket } from '../live-packet.ts';

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
  /** What the packet carried besides its bytes: the datagram goes on with that of its first piece (skb_morph()). */
  readonly carried: CarriedState;
}

export type CarriedState = Pick<
  LivePacket,
  'mark' | 'priority' | 'secmark' | 'packetType' | 'link' | 'template'
>;

export interface FragmentQueue {
  /** In order of offset. */
  readonly pieces: readonly FragmentPiece[];
  /** Milliseconds on the simulation's clock. */
  readonly expires: number;
}
