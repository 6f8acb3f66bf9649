/** Which prefix lengths a set of networks has: they decide what a packet adds there, and where it is looked for. */

import type { PreparedIpSet } from '../../host/ipset-index.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';

/** A count per prefix length, one dimension after the other. */
type Counts = readonly number[];

const row = 129;

const countsKey = ({ set }: PreparedIpSet): string => `ipset-lengths ${set.name}`;

export function holdsNetworks({ set }: PreparedIpSet): boolean {
  return set.type.includes('net');
}

const addressesOf = ({ dimensions }: PreparedIpSet): number =>
  dimensions.filter((dimension) => dimension === 'address').length;

/** Has a packet changed the set? */
export function wereChanged(run: Run, prepared: PreparedIpSet): boolean {
  return run.store.memory.has(countsKey(prepared));
}

function countsOf(run: Run, prepared: PreparedIpSet): Counts {
  return run.store.memory.get(countsKey(prepared)) ?? listedCounts(prepared);
}

/** Those of the host's own elements. */
function listedCounts(prepared: PreparedIpSet): Counts {
  const counts = new Array<number>(addressesOf(prepared) * row).fill(0);
  for (const { prefixLengths, elements } of prepared.levels) {
    let count = elements.size;
    // Elements of several interfaces share a key.
    if (prepared.dimensions.includes('interface')) {
      count = 0;
      for (const same of elements.values()) count += same.length;
    }
    for (const [dimension, length] of prefixLengths.entries()) {
      const at = dimension * row + length;
      counts[at] = (counts[at] ?? 0) + count;
    }
  }
  return counts;
}

/** mtype_add_cidr() and mtype_del_cidr() */
export function countLength(
  run: Run,
  prepared: PreparedIpSet,
  lengths: readonly number[],
  difference: 1 | 0 | -1,
): void {
  const counts = holdsNetworks(prepared) ? [...countsOf(run, prepared)] : [];
  for (const [dimension, length] of holdsNetworks(prepared) ? lengths.entries() : []) {
    const at = dimension * row + length;
    counts[at] = (counts[at] ?? 0) + difference;
  }
  setEntry(run.journal, run.store.memory, countsKey(prepared), counts);
}

function lengthsIn(counts: Counts, dimension: number): number[] {
  const found: number[] = [];
  for (let length = row - 1; length >= 0; length--) {
    if ((counts[dimension * row + length] ?? 0) > 0) found.push(length);
  }
  return found;
}

/** The prefix lengths of what a packet adds: the longest that the set has, those of a host in an empty set (INIT_CIDR()). */
export function lengthsOfNew(run: Run, prepared: PreparedIpSet, family: 4 | 6): readonly number[] {
  const host = family === 4 ? 32 : 128;
  const counts = holdsNetworks(prepared) ? countsOf(run, prepared) : [];
  return Array.from(
    { length: addressesOf(prepared) },
    (_, dimension) => lengthsIn(counts, dimension)[0] ?? host,
  );
}

/** All combinations, the longest of the first dimension first. */
export function lengthCombinations(
  run: Run,
  prepared: PreparedIpSet,
): readonly (readonly number[])[] {
  const counts = countsOf(run, prepared);
  let combinations: readonly (readonly number[])[] = [[]];
  for (let dimension = 0; dimension < addressesOf(prepared); dimension++) {
    const lengths = lengthsIn(counts, dimension);
    combinations = combinations.flatMap((before) => lengths.map((length) => [...before, length]));
  }
  return combinations;
}
