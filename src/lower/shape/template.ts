/** What the operations of a shape's first rule become in another rule of the shape. */

import { holeText, type ShapedLine } from '../../ast/nft/shaped-rule.ts';
import type { Span } from '../../base/span.ts';
import { numberBytes, textBytes } from '../bytes.ts';
import { readNumber } from './reading.ts';
import type { HoleBytes, HoleConstant, Tracker } from './tracker.ts';

/** Makes a value for a rule, whose anonymous sets have the names given; undefined: the value is the same for all. */
export type Maker = ((rule: ShapedLine, setNames: readonly string[]) => unknown) | undefined;

/** What is found in the first rule, and what it was made of. */
export interface Learnt {
  readonly tracker: Tracker;
  /** Names that anonymous sets got in the first rule. */
  readonly setNames: readonly string[];
}

/** Any plain value that operations and elements consist of. */
export function makerOf(learnt: Learnt, value: unknown): Maker {
  if (typeof value === 'string') return nameMaker(learnt, value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Uint8Array) return bytesMaker(learnt, value);
  if (Array.isArray(value)) return listMaker(learnt, value);
  if (isSpan(value)) return spanMaker(learnt.tracker.line, value);
  const { tracker } = learnt;
  for (const [verdict, hole] of tracker.verdicts) {
    if (verdict !== value) continue;
    const { kind } = verdict;
    return (rule) => ({ kind, chain: holeText(rule, hole) });
  }
  return objectMaker(learnt, value);
}

function nameMaker({ setNames }: Learnt, value: string): Maker {
  const place = setNames.indexOf(value);
  return place < 0 ? undefined : (_rule, names) => names[place] ?? value;
}

function bytesMaker({ tracker }: Learnt, value: Uint8Array): Maker {
  const known = tracker.bytes.get(value);
  return known === undefined ? undefined : holeBytesMaker(known);
}

function holeBytesMaker({ constant, order, length, kept }: HoleBytes): Maker {
  const [first] = constant.pieces;
  if (first === undefined) return undefined;
  if (first.reading.kind === 'text') {
    return (rule) => textBytes(holeText(rule, first.hole), length);
  }
  return (rule) => {
    const bytes = numberBytes(numberOf(constant, rule), order, length);
    return kept === length ? bytes : bytes.subarray(0, kept);
  };
}

function numberOf({ fixed, pieces }: HoleConstant, rule: ShapedLine): bigint {
  let value = fixed;
  for (const { hole, reading, mask, shift } of pieces) {
    const number = readNumber(reading, holeText(rule, hole));
    value |= (mask === undefined ? number : number & mask) << BigInt(shift);
  }
  return value;
}

function listMaker(learnt: Learnt, values: readonly unknown[]): Maker {
  const makers = values.map((value) => makerOf(learnt, value));
  if (makers.every((maker) => maker === undefined)) return undefined;
  return (rule, names) => values.map((value, index) => makers[index]?.(rule, names) ?? value);
}

function objectMaker(learnt: Learnt, value: object): Maker {
  const changes: { readonly key: string; readonly make: NonNullable<Maker> }[] = [];
  const counter = counterMakers(learnt.tracker, value);
  for (const [key, inner] of Object.entries(value)) {
    const make = counter.get(key) ?? makerOf(learnt, inner);
    if (make !== undefined) changes.push({ key, make });
  }
  if (changes.length === 0) return undefined;
  return (rule, names) => {
    const copy: Record<string, unknown> = { ...value };
    for (const { key, make } of changes) copy[key] = make(rule, names);
    return copy;
  };
}

function counterMakers(tracker: Tracker, value: object): Map<string, NonNullable<Maker>> {
  const makers = new Map<string, NonNullable<Maker>>();
  for (const [operation, holes] of tracker.counters) {
    if (operation !== value) continue;
    makers.set('packets', (rule) => BigInt(holeText(rule, holes.packets)));
    makers.set('bytes', (rule) => BigInt(holeText(rule, holes.bytes)));
  }
  return makers;
}

function isSpan(value: object): value is Span {
  return 'source' in value && 'start' in value && 'end' in value;
}

/** A place in the first rule is as far behind the end of the last hole before it in any other. */
function spanMaker(first: ShapedLine, span: Span): Maker {
  if (span.source !== first.source) return undefined;
  const start = placeMaker(first, span.start);
  const end = placeMaker(first, span.end);
  return (rule) => ({ source: rule.source, start: start(rule), end: end(rule) });
}

function placeMaker(first: ShapedLine, offset: number): (rule: ShapedLine) => number {
  let hole = -1;
  while (hole + 1 < first.shape.holes.length && first.holeEnd(hole + 1) <= offset) hole++;
  if (hole < 0) {
    const distance = offset - first.start;
    return (rule) => rule.start + distance;
  }
  const distance = offset - first.holeEnd(hole);
  return (rule) => rule.holeEnd(hole) + distance;
}

/** Every place in the value lies between holes or at their ends, so that other rules have it too. */
export function hasPlainPlaces(first: ShapedLine, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (isSpan(value)) {
    if (value.source !== first.source) return true;
    return isOutsideHoles(first, value.start) && isOutsideHoles(first, value.end);
  }
  return Object.values(value).every((inner) => hasPlainPlaces(first, inner));
}

function isOutsideHoles(first: ShapedLine, offset: number): boolean {
  if (offset < first.start || offset > first.end) return false;
  for (let hole = 0; hole < first.shape.holes.length; hole++) {
    if (first.holeStart(hole) < offset && offset < first.holeEnd(hole)) return false;
  }
  return true;
}
