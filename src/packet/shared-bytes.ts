/** Addresses and link headers out of packets: mostly the same array for the same bytes, so it must never be modified. */

import { read32 } from './bytes.ts';

/** The last few IPv4 addresses: the way of a packet asks for the same ones again and again. */
const recentCount = 8;
const recentWords = new Float64Array(recentCount).fill(-1);
const recent: Uint8Array[] = [];
let oldest = 0;

function recentAddress(bytes: Uint8Array, start: number): Uint8Array {
  const word = read32(bytes, start);
  for (let at = 0; at < recentCount; at++) {
    const known = recent[at];
    if (recentWords[at] === word && known !== undefined) return known;
  }
  const address = bytes.slice(start, start + 4);
  recentWords[oldest] = word;
  recent[oldest] = address;
  oldest = (oldest + 1) % recentCount;
  return address;
}

const placeBits = 6;

/** What else was last asked for, by a hash. */
const remembered: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(
  1 << placeBits,
).fill(undefined);

/** The `size` bytes at `start`; less than that at the end of the bytes. */
export function sharedBytes(bytes: Uint8Array, start: number, size: number): Uint8Array {
  if (size < 4 || start + size > bytes.length) return bytes.slice(start, start + size);
  if (size === 4) return recentAddress(bytes, start);
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
