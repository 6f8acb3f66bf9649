/** Storing values in registers as the kernel does: short values clear the rest of their last word. */

import type { Evaluation } from '../rules/evaluation.ts';
import { breakVerdict } from '../rules/registers.ts';

/** nft_reg_store8() */
export function store8(evaluation: Evaluation, at: number, value: number): void {
  const { bytes } = evaluation.registers;
  bytes[at] = value;
  bytes[at + 1] = 0;
  bytes[at + 2] = 0;
  bytes[at + 3] = 0;
}

/** A 16-bit number of host order (nft_reg_store16()). */
export function storeHost16(evaluation: Evaluation, at: number, value: number): void {
  const { bytes } = evaluation.registers;
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = 0;
  bytes[at + 3] = 0;
}

/** A 16-bit number of network order. */
export function storeNetwork16(evaluation: Evaluation, at: number, value: number): void {
  const { bytes } = evaluation.registers;
  bytes[at] = (value >>> 8) & 255;
  bytes[at + 1] = value & 255;
  bytes[at + 2] = 0;
  bytes[at + 3] = 0;
}

export function storeHost32(evaluation: Evaluation, at: number, value: number): void {
  const { bytes } = evaluation.registers;
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = (value >>> 16) & 255;
  bytes[at + 3] = (value >>> 24) & 255;
}

export function storeHost64(evaluation: Evaluation, at: number, value: bigint): void {
  storeHost32(evaluation, at, Number(value & 0xffffffffn));
  storeHost32(evaluation, at + 4, Number((value >> 32n) & 0xffffffffn));
}

/** Bytes, zero-padded to a whole word. */
export function storeBytes(evaluation: Evaluation, at: number, value: Uint8Array): void {
  const { bytes } = evaluation.registers;
  bytes.set(value, at);
  const end = (value.length + 3) & ~3;
  for (let index = value.length; index < end; index++) bytes[at + index] = 0;
}

/** A string in a field of `size` bytes. */
export function storeText(evaluation: Evaluation, at: number, text: string, size = 16): void {
  const { bytes } = evaluation.registers;
  for (let index = 0; index < size; index++) {
    bytes[at + index] = index < text.length ? text.charCodeAt(index) & 255 : 0;
  }
}

/** The rule does not match: the expression could not be evaluated or does not hold. */
export function breakRule(evaluation: Evaluation): void {
  evaluation.registers.verdict = breakVerdict;
}
