/**
 * Which ranges of concatenated fields hold a key, without a look at each: a segment tree over the one field that tells
 * most of them apart. Its leaves are the ends of the ranges and the gaps between them; a range stands at the few nodes
 * that make it up. Ranges keep their order: the first one that holds the key wins.
 */

import { bytesKey, compareBytes } from './prepared-set.ts';

export interface KeyField {
  readonly start: number;
  readonly length: number;
}

export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export interface RangeIndex {
  readonly field: KeyField;
  /** All ends in this field, in ascending order; leaf 2 × n is the nth of them, leaf 2 × n + 1 the gap behind it. */
  readonly ends: readonly string[];
  /** Number of leaves, rounded up to a power of two; node 1 is the root, node `leaves` the first leaf. */
  readonly leaves: number;
  /** By node: where its ranges start in `ranges`. */
  readonly starts: Int32Array;
  readonly ranges: Int32Array;
}

/** Is the key at `start` within the range in each field? */
export function holdsKey(
  fields: readonly KeyField[],
  { from, to }: KeyRange,
  bytes: Uint8Array,
  start: number,
): boolean {
  for (const field of fields) {
    const at = start + field.start;
    if (compareBytes(bytes, at, from, field.start, field.length) < 0) return false;
    if (compareBytes(bytes, at, to, field.start, field.length) > 0) return false;
  }
  return true;
}

/** The ranges as leaves of one field. */
interface Spread {
  readonly field: KeyField;
  readonly ends: readonly string[];
  /** First and last leaf of each range. */
  readonly spans: Int32Array;
  /** How many ranges there are at a leaf, on average. */
  readonly crowd: number;
}

export function indexRanges(fields: readonly KeyField[], ranges: readonly KeyRange[]): RangeIndex {
  let best: Spread | undefined;
  for (const field of fields) {
    const spread = spreadOver(field, ranges);
    if (best === undefined || spread.crowd < best.crowd) best = spread;
  }
  if (best === undefined) throw new RangeError('a key without fields');
  return treeOf(best);
}

function spreadOver(field: KeyField, ranges: readonly KeyRange[]): Spread {
  const { start, length } = field;
  const lows = ranges.map(({ from }) => bytesKey(from, start, length));
  const highs = ranges.map(({ to }) => bytesKey(to, start, length));
  const ends = [...new Set([...lows, ...highs])].sort(byUnits);
  const places = new Map(ends.map((end, place) => [end, place]));
  const spans = new Int32Array(ranges.length * 2);
  let covered = 0;
  ranges.forEach((_, number) => {
    const first = 2 * (places.get(lows[number] ?? '') ?? 0);
    const last = 2 * (places.get(highs[number] ?? '') ?? 0);
    spans[2 * number] = first;
    spans[2 * number + 1] = last;
    covered += Math.max(0, last - first + 1);
  });
  return { field, ends, spans, crowd: covered / (2 * ends.length) };
}

/** Keys of one length are in the order of their bytes. */
function byUnits(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}

function treeOf({ field, ends, spans }: Spread): RangeIndex {
  let leaves = 1;
  while (leaves < 2 * ends.length) leaves *= 2;
  const starts = new Int32Array(2 * leaves + 1);
  visitNodes(spans, leaves, (node) => {
    starts[node + 1] = (starts[node + 1] ?? 0) + 1;
  });
  for (let node = 1; node < starts.length; node++)
    starts[node] = (starts[node] ?? 0) + (starts[node - 1] ?? 0);
  const filled = starts.slice();
  const ranges = new Int32Array(starts[2 * leaves] ?? 0);
  visitNodes(spans, leaves, (node, number) => {
    const at = filled[node] ?? 0;
    ranges[at] = number;
    filled[node] = at + 1;
  });
  return { field, ends, leaves, starts, ranges };
}

/** The nodes that make up each range, range by range. */
function visitNodes(
  spans: Int32Array,
  leaves: number,
  visit: (node: number, number: number) => void,
): void {
  for (let number = 0; 2 * number < spans.length; number++) {
    let low = (spans[2 * number] ?? 0) + leaves;
    let high = (spans[2 * number + 1] ?? 0) + leaves + 1;
    for (; low < high; low >>= 1, high >>= 1) {
      if ((low & 1) === 1) visit(low++, number);
      if ((high & 1) === 1) visit(--high, number);
    }
  }
}

/** The number of the first range that holds the key at `start`; -1: none. */
export function findRange(
  { field, ends, leaves, starts, ranges: numbers }: RangeIndex,
  fields: readonly KeyField[],
  ranges: readonly KeyRange[],
  bytes: Uint8Array,
  start: number,
): number {
  const leaf = leafOf(ends, bytesKey(bytes, start + field.start, field.length));
  if (leaf < 0) return -1;
  let best = ranges.length;
  for (let node = leaf + leaves; node > 0; node >>= 1) {
    const end = starts[node + 1] ?? 0;
    for (let at = starts[node] ?? 0; at < end; at++) {
      const number = numbers[at] ?? best;
      if (number >= best) break;
      const range = ranges[number];
      if (range !== undefined && holdsKey(fields, range, bytes, start)) best = number;
    }
  }
  return best < ranges.length ? best : -1;
}

/** -1: before all ends. */
function leafOf(ends: readonly string[], key: string): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  const place = low - 1;
  return place < 0 ? -1 : ends[place] === key ? 2 * place : 2 * place + 1;
}
