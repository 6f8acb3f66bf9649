/** The loop that runs rules as integers (rule-code.ts). */

import type { LivePacket } from '../live-packet.ts';
import { conntrackStateBit } from '../operations/ct.ts';
import { packetLength } from '../operations/meta.ts';
import { findWords } from '../sets/word-table.ts';
import { countInSlots } from '../state/store.ts';
import type { Evaluation } from './evaluation.ts';
import { continueVerdict } from './registers.ts';
import { drawKnown, drawNumber } from './rule-choice.ts';
import {
  instruction,
  type NameTest,
  type ProgramCode,
  ruleHead,
  ruleOutcome,
  type VerdictMap,
} from './rule-code.ts';
import { deviceName, placeStart, readPlace, testSource, wordAt } from './test-source.ts';

/**
 * From the rule whose head is at `start` to the first rule of the piece that matches, and what it says. Rules that say
 * nothing are passed unless somebody is told of them (`noted`). `break`: the chain is at its end.
 */
export function runPiece(
  evaluation: Evaluation,
  code: ProgramCode,
  start: number,
  noted: boolean,
): number {
  const { words } = code;
  for (let at = start; ; ) {
    const length = words[at + ruleHead.length] ?? 0;
    if (length === 0) return ruleOutcome.break;
    evaluation.rule = words[at + ruleHead.place] ?? 0;
    const outcome = runCode(evaluation, code, at);
    if (outcome > ruleOutcome.continue || (noted && outcome === ruleOutcome.continue)) {
      evaluation.at = at;
      return outcome;
    }
    at += length;
  }
}

/** Runs the rule whose head is at `start`. */
export function runCode(evaluation: Evaluation, code: ProgramCode, start: number): number {
  const { words } = code;
  for (let at = start + ruleHead.size; ; ) {
    const word = words[at] ?? 0;
    const kind = word & 0xff;
    if (kind >= instruction.eq && kind <= instruction.outside) {
      const offset = words[at + 1] ?? 0;
      if (!readWord(evaluation, (word >> 8) & 0xff, offset, word >> 16)) return ruleOutcome.break;
      const found = evaluation.word & (words[at + 2] ?? 0);
      if (kind === instruction.eq) {
        if (found !== words[at + 3]) return ruleOutcome.break;
        at += 4;
      } else {
        if (!holds(kind, found, words[at + 3] ?? 0, words[at + 4] ?? 0)) return ruleOutcome.break;
        at += kind >= instruction.inside ? 5 : 4;
      }
      continue;
    }
    switch (kind) {
      case instruction.end:
        return ruleOutcome.continue;
      case instruction.name:
        if (!passesName(code.names[words[at + 1] ?? 0], evaluation, (word >> 8) & 0xff))
          return ruleOutcome.break;
        at += 2;
        continue;
      case instruction.wide:
        if (!passesWide(evaluation, words, at)) return ruleOutcome.break;
        at += 4 + 2 * (words[at + 3] ?? 0);
        continue;
      case instruction.counter:
        countInSlots(evaluation.run.journal, words[at + 1] ?? 0, packetLength(evaluation));
        at += 2;
        continue;
      case instruction.jump:
        return ruleOutcome.jump + 2 * (words[at + 1] ?? 0);
      case instruction.goto:
        return ruleOutcome.jump + 2 * (words[at + 1] ?? 0) + 1;
      case instruction.accept:
        return ruleOutcome.accept;
      case instruction.drop:
        return ruleOutcome.drop;
      case instruction.return:
        return ruleOutcome.return;
      case instruction.constant:
        at = loadConstant(evaluation.registers.bytes, words, at);
        continue;
      case instruction.compare: {
        const found = wordAt(evaluation.registers.bytes, words[at + 1] ?? 0, word >> 16);
        if (!holds((word >> 8) & 0xff, found, words[at + 2] ?? 0, 0)) return ruleOutcome.break;
        at += 3;
        continue;
      }
      case instruction.mask:
        maskRegister(evaluation.registers.bytes, words, at);
        at += 5;
        continue;
      case instruction.verdictMap: {
        const outcome = lookUpVerdict(
          evaluation,
          code.maps[words[at + 1] ?? 0],
          words[at + 2] ?? 0,
        );
        if (outcome !== ruleOutcome.continue) return outcome;
        at += 3;
        continue;
      }
      case instruction.random: {
        drawForRule(evaluation, code, words[at + 1] ?? 0, words[at + 2] ?? 0);
        at += 3;
        continue;
      }
      default: {
        const { registers } = evaluation;
        code.steps[words[at + 1] ?? 0]?.(evaluation);
        const { verdict } = registers;
        if (verdict !== continueVerdict && verdict.kind !== 'continue') {
          if (verdict.kind !== 'break') return ruleOutcome.verdict;
          registers.verdict = continueVerdict;
          return ruleOutcome.break;
        }
        at += 2;
      }
    }
  }
}

function drawForRule(
  evaluation: Evaluation,
  { draws, choices, drawKinds }: ProgramCode,
  index: number,
  kindIndex: number,
): void {
  const known = choices[index];
  const kind = drawKinds[kindIndex];
  if (known !== undefined && kind !== undefined) {
    drawKnown(kind, known, evaluation);
    return;
  }
  const draw = draws[index];
  if (draw !== undefined) choices[index] = drawNumber(draw, undefined, evaluation);
}

/** The places that rules ask for most, before all others. */
function readWord(evaluation: Evaluation, source: number, offset: number, length: number): boolean {
  const { packet, info } = evaluation;
  switch (source) {
    case testSource.network:
      if (offset + length > packet.length) return false;
      evaluation.word = wordAt(packet.bytes, offset, length);
      return true;
    case testSource.l4proto:
      evaluation.word = info.protocol << 24;
      return info.hasTransport;
    case testSource.mark:
      evaluation.word = markWord(packet);
      return true;
    case testSource.ctState:
      evaluation.word = conntrackStateBit(evaluation) << 24;
      return true;
    default:
      return readPlace(evaluation, source, offset, length);
  }
}

/** The mark as its bytes stand in a register. */
function markWord({ mark }: LivePacket): number {
  return (mark << 24) | ((mark << 8) & 0xff0000) | ((mark >>> 8) & 0xff00) | (mark >>> 24);
}

function holds(kind: number, word: number, value: number, last: number): boolean {
  switch (kind) {
    case instruction.eq:
      return word === value;
    case instruction.neq:
      return word !== value;
    case instruction.lt:
      return word >>> 0 < value >>> 0;
    case instruction.lte:
      return word >>> 0 <= value >>> 0;
    case instruction.gt:
      return word >>> 0 > value >>> 0;
    case instruction.gte:
      return word >>> 0 >= value >>> 0;
    case instruction.inside:
      return word >>> 0 >= value >>> 0 && word >>> 0 <= last >>> 0;
    default:
      return word >>> 0 < value >>> 0 || word >>> 0 > last >>> 0;
  }
}

function passesName(test: NameTest | undefined, evaluation: Evaluation, source: number): boolean {
  if (test === undefined) return false;
  const device = deviceName(evaluation, source);
  return (test.whole ? device === test.name : device.startsWith(test.name)) !== test.negated;
}

function passesWide(evaluation: Evaluation, words: Int32Array, at: number): boolean {
  const word = words[at] ?? 0;
  const length = word >> 16;
  const start = placeStart(evaluation, (word >> 8) & 0xff, words[at + 1] ?? 0, length);
  if (start < 0) return false;
  const { bytes } = evaluation.packet;
  const negated = words[at + 2] === 1;
  const count = words[at + 3] ?? 0;
  for (let index = 0; index < count; index++) {
    const rest = length - index * 4;
    const found = wordAt(bytes, start + index * 4, rest < 4 ? rest : 4);
    if ((found & (words[at + 4 + 2 * index] ?? 0)) !== words[at + 5 + 2 * index]) return negated;
  }
  return !negated;
}

function lookUpVerdict(
  { registers }: Evaluation,
  map: VerdictMap | undefined,
  offset: number,
): number {
  if (map === undefined) return ruleOutcome.break;
  const position = findWords(map.keys, registers.bytes, offset);
  return position < 0 ? map.otherwise : (map.outcomes[position] ?? ruleOutcome.break);
}

function maskRegister(bytes: Uint8Array, words: Int32Array, at: number): void {
  const length = (words[at] ?? 0) >> 16;
  const from = words[at + 1] ?? 0;
  const to = words[at + 2] ?? 0;
  const mask = words[at + 3] ?? 0;
  const flipped = words[at + 4] ?? 0;
  for (let index = 0; index < length; index++) {
    const shift = 24 - 8 * index;
    bytes[to + index] =
      ((bytes[from + index] ?? 0) & (mask >>> shift)) ^ ((flipped >>> shift) & 255);
  }
}

/** The position behind the instruction. */
function loadConstant(bytes: Uint8Array, words: Int32Array, at: number): number {
  const count = words[at + 2] ?? 0;
  let to = words[at + 1] ?? 0;
  for (let index = 0; index < count; index++, to += 4) {
    const word = words[at + 3 + index] ?? 0;
    bytes[to] = word >>> 24;
    bytes[to + 1] = (word >>> 16) & 255;
    bytes[to + 2] = (word >>> 8) & 255;
    bytes[to + 3] = word & 255;
  }
  return at + 3 + count;
}
