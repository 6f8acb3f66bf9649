/** Which classic BPF programs the kernel takes: bpf_check_classic(), net/core/filter.c. */

import type { BpfInstruction } from './matches/bpf.ts';

const classOf = (code: number): number => code & 7;

/** Operations by class: what stands in a code besides its class. */
const allowed: readonly ReadonlySet<number>[] = [
  // LD: words, halves and bytes at offsets and behind the index; length, constant, memory
  new Set([0x20, 0x28, 0x30, 0x80, 0x40, 0x48, 0x50, 0x00, 0x60]),
  // LDX: length, header length, constant, memory
  new Set([0x80, 0xb0, 0x00, 0x60]),
  new Set([0x00]),
  new Set([0x00]),
  // ALU: ADD to XOR with constant or index, NEG
  new Set([0, 1, 2, 3, 4, 5, 6, 7, 9, 10].flatMap((kind) => [kind << 4, (kind << 4) | 8])).add(
    0x80,
  ),
  // JMP: JA, and JEQ to JSET with constant or index
  new Set([1, 2, 3, 4].flatMap((kind) => [kind << 4, (kind << 4) | 8])).add(0x00),
  // RET: constant, accumulator
  new Set([0x00, 0x10]),
  // MISC: TAX, TXA
  new Set([0x00, 0x80]),
];

const memoryWords = 16;
const [load, loadIndex, store, storeIndex, calculate, jump, end] = [0, 1, 2, 3, 4, 5, 6];

/** Why it is refused. */
export function bpfProblem(program: readonly BpfInstruction[]): string | undefined {
  for (const [at, instruction] of program.entries()) {
    if (!isAllowed(instruction, program.length - at - 1)) {
      return `bpf: the kernel takes no instruction '${wordsOf(instruction)}' as number ${at}`;
    }
  }
  const last = program.at(-1);
  if (last === undefined || classOf(last.code) !== end) return 'bpf: the program has no end';
  return readsUnwritten(program) ? 'bpf: memory is read before it is written' : undefined;
}

const wordsOf = ({ code, jumpTrue, jumpFalse, constant }: BpfInstruction): string =>
  `${code} ${jumpTrue} ${jumpFalse} ${constant}`;

/** @param rest how many instructions follow. */
function isAllowed(instruction: BpfInstruction, rest: number): boolean {
  const { code, constant, jumpTrue, jumpFalse } = instruction;
  if (allowed[classOf(code)]?.has(code & 0xf8) !== true || code > 0xff) return false;
  switch (classOf(code)) {
    case calculate:
      return isCalculation(code & 0xf8, constant);
    case jump:
      return (code & 0xf0) === 0 ? constant < rest : jumpTrue < rest && jumpFalse < rest;
    case store:
    case storeIndex:
      return constant < memoryWords;
    default:
      return !readsMemory(code) || constant < memoryWords;
  }
}

/** No division by the constant 0, no shift by 32 or more. */
function isCalculation(operation: number, constant: number): boolean {
  if (operation === 0x30 || operation === 0x90) return constant !== 0;
  return (operation !== 0x60 && operation !== 0x70) || constant < 32;
}

const readsMemory = (code: number): boolean =>
  (classOf(code) === load || classOf(code) === loadIndex) && (code & 0xe0) === 0x60;

/** check_load_and_stores(): on some way to a load, nothing was stored there. */
function readsUnwritten(program: readonly BpfInstruction[]): boolean {
  const valid = new Uint16Array(program.length).fill(0xffff);
  let now = 0;
  for (const [at, { code, constant, jumpTrue, jumpFalse }] of program.entries()) {
    now &= valid[at] ?? 0;
    const reach = (skipped: number) => {
      valid[at + 1 + skipped] = (valid[at + 1 + skipped] ?? 0) & now;
    };
    if (classOf(code) === store || classOf(code) === storeIndex) now |= 1 << constant;
    else if (readsMemory(code) && (now & (1 << constant)) === 0) return true;
    else if (classOf(code) === jump) {
      if ((code & 0xf0) === 0) reach(constant);
      else {
        reach(jumpTrue);
        reach(jumpFalse);
      }
      now = 0xffff;
    }
  }
  return false;
}
