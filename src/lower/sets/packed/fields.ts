/** Writes the bytes of one element as its template says. */

import type { ShapedElement } from '../../../ast/nft/shaped-elements.ts';
import { numberBytes } from '../../bytes.ts';
import { canRead, type Reading, readNumber } from '../../shape/reading.ts';
import type { FieldTemplate } from './element-template.ts';
import { writeNumber } from './plain-template.ts';

/** False: the text of a hole needs the full evaluation. */
export function writeFields(
  fields: readonly FieldTemplate[],
  element: ShapedElement,
  low: Uint8Array,
  high: Uint8Array | undefined,
  start: number,
): boolean {
  for (const field of fields) {
    const { fixed, offset } = field;
    if (fixed !== undefined) {
      low.set(fixed.low, start + offset);
      high?.set(fixed.high, start + offset);
    } else if (!writeHole(field, element, low, high, start + offset)) return false;
  }
  return true;
}

function writeHole(
  field: FieldTemplate,
  element: ShapedElement,
  low: Uint8Array,
  high: Uint8Array | undefined,
  at: number,
): boolean {
  const { hole = 0, reading, length } = field;
  if (reading === undefined) return false;
  const quote = element.shape.holes[hole] === 'string' ? 1 : 0;
  const from = element.holeStart(hole) + quote;
  const to = element.holeEnd(hole) - quote;
  const { text } = element.source;
  if (length <= 4 && (reading.kind === 'ipv4' || reading.kind === 'decimal')) {
    const number = readSmall(reading, text, from, to);
    if (number < 0) return false;
    writeSmall(field, number, low, high, at);
    return true;
  }
  if (!canRead(reading, text, from, to)) return false;
  if (reading.kind === 'text') {
    for (let index = from; index < to; index++) {
      low[at + index - from] = text.charCodeAt(index);
      if (high !== undefined) high[at + index - from] = text.charCodeAt(index);
    }
    return true;
  }
  writeLarge(field, readNumber(reading, text.slice(from, to)), low, high, at);
  return true;
}

/** Numbers of up to 32 bits, without making a text or a bigint of them; negative when they cannot be read so. */
function readSmall(reading: Reading, text: string, from: number, to: number): number {
  if (reading.kind === 'ipv4') return readQuad(text, from, to);
  if (reading.kind !== 'decimal' || to - from > 10) return -1;
  if (to - from > 1 && text.charCodeAt(from) === 48) return -1;
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value <= reading.max ? value : -1;
}

/** The scan of the element saw digits and three dots. */
function readQuad(text: string, from: number, to: number): number {
  let value = 0;
  let part = -1;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      value = value * 256 + part;
      part = -1;
      continue;
    }
    // A leading zero would make the part octal.
    if (part === 0) return -1;
    part = (part < 0 ? 0 : part * 10) + code - 48;
    if (part > 255) return -1;
  }
  return value * 256 + part;
}

function writeSmall(
  { length, little, smallMask, smallHost }: FieldTemplate,
  number: number,
  low: Uint8Array,
  high: Uint8Array | undefined,
  at: number,
): void {
  const first = (number & smallMask) >>> 0;
  writeNumber(first, length, little, low, at);
  if (high !== undefined) writeNumber((first | smallHost) >>> 0, length, little, high, at);
}

function writeLarge(
  { length, little, mask, host = 0n }: FieldTemplate,
  number: bigint,
  low: Uint8Array,
  high: Uint8Array | undefined,
  at: number,
): void {
  const first = mask === undefined ? number : number & mask;
  const order = little ? 'host' : 'big';
  low.set(numberBytes(first, order, length), at);
  high?.set(numberBytes(first | host, order, length), at);
}
