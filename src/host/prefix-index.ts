/** Longest-prefix lookup: one hash table per prefix length in use, longest first. */

import { type Address, maskAddress, type Prefix, sharesBits } from '../base/address.ts';

interface Bucket<Value> {
  /** The prefix's address with the host bits cleared. */
  readonly address: Address;
  readonly values: Value[];
  /** Another prefix of the same hash; IPv4 prefixes have none, as their hash is exact. */
  next: Bucket<Value> | undefined;
}

/** All prefixes of one length. */
export interface PrefixLevel<Value> {
  readonly prefixLength: number;
  readonly buckets: Map<number, Bucket<Value>>;
}

/** Holds values by prefix, all of one address family. */
export interface PrefixIndex<Value> {
  /** Longest prefix first. */
  readonly levels: readonly PrefixLevel<Value>[];
}

/** Builds the index; values of one prefix stay in the given order. */
export function buildPrefixIndex<Value>(
  entries: Iterable<readonly [Prefix, Value]>,
): PrefixIndex<Value> {
  const levels = new Map<number, PrefixLevel<Value>>();
  for (const [prefix, value] of entries) {
    const { prefixLength } = prefix;
    const level: PrefixLevel<Value> = levels.get(prefixLength) ?? {
      prefixLength,
      buckets: new Map(),
    };
    levels.set(prefixLength, level);
    const address = maskAddress(prefix.address, prefixLength);
    const same = findBucket(level, address);
    if (same !== undefined) {
      same.values.push(value);
      continue;
    }
    const key = hashBits(address, prefixLength);
    level.buckets.set(key, { address, values: [value], next: level.buckets.get(key) });
  }
  return { levels: [...levels.values()].sort((a, b) => b.prefixLength - a.prefixLength) };
}

/** The values of the prefix of that level that covers the address. */
export function coveringValues<Value>(
  level: PrefixLevel<Value>,
  address: Address,
): readonly Value[] | undefined {
  return findBucket(level, address)?.values;
}

function findBucket<Value>(level: PrefixLevel<Value>, address: Address): Bucket<Value> | undefined {
  let bucket = level.buckets.get(hashBits(address, level.prefixLength));
  if (address.length === 4) return bucket;
  while (bucket !== undefined && !sharesBits(bucket.address, address, level.prefixLength)) {
    bucket = bucket.next;
  }
  return bucket;
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
