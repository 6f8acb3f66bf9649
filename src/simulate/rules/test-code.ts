/** Leading tests of a rule as integers, and the loop that makes them. */

import type { Evaluation } from './evaluation.ts';
import { isName, type RuleTest, type TestOperator } from './rule-tests.ts';
import { deviceName, placeStart, readPlace, wordAt } from './test-source.ts';

/**
 * Tests one after the other, seven integers each: kind, source, offset, length, mask, value, last. Kinds are the places
 * in `kinds`; tests of more than four bytes keep their words in `wide` at index `value`.
 */
export interface TestCode {
  readonly code: Int32Array;
  readonly wide: readonly WideTest[];
}

interface WideTest {
  readonly negated: boolean;
  /** Devices: the name, or what it must begin with. */
  readonly name: string;
  readonly whole: boolean;
  /** Payload: words and their masks. */
  readonly masks: Int32Array;
  readonly words: Int32Array;
}

const stride = 7;

const kinds = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'inside', 'outside', 'name', 'wide'] as const;
type Kind = (typeof kinds)[number];

const kindNumber: Readonly<Record<Kind, number>> = {
  eq: 0,
  neq: 1,
  lt: 2,
  lte: 3,
  gt: 4,
  gte: 5,
  inside: 6,
  outside: 7,
  name: 8,
  wide: 9,
};

const noTests: TestCode = { code: new Int32Array(0), wide: [] };

export function testCode(tests: readonly RuleTest[]): TestCode {
  if (tests.length === 0) return noTests;
  const code = new Int32Array(tests.length * stride);
  const wide: WideTest[] = [];
  tests.forEach((test, index) => {
    const { place, operator } = test;
    const isWide = isName(place) || place.length > 4;
    const kind: Kind = isName(place) ? 'name' : isWide ? 'wide' : operator;
    const constants = isWide
      ? [0, wide.length, 0]
      : [wordAt(padded(test.mask), 0, 4), wordAt(padded(test.value), 0, 4), lastWord(test)];
    if (isWide) wide.push(wideTest(test, operator));
    code.set(
      [kindNumber[kind], place.source, place.offset, place.length, ...constants],
      index * stride,
    );
  });
  return { code, wide };
}

function lastWord({ last }: RuleTest): number {
  return wordAt(padded(last), 0, 4);
}

/** Zeros up to a whole number of words. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}

/** The bytes as words, first byte uppermost. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const whole = padded(bytes);
  return Int32Array.from({ length: whole.length >> 2 }, (_, index) => wordAt(whole, index * 4, 4));
}

function wideTest({ mask, value }: RuleTest, operator: TestOperator): WideTest {
  const end = value.findLastIndex((byte) => byte !== 0) + 1;
  return {
    negated: operator === 'neq',
    name: String.fromCharCode(...value.subarray(0, end)),
    whole: value.length === 16 || end < value.length,
    masks: wordsOf(mask),
    words: wordsOf(value),
  };
}

/** True: every test lets the packet through. */
export function passesTests({ code, wide }: TestCode, evaluation: Evaluation): boolean {
  for (let at = 0; at < code.length; at += stride) {
    const kind = code[at] ?? 0;
    const source = code[at + 1] ?? 0;
    const offset = code[at + 2] ?? 0;
    const length = code[at + 3] ?? 0;
    if (kind >= kindNumber.name) {
      const test = wide[code[at + 5] ?? 0];
      if (test === undefined) return false;
      const passes =
        kind === kindNumber.name
          ? passesName(test, deviceName(evaluation, source))
          : passesWide(test, evaluation, source, offset, length);
      if (!passes) return false;
      continue;
    }
    if (!readPlace(evaluation, source, offset, length)) return false;
    const word = evaluation.word & (code[at + 4] ?? 0);
    if (!holds(kind, word, code[at + 5] ?? 0, code[at + 6] ?? 0)) return false;
  }
  return true;
}

function holds(kind: number, word: number, value: number, last: number): boolean {
  switch (kind) {
    case kindNumber.eq:
      return word === value;
    case kindNumber.neq:
      return word !== value;
    case kindNumber.lt:
      return word >>> 0 < value >>> 0;
    case kindNumber.lte:
      return word >>> 0 <= value >>> 0;
    case kindNumber.gt:
      return word >>> 0 > value >>> 0;
    case kindNumber.gte:
      return word >>> 0 >= value >>> 0;
    case kindNumber.inside:
      return word >>> 0 >= value >>> 0 && word >>> 0 <= last >>> 0;
    default:
      return word >>> 0 < value >>> 0 || word >>> 0 > last >>> 0;
  }
}

function passesName({ negated, name, whole }: WideTest, device: string): boolean {
  return (whole ? device === name : device.startsWith(name)) !== negated;
}

function passesWide(
  { negated, masks, words }: WideTest,
  evaluation: Evaluation,
  source: number,
  offset: number,
  length: number,
): boolean {
  const start = placeStart(evaluation, source, offset, length);
  if (start < 0) return false;
  const { bytes } = evaluation.packet;
  for (let index = 0; index < words.length; index++) {
    const rest = length - index * 4;
    const word = wordAt(bytes, start + index * 4, rest < 4 ? rest : 4);
    if ((word & (masks[index] ?? 0)) !== words[index]) return negated;
  }
  return !negated;
}
