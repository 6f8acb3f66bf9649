/** Numbers out of bytes, and masks. */

/** The bytes as one big-endian number. */
export function numberFromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The same bytes in the other order. */
export function swapBytes(value: bigint, bits: number): bigint {
  let rest = value;
  let swapped = 0n;
  for (let byte = Math.ceil(bits / 8); byte > 0; byte--) {
    swapped = (swapped << 8n) | (rest & 255n);
    rest >>= 8n;
  }
  return swapped;
}

export function allOnes(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

/** Position of the lowest 1, or -1. */
export function lowestOne(value: bigint): number {
  return value === 0n ? -1 : (value & -value).toString(2).length - 1;
}

/** Position of the lowest 0 at or after `start`. */
export function lowestZero(value: bigint, start = 0): number {
  return start + lowestOne(~(value >> BigInt(start)));
}

export function countOnes(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}

/** How many bits of `bits` a mask of leading ones covers; undefined when it is none. */
export function maskPrefixLength(mask: bigint, bits: number): number | undefined {
  const first = lowestOne(mask);
  if (first < 0) return 0;
  return lowestZero(mask, first + 1) >= bits ? bits - first : undefined;
}

/** The prefix length of a range that is exactly one prefix; undefined when it is none. */
export function rangePrefixLength(from: bigint, to: bigint, bits: number): number | undefined {
  const size = to - from;
  if (size < 0n || (size & (size + 1n)) !== 0n || (from & size) !== 0n) return undefined;
  return bits - countOnes(size);
}
