/** Addresses out of packets: mostly the same array for the same bytes, so it must never be modified. */

import type { Address } from '../base/address.ts';
import { read32 } from './bytes.ts';

const placeBits = 12;

/** The address that was last asked for at each place of a hash. */
const remembered: (Address | undefined)[] = new Array<Address | undefined>(1 << placeBits).fill(
  undefined,
);

/** The `size` bytes at `start`; less than that at the end of the bytes. */
export function addressAt(bytes: Uint8Array, start: number, size: 4 | 16): Address {
  if (start + size > bytes.length) return bytes.slice(start, start + size);
  let hash = 0;
  for (let at = 0; at < size; at += 4)
    hash = Math.imul(hash ^ read32(bytes, start + at), 0x9e3779b1);
  const place = hash >>> (32 - placeBits);
  const known = remembered[place];
  if (known !== undefined && isAt(bytes, start, size, known)) return known;
  const address = bytes.slice(start, start + size);
  remembered[place] = address;
  return address;
}

function isAt(bytes: Uint8Array, start: number, size: number, address: Address): boolean {
  if (address.length !== size) return false;
  for (let at = 0; at < size; at++) if (bytes[start + at] !== address[at]) return false;
  return true;
}
