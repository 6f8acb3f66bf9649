/** Looking a key up in a set, prepared or living (nft_set_do_lookup(), nft_set_catchall_lookup()). */

import type { ProgramElement } from '../../model/program.ts';
import type { Run } from '../run.ts';
import { isGone } from './collected.ts';
import type { DynamicElement } from './dynamic-element.ts';
import {
  bytesKey,
  compareBytes,
  type PreparedElement,
  type PreparedInterval,
  type PreparedSet,
} from './prepared-set.ts';
import { findRange, holdsKey, indexRanges } from './range-index.ts';
import { findWords } from './word-table.ts';

export interface Hit {
  readonly data: ProgramElement['data'];
  /** End of an interval of data; it follows the data in the registers. */
  readonly dataEnd: Uint8Array | undefined;
  /** Position among the declared elements; -1 for added ones. */
  readonly position: number;
  /** Sets that packets may change: the key under which the element stands in the store. */
  readonly storeKey: string | undefined;
}

export function lookupSet(
  run: Run,
  prepared: PreparedSet,
  bytes: Uint8Array,
  start: number,
): Hit | undefined {
  if (prepared.dynamic !== undefined)
    return lookupDynamic(run, prepared, prepared.dynamic, bytes, start);
  return lookupPrepared(prepared, bytes, start);
}

export function lookupPrepared(
  prepared: PreparedSet,
  bytes: Uint8Array,
  start: number,
): Hit | undefined {
  const { set } = prepared;
  const position = findWords(prepared.exact, bytes, start);
  const element = set.elements[position];
  if (element !== undefined) return hitOfElement(element, position);
  let found: PreparedElement | undefined;
  if (prepared.intervals.length > 0)
    found = findInterval(prepared.intervals, bytes, start, set.keyLength);
  if (found === undefined && prepared.ranges.length > 0)
    found = findAmongRanges(prepared, bytes, start);
  found ??= prepared.catchAll;
  if (found === undefined) return undefined;
  return hitOfElement(found.element, found.position);
}

function hitOfElement({ data, dataEnd }: ProgramElement, position: number): Hit {
  return { data, dataEnd, position, storeKey: undefined };
}

/** Binary search for the last interval that starts at or below the key. */
function findInterval(
  intervals: readonly PreparedInterval[],
  bytes: Uint8Array,
  start: number,
  length: number,
): PreparedInterval | undefined {
  let low = 0;
  let high = intervals.length - 1;
  let best: PreparedInterval | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const interval = intervals[middle];
    if (interval === undefined) break;
    if (compareBytes(bytes, start, interval.from, 0, length) >= 0) {
      best = interval;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  if (best === undefined) return undefined;
  return compareBytes(bytes, start, best.to, 0, length) <= 0 ? best : undefined;
}

/** Fewer ranges are compared one by one. */
const fewRanges = 8;

/** The first range that holds the key. */
function findAmongRanges(
  prepared: PreparedSet,
  bytes: Uint8Array,
  start: number,
): PreparedInterval | undefined {
  const { ranges, fields } = prepared;
  if (ranges.length <= fewRanges)
    return ranges.find((range) => holdsKey(fields, range, bytes, start));
  prepared.rangeIndex ??= indexRanges(fields, ranges);
  return ranges[findRange(prepared.rangeIndex, fields, ranges, bytes, start)];
}

export function isExpired({ store, clock }: Run, element: DynamicElement): boolean {
  const { expires, counted } = element;
  return (expires !== undefined || counted !== undefined) && isGone(store, clock, element);
}

export function elementsOf(run: Run, index: number): Map<string, DynamicElement> {
  const elements = run.store.sets[index];
  if (elements === undefined) throw new RangeError(`no set ${index}`);
  return elements;
}

const catchAllKey = 'catch-all';

export function dynamicKey(prepared: PreparedSet, bytes: Uint8Array, start: number): string {
  return bytesKey(bytes, start, prepared.set.keyLength);
}

function lookupDynamic(
  run: Run,
  prepared: PreparedSet,
  index: number,
  bytes: Uint8Array,
  start: number,
): Hit | undefined {
  const elements = elementsOf(run, index);
  const key = dynamicKey(prepared, bytes, start);
  const exact = elements.get(key);
  if (exact !== undefined && exact.keyEnd === undefined && !isExpired(run, exact))
    return hitOf(key, exact);
  if (prepared.set.interval) {
    for (const [name, element] of elements) {
      if (isExpired(run, element) || name === catchAllKey) continue;
      const range = { from: element.key, to: element.keyEnd ?? element.key };
      if (holdsKey(prepared.fields, range, bytes, start)) return hitOf(name, element);
    }
  }
  const rest = elements.get(catchAllKey);
  return rest === undefined || isExpired(run, rest) ? undefined : hitOf(catchAllKey, rest);
}

function hitOf(storeKey: string, element: DynamicElement): Hit {
  const { data, dataEnd, declared } = element;
  return { data, dataEnd, position: declared ?? -1, storeKey };
}

/** The key of a declared element in the store; interval elements get keys of their own. */
export function declaredKey(
  prepared: PreparedSet,
  element: ProgramElement,
  position: number,
): string {
  if (element.key === undefined) return catchAllKey;
  if (element.keyEnd !== undefined) return `range ${position}`;
  return bytesKey(element.key, 0, prepared.set.keyLength);
}
