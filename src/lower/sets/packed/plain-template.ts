/** Elements whose holes are numbers of up to 32 bits: their bytes straight from the column. */

import { parseIpv4 } from '../../../base/address.ts';
import type { ElementTemplate, FieldTemplate } from './element-template.ts';

/** A field of 1 to 4 bytes that is a number of the column. */
interface NumberField {
  readonly offset: number;
  readonly length: number;
  readonly little: boolean;
  readonly hole: number;
  /** Largest number that means itself. */
  readonly max: number;
  readonly mask: number;
  readonly host: number;
}

export interface PlainTemplate {
  readonly guards: readonly { readonly hole: number; readonly number: number }[];
  /** Bytes that all elements share, and zeros. */
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  /** Are there any such bytes? */
  readonly hasFixed: boolean;
  readonly fields: readonly NumberField[];
}

/** Undefined where a field is not a number of the column. */
export function plainTemplate(
  { guards, key }: ElementTemplate,
  keyLength: number,
): PlainTemplate | undefined {
  const fields: NumberField[] = [];
  const low = new Uint8Array(keyLength);
  const high = new Uint8Array(keyLength);
  let hasFixed = false;
  for (const field of key) {
    if (field.fixed !== undefined) {
      low.set(field.fixed.low, field.offset);
      high.set(field.fixed.high, field.offset);
      hasFixed = true;
      continue;
    }
    const number = numberField(field);
    if (number === undefined) return undefined;
    fields.push(number);
  }
  const numbers = guards.map(({ hole, text }) => ({ hole, number: plainNumber(text) }));
  return { guards: numbers, low, high, hasFixed, fields };
}

function numberField(field: FieldTemplate): NumberField | undefined {
  const { offset, length, little, hole, reading, smallMask, smallHost } = field;
  if (hole === undefined || reading === undefined || length > 4) return undefined;
  if (reading.kind !== 'ipv4' && reading.kind !== 'decimal') return undefined;
  const max = reading.kind === 'ipv4' ? 0xffff_ffff : reading.max;
  return { offset, length, little, hole, max, mask: smallMask, host: smallHost };
}

function plainNumber(text: string): number {
  const address = parseIpv4(text);
  if (address === undefined) return Number(text);
  return address.reduce((value, byte) => value * 256 + byte, 0);
}

/** Is the element at `offset` of the column one for this template? */
export function guardedPlain(
  { guards }: PlainTemplate,
  values: Uint32Array,
  offset: number,
): boolean {
  for (let index = 0; index < guards.length; index++) {
    const guard = guards[index];
    if (guard !== undefined && values[offset + guard.hole] !== guard.number) return false;
  }
  return true;
}

/** Writes the key (and its end) at `start`; false where a number needs the full evaluation. */
export function writePlain(
  { fields, low, high, hasFixed }: PlainTemplate,
  values: Uint32Array,
  offset: number,
  keys: Uint8Array,
  keyEnds: Uint8Array | undefined,
  start: number,
): boolean {
  if (hasFixed) {
    copyBytes(low, keys, start);
    if (keyEnds !== undefined) copyBytes(high, keyEnds, start);
  }
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index];
    if (field === undefined) return false;
    const number = values[offset + field.hole] ?? 0;
    if (number > field.max) return false;
    const first = number & field.mask;
    writeNumber(first, field.length, field.little, keys, start + field.offset);
    if (keyEnds !== undefined) {
      writeNumber(first | field.host, field.length, field.little, keyEnds, start + field.offset);
    }
  }
  return true;
}

/** `set` costs more for so few bytes. */
function copyBytes(from: Uint8Array, to: Uint8Array, start: number): void {
  for (let byte = 0; byte < from.length; byte++) to[start + byte] = from[byte] ?? 0;
}

/** The lowest bytes of a number of 32 bits. */
export function writeNumber(
  number: number,
  length: number,
  little: boolean,
  bytes: Uint8Array,
  at: number,
): void {
  for (let index = 0; index < length; index++) {
    bytes[little ? at + index : at + length - 1 - index] = number >>> (8 * index);
  }
}
