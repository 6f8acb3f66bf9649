/** bpf: classic BPF programs over the packet from its network header on (net/netfilter/xt_bpf.c, net/core/filter.c). */

import type { BpfInstruction, BpfOptions } from '../../fields/iptables/matches/bpf.ts';
import { byteAt, concatBytes, read16, read32 } from '../../packet/bytes.ts';
import { packetTypes } from '../operations/meta.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { Matcher } from './matcher.ts';

interface Machine {
  readonly evaluation: Evaluation;
  accumulator: number;
  index: number;
  readonly memory: Uint32Array;
}

/** Loads below these are no packet bytes (SKF_*_OFF, include/uapi/linux/filter.h). */
const ancillary = 0xfffff000;
const networkHeader = 0xfff00000;
const linkHeader = 0xffe00000;

/** Longer than any program that ends: jumps only go forward. */
export function bpfMatcher({ program }: BpfOptions): Matcher | undefined {
  if ('pinnedObject' in program) return undefined;
  if (program.some((instruction) => !isKnown(instruction))) return undefined;
  return (evaluation) => {
    const machine: Machine = { evaluation, accumulator: 0, index: 0, memory: new Uint32Array(16) };
    return runProgram(machine, program) !== 0;
  };
}

/** Ancillary loads that the inputs determine: protocol, packet type, device index, mark, queue, hardware type, VLAN tag. */
const knownAncillary: ReadonlyMap<number, (evaluation: Evaluation) => number> = new Map([
  [0, ({ packet }: Evaluation) => packet.etherType],
  [4, ({ packet }: Evaluation) => packetTypes[packet.packetType]],
  [8, ({ state, packet }: Evaluation) => (packet.input ?? state.input ?? state.output)?.index ?? 0],
  [20, ({ packet }: Evaluation) => packet.mark],
  [24, ({ packet }: Evaluation) => packet.queue],
]);

function isAncillary({ code, constant }: BpfInstruction): boolean {
  const loads = (code & 7) === 0 && code >> 5 === 1;
  return loads && constant >= ancillary;
}

function isKnown(instruction: BpfInstruction): boolean {
  return !isAncillary(instruction) || knownAncillary.has(instruction.constant - ancillary);
}

/** The value of RET; loads behind the end of the packet and divisions by 0 return 0. */
function runProgram(machine: Machine, program: readonly BpfInstruction[]): number {
  for (let counter = 0; counter < program.length; counter++) {
    const instruction = program[counter];
    if (instruction === undefined) return 0;
    const { code, constant } = instruction;
    switch (code & 7) {
      case 0:
      case 1:
        if (!load(machine, instruction)) return 0;
        break;
      case 2:
        machine.memory[constant & 15] = machine.accumulator;
        break;
      case 3:
        machine.memory[constant & 15] = machine.index;
        break;
      case 4:
        if (!calculate(machine, instruction)) return 0;
        break;
      case 5:
        counter += jump(machine, instruction);
        break;
      case 6:
        return (code & 0x18) === 0x10 ? machine.accumulator : constant;
      default:
        if ((code & 0xf8) === 0) machine.index = machine.accumulator;
        else machine.accumulator = machine.index;
    }
  }
  return 0;
}

/** BPF_LD and BPF_LDX; false: out of bounds. */
function load(machine: Machine, { code, constant }: BpfInstruction): boolean {
  const value = loaded(machine, code, constant);
  if (value === undefined) return false;
  if ((code & 7) === 0) machine.accumulator = value;
  else machine.index = value;
  return true;
}

const sizes = [4, 2, 1] as const;

function loaded(machine: Machine, code: number, constant: number): number | undefined {
  const { evaluation, index, memory } = machine;
  const size = sizes[(code >> 3) & 3] ?? 4;
  switch (code >> 5) {
    case 0:
      return constant >>> 0;
    case 1:
      if (constant >= ancillary)
        return knownAncillary.get(constant - ancillary)?.(evaluation) ?? undefined;
      return readPacket(evaluation, constant, size);
    case 2:
      return readPacket(evaluation, (constant + index) >>> 0, size);
    case 3:
      return memory[constant & 15];
    case 4:
      return evaluation.packet.length;
    default: {
      const byte = readPacket(evaluation, constant, 1);
      return byte === undefined ? undefined : (byte & 15) << 2;
    }
  }
}

function readPacket({ packet }: Evaluation, offset: number, size: 1 | 2 | 4): number | undefined {
  if (offset >= linkHeader && offset < networkHeader) {
    const link = packet.link ?? new Uint8Array(0);
    const frame = concatBytes(link, packet.bytes.subarray(0, packet.length));
    return readBytes(frame, frame.length, offset - linkHeader, size);
  }
  const at = offset >= networkHeader ? offset - networkHeader : offset;
  return readBytes(packet.bytes, packet.length, at, size);
}

function readBytes(
  bytes: Uint8Array,
  length: number,
  at: number,
  size: 1 | 2 | 4,
): number | undefined {
  if (at + size > length) return undefined;
  if (size === 1) return byteAt(bytes, at);
  return size === 2 ? read16(bytes, at) : read32(bytes, at);
}

/** BPF_ALU; false: a division by 0. */
function calculate(machine: Machine, { code, constant }: BpfInstruction): boolean {
  const operand = (code & 8) === 0 ? constant >>> 0 : machine.index >>> 0;
  const { accumulator } = machine;
  const divides = code >> 4 === 3 || code >> 4 === 9;
  if (divides && operand === 0) return false;
  const result = calculations[code >> 4]?.(accumulator, operand) ?? accumulator;
  machine.accumulator = result >>> 0;
  return true;
}

/** By the high bits of the code: add, sub, mul, div, or, and, lsh, rsh, neg, mod, xor. */
const calculations: readonly ((a: number, b: number) => number)[] = [
  (a, b) => a + b,
  (a, b) => a - b,
  (a, b) => Math.imul(a, b),
  (a, b) => Math.floor(a / b),
  (a, b) => a | b,
  (a, b) => a & b,
  (a, b) => (b > 31 ? 0 : a << b),
  (a, b) => (b > 31 ? 0 : a >>> b),
  (a) => -a,
  (a, b) => a % b,
  (a, b) => a ^ b,
];

/** How many instructions are passed over. */
function jump({ accumulator, index }: Machine, instruction: BpfInstruction): number {
  const { code, constant, jumpTrue, jumpFalse } = instruction;
  const operand = (code & 8) === 0 ? constant >>> 0 : index >>> 0;
  switch (code >> 4) {
    case 0:
      return constant;
    case 1:
      return accumulator === operand ? jumpTrue : jumpFalse;
    case 2:
      return accumulator > operand ? jumpTrue : jumpFalse;
    case 3:
      return accumulator >= operand ? jumpTrue : jumpFalse;
    default:
      return (accumulator & operand) !== 0 ? jumpTrue : jumpFalse;
  }
}
