/**
 * Rules as integers: leading tests, counters, constants, jumps and verdicts in one array, everything else as a call of
 * its prepared step. A program of a hundred thousand rules stays small and close together, and one loop runs them all.
 */

import type { Operation } from '../../model/operations.ts';
import type { ProgramElement, ProgramRule } from '../../model/program.ts';
import type { Choice, ChoiceOption } from '../../trace/choice.ts';
import type { PreparedSet } from '../sets/prepared-set.ts';
import type { WordTable } from '../sets/word-table.ts';
import type { Step } from './evaluation.ts';
import type { PreparedChain } from './prepared-chain.ts';
import { registerOffset } from './registers.ts';
import type { DrawKind, RandomDraw } from './rule-choice.ts';
import { isName, leadingTests, type RuleTest } from './rule-tests.ts';
import { wordAt } from './test-source.ts';

/** What an instruction does; tests hold their operator, source and length in the same word. */
export const instruction = {
  end: 0,
  eq: 1,
  neq: 2,
  lt: 3,
  lte: 4,
  gt: 5,
  gte: 6,
  inside: 7,
  outside: 8,
  /** Device names: word, index of the name. */
  name: 9,
  /** More than four bytes: word, offset, 1 if negated, number of words, then mask and value of each. */
  wide: 10,
  /** Slot. */
  counter: 11,
  /** Chain number. */
  jump: 12,
  goto: 13,
  accept: 14,
  drop: 15,
  return: 16,
  /** Index of the step. */
  step: 17,
  /** Register offset, number of words, the words. */
  constant: 18,
  /** Word with instruction, operator, length; register offset; value. */
  compare: 19,
  /** Word with instruction and length; register offsets from and to; mask; what is flipped. */
  mask: 20,
  /** Index of the verdict map; register offset of the key. */
  verdictMap: 21,
  /** Index of the draw; index of its kind. */
  random: 22,
} as const;

/** What a rule says, as a number; jumps are `jump` plus twice the chain's number, gotos one more. */
export const ruleOutcome = {
  break: 0,
  continue: 1,
  return: 2,
  accept: 3,
  drop: 4,
  /** As the registers say. */
  verdict: 5,
  jump: 8,
} as const;

/** A name, or what it must begin with. */
export interface NameTest {
  readonly name: string;
  readonly whole: boolean;
  readonly negated: boolean;
}

/** A map from single keys to verdicts, which are `ruleOutcome` numbers by position of the element. */
export interface VerdictMap {
  readonly keys: WordTable;
  readonly outcomes: Int32Array;
  /** What the catch-all element says; `break` without one. */
  readonly otherwise: number;
}

/** All rules that were met so far. */
export interface ProgramCode {
  words: Int32Array;
  end: number;
  /** By rule number: where its code starts; 0: not met yet. */
  starts: Int32Array;
  /** By rule number: its first slot plus one; 0: none was given. */
  slots: Int32Array;
  rules: number;
  /** By chain number: where its code starts if it has all of it in one piece (`chainCode`). */
  chains: Int32Array;
  readonly steps: Step[];
  readonly stepNumbers: Map<Step, number>;
  readonly draws: RandomDraw[];
  /** By draw: the choice as it was asked before. */
  readonly choices: (Choice | undefined)[];
  readonly drawKinds: DrawKind[];
  readonly drawNumbers: Map<readonly ChoiceOption[], number[]>;
  readonly names: NameTest[];
  readonly maps: VerdictMap[];
  readonly mapNumbers: Map<PreparedSet, number>;
  readonly nameNumbers: Map<string, number>;
}

export function newProgramCode(): ProgramCode {
  return {
    words: new Int32Array(1024),
    end: 1,
    starts: new Int32Array(256),
    slots: new Int32Array(256),
    rules: 0,
    chains: new Int32Array(64),
    steps: [],
    stepNumbers: new Map(),
    draws: [],
    choices: [],
    drawKinds: [],
    drawNumbers: new Map(),
    names: [],
    maps: [],
    mapNumbers: new Map(),
    nameNumbers: new Map(),
  };
}

function grown(array: Int32Array, size: number): Int32Array {
  if (size <= array.length) return array;
  const larger = new Int32Array(Math.max(size, array.length * 2));
  larger.set(array);
  return larger;
}

/** Numbers for the rules of a chain; the first of them. */
export function reserveRules(code: ProgramCode, count: number): number {
  const first = code.rules;
  code.rules += count;
  code.starts = grown(code.starts, code.rules);
  code.slots = grown(code.slots, code.rules);
  return first;
}

/** What `ProgramCode.chains` says of chains without code in one piece. */
export const chainCode = { unknown: 0, none: -1 } as const;

export function setChainCode(code: ProgramCode, chain: number, start: number): void {
  code.chains = grown(code.chains, chain + 1);
  code.chains[chain] = start;
}

/** Behind the last rule of a chain: a rule without length. */
export function endChainCode(code: ProgramCode): void {
  code.words = grown(code.words, code.end + ruleHead.size);
  code.end += ruleHead.size;
}

/** Before the code of each rule: its number, its place in the chain, and how far it is to the next one. */
export const ruleHead = { number: 0, place: 1, length: 2, size: 3 } as const;

/** What writing a rule needs of its surroundings. */
export interface CodeSite {
  readonly chain: PreparedChain;
  /** The rule's place in it. */
  readonly place: number;
  /** The step of the operation at that position. */
  step(position: number): Step;
  /** The set of a name. */
  set(name: string): PreparedSet | undefined;
  /** The slot of the counter at that position. */
  counter(position: number): number;
}

/** Appends the code of a rule; its start. */
export function writeRule(code: ProgramCode, rule: ProgramRule, site: CodeSite): number {
  const { operations } = rule;
  const leading = leadingTests(operations);
  const out: number[] = [site.chain.first + site.place, site.place, 0];
  for (const test of leading.tests) writeTest(code, out, test);
  for (let position = leading.operations; position < operations.length; position++) {
    const operation = operations[position];
    if (operation !== undefined && !writeOperation(code, out, operation, position, site)) {
      const step = site.step(position);
      const { draw } = step;
      if (draw === undefined) out.push(instruction.step, stepNumber(code, step));
      else out.push(instruction.random, code.draws.push(draw) - 1, drawKindNumber(code, draw));
    }
  }
  out.push(instruction.end);
  out[ruleHead.length] = out.length;
  const start = code.end;
  code.words = grown(code.words, start + out.length);
  code.words.set(out, start);
  code.end += out.length;
  return start;
}

function stepNumber(code: ProgramCode, step: Step): number {
  const known = code.stepNumbers.get(step);
  if (known !== undefined) return known;
  const number = code.steps.push(step) - 1;
  code.stepNumbers.set(step, number);
  return number;
}

function drawKindNumber({ drawKinds, drawNumbers }: ProgramCode, { kind }: RandomDraw): number {
  const numbers = drawNumbers.get(kind.options) ?? [];
  for (const number of numbers) {
    const known = drawKinds[number];
    if (known?.firsts === kind.firsts && known.to === kind.to && known.host === kind.host)
      return number;
  }
  const number = drawKinds.push(kind) - 1;
  numbers.push(number);
  drawNumbers.set(kind.options, numbers);
  return number;
}

/** A test's first word: instruction, source, length. */
function head(kind: number, { place }: RuleTest): number {
  return kind | (place.source << 8) | (place.length << 16);
}

/** Up to four bytes as the most significant ones of a word. */
function leftWord(bytes: Uint8Array, at = 0): number {
  return wordAt(bytes, at, Math.min(4, bytes.length - at));
}

function writeTest(code: ProgramCode, out: number[], test: RuleTest): void {
  const { place, operator, mask, value, last } = test;
  if (isName(place)) {
    out.push(head(instruction.name, test), nameNumber(code, test));
  } else if (place.length > 4) {
    const count = (value.length + 3) >> 2;
    out.push(head(instruction.wide, test), place.offset, operator === 'neq' ? 1 : 0, count);
    for (let at = 0; at < value.length; at += 4) out.push(leftWord(mask, at), leftWord(value, at));
  } else {
    out.push(head(instruction[operator], test), place.offset, leftWord(mask), leftWord(value));
    if (operator === 'inside' || operator === 'outside') out.push(leftWord(last));
  }
}

function nameNumber(code: ProgramCode, { operator, value }: RuleTest): number {
  const end = value.findLastIndex((byte) => byte !== 0) + 1;
  const name = String.fromCharCode(...value.subarray(0, end));
  const whole = value.length === 16 || end < value.length;
  const key = `${operator} ${whole} ${name}`;
  const known = code.nameNumbers.get(key);
  if (known !== undefined) return known;
  code.names.push({ name, whole, negated: operator === 'neq' });
  code.nameNumbers.set(key, code.names.length - 1);
  return code.names.length - 1;
}

/** False: the operation needs its step. */
function writeOperation(
  code: ProgramCode,
  out: number[],
  operation: Operation,
  position: number,
  site: CodeSite,
): boolean {
  switch (operation.kind) {
    case 'counter':
      out.push(instruction.counter, site.counter(position));
      return true;
    case 'match':
      return operation.match.name === 'comment';
    case 'immediate': {
      const { data } = operation;
      if (data instanceof Uint8Array) {
        const count = (data.length + 3) >> 2;
        out.push(instruction.constant, registerOffset(operation.destination), count);
        for (let at = 0; at < data.length; at += 4) out.push(leftWord(data, at));
        return true;
      }
      return writeVerdict(out, data, site.chain);
    }
    case 'lookup': {
      if (operation.destination !== 0 || operation.inverted) return false;
      const number = mapNumber(code, site.set(operation.set), site.chain);
      if (number === undefined) return false;
      out.push(instruction.verdictMap, number, registerOffset(operation.source));
      return true;
    }
    case 'cmp': {
      const { data, operator } = operation;
      if (data.length === 0 || data.length > 4) return false;
      const word = instruction.compare | (instruction[operator] << 8) | (data.length << 16);
      out.push(word, registerOffset(operation.source), leftWord(data));
      return true;
    }
    case 'bitwise': {
      if (operation.operator !== 'mask-xor' || operation.length > 4) return false;
      const { source, destination, mask, xor, length } = operation;
      if (length === 0) return false;
      out.push(
        instruction.mask | (length << 16),
        registerOffset(source),
        registerOffset(destination),
        leftWord(mask.subarray(0, length)),
        leftWord(xor.subarray(0, length)),
      );
      return true;
    }
    default:
      return false;
  }
}

function mapNumber(
  code: ProgramCode,
  prepared: PreparedSet | undefined,
  chain: PreparedChain,
): number | undefined {
  if (prepared === undefined) return undefined;
  const known = code.mapNumbers.get(prepared);
  if (known !== undefined) return known;
  const map = verdictMap(prepared, chain);
  if (map === undefined) return undefined;
  code.mapNumbers.set(prepared, code.maps.length);
  code.maps.push(map);
  return code.maps.length - 1;
}

/** Undefined: the map is none that its keys alone decide. */
function verdictMap(prepared: PreparedSet, chain: PreparedChain): VerdictMap | undefined {
  const { set, dynamic, intervals, ranges, catchAll, exact } = prepared;
  const isPlain = dynamic === undefined && set.unknownElements !== true;
  if (!isPlain || set.map?.kind !== 'verdict') return undefined;
  if (intervals.length > 0 || ranges.length > 0) return undefined;
  const outcomes = new Int32Array(set.elements.length);
  for (let position = 0; position < outcomes.length; position++) {
    const outcome = outcomeOf(set.elements[position]?.data, chain);
    if (outcome === undefined) return undefined;
    outcomes[position] = outcome;
  }
  const otherwise = catchAll === undefined ? 0 : (outcomes[catchAll.position] ?? 0);
  return { keys: exact, outcomes, otherwise };
}

function outcomeOf(data: ProgramElement['data'], chain: PreparedChain): number | undefined {
  if (data === undefined || data instanceof Uint8Array || !('kind' in data)) return undefined;
  if (data.kind === 'jump' || data.kind === 'goto') {
    const target = chain.siblings.get(data.chain);
    if (target === undefined) return undefined;
    return ruleOutcome.jump + 2 * target.number + (data.kind === 'goto' ? 1 : 0);
  }
  return ruleOutcome[data.kind];
}

type Constant = Extract<Operation, { readonly kind: 'immediate' }>['data'];

function writeVerdict(
  out: number[],
  verdict: Exclude<Constant, Uint8Array>,
  chain: PreparedChain,
): boolean {
  switch (verdict.kind) {
    case 'accept':
    case 'drop':
    case 'return':
      out.push(instruction[verdict.kind]);
      return true;
    case 'jump':
    case 'goto': {
      const target = chain.siblings.get(verdict.chain);
      if (target === undefined) return false;
      out.push(instruction[verdict.kind], target.number);
      return true;
    }
    default:
      return false;
  }
}
