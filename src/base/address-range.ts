/** Ranges of addresses as prefixes. */

import {
  type Address,
  addressFamily,
  addressFromBigInt,
  addressToBigInt,
  type Prefix,
} from './address.ts';

/** The fewest prefixes that cover exactly `from` to `to`, ascending; none if `to` is before `from`. */
export function rangeToPrefixes(from: Address, to: Address): readonly Prefix[] {
  const family = addressFamily(from);
  const bits = from.length * 8;
  const last = addressToBigInt(to);
  const prefixes: Prefix[] = [];
  for (let start = addressToBigInt(from); start <= last; ) {
    let hostBits = 0;
    while (hostBits < bits && fits(start, hostBits + 1, last)) hostBits++;
    prefixes.push({ address: addressFromBigInt(start, family), prefixLength: bits - hostBits });
    start += 1n << BigInt(hostBits);
  }
  return prefixes;
}

function fits(start: bigint, hostBits: number, last: bigint): boolean {
  const size = 1n << BigInt(hostBits);
  return (start & (size - 1n)) === 0n && start + size - 1n <= last;
}
