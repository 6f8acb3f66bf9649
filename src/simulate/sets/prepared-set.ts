/** Sets ready for lookups: hashed single keys, sorted intervals, concatenated ranges in order of insertion with an index. */

import type { Operation } from '../../model/operations.ts';
import type { ProgramElement, ProgramSet } from '../../model/program.ts';
import type { Step } from '../rules/evaluation.ts';
import type { KeyField, RangeIndex } from './range-index.ts';
import { buildWordTable, type WordTable } from './word-table.ts';

export interface PreparedSet {
  readonly set: ProgramSet;
  /** Index into the store's sets; undefined for sets that no packet changes. */
  readonly dynamic: number | undefined;
  /** Single keys: positions of their elements. */
  readonly exact: WordTable;
  /** Single-field intervals in ascending order; they do not overlap. */
  readonly intervals: readonly PreparedInterval[];
  /** Concatenations with ranges, first match wins. */
  readonly ranges: readonly PreparedInterval[];
  /** Made when a packet first asks for many ranges. */
  rangeIndex: RangeIndex | undefined;
  /** Byte ranges of the fields in the key. */
  readonly fields: readonly KeyField[];
  readonly catchAll: PreparedElement | undefined;
  /** Statements that elements may carry: those of the set, of each rule that adds elements, of the declared ones. */
  readonly programs: readonly ElementProgram[];
}

/** The statements of an element belong to whoever made it. */
export interface ElementProgram {
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  /** State of a new element, which `steps` read and write. */
  readonly initialValues: readonly number[];
}

export interface PreparedElement {
  readonly element: ProgramElement;
  readonly position: number;
}

export interface PreparedInterval extends PreparedElement {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Exact, short key of bytes. */
export function bytesKey(bytes: Uint8Array, start: number, length: number): string {
  let key = '';
  const end = start + length;
  for (let index = start; index < end; index += 2) {
    key += String.fromCharCode(
      ((bytes[index] ?? 0) << 8) | (index + 1 < end ? (bytes[index + 1] ?? 0) : 0),
    );
  }
  return key;
}

export function compareBytes(
  first: Uint8Array,
  firstStart: number,
  second: Uint8Array,
  secondStart: number,
  length: number,
): number {
  for (let index = 0; index < length; index++) {
    const difference = (first[firstStart + index] ?? 0) - (second[secondStart + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Offsets of the fields in registers: each starts at a multiple of four. */
export function keyFields(set: ProgramSet): readonly KeyField[] {
  let start = 0;
  return set.key.map(({ length }) => {
    const field = { start, length };
    start += (length + 3) & ~3;
    return field;
  });
}

export function prepareSet(
  set: ProgramSet,
  dynamic: number | undefined,
  programs: readonly ElementProgram[],
): PreparedSet {
  const exact: { readonly key: Uint8Array; readonly number: number }[] = [];
  const intervals: PreparedInterval[] = [];
  const ranges: PreparedInterval[] = [];
  let catchAll: PreparedElement | undefined;
  set.elements.forEach((element, position) => {
    const { key, keyEnd } = element;
    if (key === undefined) catchAll = { element, position };
    else if (set.key.length > 1 && set.interval) {
      ranges.push({ element, position, from: key, to: keyEnd ?? key });
    } else if (set.interval) {
      intervals.push({ element, position, from: key, to: keyEnd ?? key });
    } else {
      exact.push({ key, number: position });
    }
  });
  intervals.sort((a, b) => compareBytes(a.from, 0, b.from, 0, set.keyLength));
  return {
    set,
    dynamic,
    exact: buildWordTable(exact, set.keyLength),
    intervals,
    ranges,
    rangeIndex: undefined,
    fields: keyFields(set),
    catchAll,
    programs,
  };
}
