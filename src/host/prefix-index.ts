/** Longest-prefix lookup: one hash table per prefix length in use, longest first. */

import { type Address, maskAddress, type Prefix, sharesBits } from '../base/address.ts';

interface Bucket<Value> {
  /** The prefix's address with the host bits cleared. */
  readonly address: Address;
  readonly values: Value[];
}

interface Level<Value> {
  readonly prefixLength: number;
  readonly buckets: Map<number, Bucket<Value>[]>;
}

/** Holds values by prefix, all of one address family. */
export interface PrefixIndex<Value> {
  /** Longest prefix first. */
  readonly levels: readonly Level<Value>[];
}

/** Builds the index; values of one prefix stay in the given order. */
export function buildPrefixIndex<Value>(
  entries: Iterable<readonly [Prefix, Value]>,
): PrefixIndex<Value> {
  const levels = new Map<number, Level<Value>>();
  for (const [prefix, value] of entries) {
    const level: Level<Value> = levels.get(prefix.prefixLength) ?? {
      prefixLength: prefix.prefixLength,
      buckets: new Map(),
    };
    levels.set(prefix.prefixLength, level);
    const address = maskAddress(prefix.address, prefix.prefixLength);
    const key = hashBits(address, prefix.prefixLength);
    const bucket = level.buckets.get(key) ?? [];
    level.buckets.set(key, bucket);
    const same = bucket.find((candidate) =>
      sharesBits(candidate.address, address, prefix.prefixLength),
    );
    if (same === undefined) bucket.push({ address, values: [value] });
    else same.values.push(value);
  }
  return { levels: [...levels.values()].sort((a, b) => b.prefixLength - a.prefixLength) };
}

/**
 * Visits the values of every prefix that covers the address, longest first, until a visit answers.
 * @returns the first answer that is not undefined.
 */
export function findLongestPrefix<Value, Answer>(
  index: PrefixIndex<Value>,
  address: Address,
  visit: (values: readonly Value[], prefixLength: number) => Answer | undefined,
): Answer | undefined {
  for (const level of index.levels) {
    const bucket = level.buckets.get(hashBits(address, level.prefixLength));
    const match = bucket?.find((candidate) =>
      sharesBits(candidate.address, address, level.prefixLength),
    );
    const answer = match === undefined ? undefined : visit(match.values, level.prefixLength);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** A 32-bit hash of the first `bits` bits; exact for IPv4. */
export function hashBits(address: Address, bits: number): number {
  let hash = 0;
  for (let offset = 0, rest = bits; rest > 0; offset += 4, rest -= 32) {
    const word =
      ((address[offset] ?? 0) << 24) |
      ((address[offset + 1] ?? 0) << 16) |
      ((address[offset + 2] ?? 0) << 8) |
      (address[offset + 3] ?? 0);
    hash = Math.imul(hash, 0x9e3779b1) ^ (rest >= 32 ? word : word & (-1 << (32 - rest)));
  }
  return hash;
}
