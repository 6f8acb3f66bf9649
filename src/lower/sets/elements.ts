/** Evaluated members as the kernel gets them: bytes, sorted and merged intervals (nft: intervals.c, alloc_nftnl_setelem()). */

import type { ProgramElement } from '../../model/program.ts';
import { bitmask, compareBytes, orderedBytes, textBytes, valueBytes } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import type { TypedElement, TypedExpression, TypedValue } from '../typed.ts';
import type { SetBuild } from './set-build.ts';

interface Interval {
  readonly low: Uint8Array;
  high: Uint8Array;
  readonly element: TypedElement;
}

/** Program elements in the order nft sends them; undefined after an overlap. */
export function programElements(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly TypedElement[],
): readonly ProgramElement[] | undefined {
  if (!set.interval) return elements.map((element) => singleElement(set, element));
  if (set.concat) return elements.map((element) => concatInterval(set, element));
  return intervalElements(context, set, elements);
}

function finish(
  set: SetBuild,
  element: TypedElement,
  key: Uint8Array | undefined,
  keyEnd: Uint8Array | undefined,
): ProgramElement {
  const { comment, timeout, expires, operations, span } = element;
  return {
    ...(key === undefined ? {} : { key }),
    ...(keyEnd === undefined ? {} : { keyEnd }),
    ...elementData(set, element),
    ...(timeout === undefined ? {} : { timeout }),
    ...(expires === undefined ? {} : { expires }),
    ...(comment === undefined ? {} : { comment }),
    ...(operations === undefined ? {} : { operations }),
    span,
  };
}

function elementData(
  set: SetBuild,
  element: TypedElement,
): Pick<ProgramElement, 'data' | 'dataEnd'> {
  const { data } = element;
  if (data === undefined) return {};
  if (data.kind === 'verdict') return { data: data.verdict };
  if (set.kind === 'object-map') {
    return { data: { object: data.kind === 'value' ? (data.text ?? '') : '' } };
  }
  if (!set.dataInterval) return { data: encode(data, 'low') };
  return { data: encode(data, 'low'), dataEnd: encode(data, 'high') };
}

/** Bytes of a constant, each field of a concatenation padded to four. */
function encode(expression: TypedExpression, end: 'low' | 'high'): Uint8Array {
  if (expression.kind !== 'concat') {
    const bytes = endBytes(expression, end, valueBytes);
    return bytes;
  }
  return joinPadded(expression.parts.map((part) => endBytes(part, end, valueBytes)));
}

type Encoder = (value: TypedValue, length?: number) => Uint8Array;

function endBytes(
  expression: TypedExpression,
  end: 'low' | 'high',
  encoder: Encoder,
  bits = expression.bits,
): Uint8Array {
  const length = Math.ceil(bits / 8);
  switch (expression.kind) {
    case 'value':
      return encoder(expression, length);
    case 'range':
      return encoder(end === 'low' ? expression.from : expression.to, length);
    case 'prefix':
      return prefixEnd(expression.base, expression.length, end, encoder, length);
    default:
      return new Uint8Array(length);
  }
}

function prefixEnd(
  base: TypedValue,
  prefixLength: number,
  end: 'low' | 'high',
  encoder: Encoder,
  length: number,
): Uint8Array {
  if (base.text !== undefined) {
    const bytes = textBytes(base.text, length);
    return end === 'low' ? bytes : bytes.fill(255, prefixLength / 8);
  }
  if (end === 'low') return encoder(base, length);
  return encoder({ ...base, value: base.value | bitmask(base.bits - prefixLength) }, length);
}

export function joinPadded(fields: readonly Uint8Array[]): Uint8Array {
  const total = fields.reduce((sum, field) => sum + Math.ceil(field.length / 4) * 4, 0);
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const field of fields) {
    bytes.set(field, offset);
    offset += Math.ceil(field.length / 4) * 4;
  }
  return bytes;
}

function singleElement(set: SetBuild, element: TypedElement): ProgramElement {
  const { key } = element;
  if (key === undefined) return finish(set, element, undefined, undefined);
  const bytes =
    key.kind === 'concat'
      ? encode(key, 'low')
      : endBytes(key, 'low', valueBytes, Math.max(set.key.bits, key.bits));
  return finish(set, element, bytes, undefined);
}

function concatInterval(set: SetBuild, element: TypedElement): ProgramElement {
  const { key } = element;
  if (key?.kind !== 'concat') return finish(set, element, undefined, undefined);
  const low = joinPadded(key.parts.map((part) => endBytes(part, 'low', orderedBytes)));
  const high = joinPadded(key.parts.map((part) => endBytes(part, 'high', orderedBytes)));
  return finish(set, element, low, high);
}

function intervalElements(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly TypedElement[],
): readonly ProgramElement[] | undefined {
  const intervals: Interval[] = [];
  const catchAll: ProgramElement[] = [];
  for (const element of elements) {
    const { key } = element;
    if (key === undefined) catchAll.push(finish(set, element, undefined, undefined));
    else {
      const low = endBytes(key, 'low', orderedBytes, set.key.bits);
      const high = key.kind === 'value' ? low : endBytes(key, 'high', orderedBytes, set.key.bits);
      intervals.push({ low, high, element });
    }
  }
  sortIntervals(intervals);
  const merged = mergeIntervals(context, set, intervals);
  if (merged === undefined) return undefined;
  const sorted = merged.map(({ low, high, element }) =>
    finish(set, element, low, low === high || compareBytes(low, high) === 0 ? undefined : high),
  );
  return [...sorted, ...catchAll];
}

/** By first key, then (as nft's merge sort is stable) in order of writing. */
function sortIntervals(intervals: Interval[]): void {
  let sorted = true;
  for (let index = 1; index < intervals.length && sorted; index++) {
    const [before, after] = [intervals[index - 1], intervals[index]];
    if (before !== undefined && after !== undefined) {
      sorted = compareBytes(before.low, after.low) <= 0;
    }
  }
  if (!sorted) intervals.sort((first, second) => compareBytes(first.low, second.low));
}

function mergeIntervals(
  context: LoweringContext,
  set: SetBuild,
  intervals: readonly Interval[],
): readonly Interval[] | undefined {
  const plainMap = set.kind === 'map' || set.kind === 'verdict-map';
  if (set.autoMerge && plainMap) return intervals;
  const kept: Interval[] = [];
  for (const interval of intervals) {
    const previous = kept[kept.length - 1];
    if (previous === undefined || compareBytes(interval.low, previous.high) > 0) {
      if (set.autoMerge && previous !== undefined && follows(previous.high, interval.low)) {
        previous.high = interval.high;
      } else kept.push(interval);
    } else if (set.autoMerge) {
      if (compareBytes(interval.high, previous.high) > 0) previous.high = interval.high;
    } else if (isSame(previous, interval)) {
      if (interval.element.data !== undefined) kept.push(interval);
    } else {
      return fail(
        context,
        'interval-overlap',
        interval.element.key?.span ?? interval.element.span,
        'conflicting intervals specified',
        { also: previous.element.key?.span ?? previous.element.span },
      );
    }
  }
  return kept;
}

function isSame(first: Interval, second: Interval): boolean {
  return compareBytes(first.low, second.low) === 0 && compareBytes(first.high, second.high) === 0;
}

/** The second key is the one right after the first. */
function follows(first: Uint8Array, second: Uint8Array): boolean {
  const next = first.slice();
  for (let index = next.length - 1; index >= 0; index--) {
    const byte = next[index] ?? 0;
    if (byte < 255) {
      next[index] = byte + 1;
      return compareBytes(next, second) === 0;
    }
    next[index] = 0;
  }
  return false;
}
