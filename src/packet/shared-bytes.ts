/** Addresses and link headers out of packets: mostly the same array for the same bytes, so it must never be modified. */

import { read32 } from './bytes.ts';

const placeBits = 12;

/** What was last asked for at each place of a hash. */
const remembered: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(
  1 << placeBits,
).fill(undefined);

/** The `size` bytes at `start`; less than that at the end of the bytes. */
export function sharedBytes(bytes: Uint8Array, start: number, size: number): Uint8Array {
  if (size < 4 || start + size > bytes.length) return bytes.slice(start, start + size);
  const last = read32(bytes, start + size - 4);
  let hash = Math.imul(last ^ size, 0x9e3779b1);
  for (let at = 0; at < size - 4; at += 4)
    hash = Math.imul(hash ^ read32(bytes, start + at), 0x9e3779b1);
  const place = hash >>> (32 - placeBits);
  const known = remembered[place];
  if (known !== undefined && isAt(bytes, start, size, known, last)) return known;
  const shared = bytes.slice(start, start + size);
  remembered[place] = shared;
  return shared;
}

/** Word by word; the last ones may overlap. */
function isAt(
  bytes: Uint8Array,
  start: number,
  size: number,
  known: Uint8Array,
  last: number,
): boolean {
  if (known.length !== size || read32(known, size - 4) !== last) return false;
  for (let at = 0; at < size - 4; at += 4)
    if (read32(bytes, start + at) !== read32(known, at)) return false;
  return true;
}
