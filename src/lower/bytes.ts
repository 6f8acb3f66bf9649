/** Numbers and strings as the bytes of registers. */

import type { ByteOrder } from '../datatypes/datatype.ts';
import type { TypedValue } from './typed.ts';

const encoder = new TextEncoder();

/** nft: mpz_export_data(); host order is little endian, anything else big endian. */
export function numberBytes(value: bigint, order: ByteOrder, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length <= 4) fillSmall(bytes, Number(BigInt.asUintN(32, value)), order === 'host');
  else fillLarge(bytes, value, order === 'host');
  return bytes;
}

function fillSmall(bytes: Uint8Array, value: number, little: boolean): void {
  const length = bytes.length;
  for (let index = 0; index < length; index++) {
    bytes[little ? index : length - 1 - index] = (value >>> (8 * index)) & 255;
  }
}

function fillLarge(bytes: Uint8Array, value: bigint, little: boolean): void {
  const length = bytes.length;
  let rest = value;
  for (let index = 0; index < length; index += 4) {
    const word = Number(BigInt.asUintN(32, rest));
    rest >>= 32n;
    for (let byte = 0; byte < 4 && index + byte < length; byte++) {
      const position = index + byte;
      bytes[little ? position : length - 1 - position] = (word >>> (8 * byte)) & 255;
    }
  }
}

/** The characters of a string, padded with zeros to `length`. */
export function textBytes(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      bytes.set(encoder.encode(text).subarray(0, length));
      return bytes;
    }
    if (index < length) bytes[index] = code;
  }
  return bytes;
}

export function textLength(text: string): number {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 127) return encoder.encode(text).length;
  }
  return text.length;
}

/** Bytes of protocols, ports and flags, which rules repeat: one array serves all of them. */
const shared = new Map<number, Uint8Array>();
const mostShared = 16384;

function sharedBytes(value: number, little: boolean, length: 1 | 2): Uint8Array {
  const key = value * 8 + length * 2 + (little ? 1 : 0);
  const known = shared.get(key);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(length);
  fillSmall(bytes, value, little);
  if (shared.size < mostShared) shared.set(key, bytes);
  return bytes;
}

/** The bytes of a constant in the register, in its own byte order; not to be written to. */
export function valueBytes(value: TypedValue, length = Math.ceil(value.bits / 8)): Uint8Array {
  if (value.text !== undefined) return textBytes(value.text, length);
  if (length === 1 || length === 2) {
    const number = Number(BigInt.asUintN(16, value.value));
    return sharedBytes(length === 1 ? number & 255 : number, value.order === 'host', length);
  }
  return numberBytes(value.value, value.order, length);
}

/** The bytes as they are compared inside intervals: numbers in network order. */
export function orderedBytes(value: TypedValue, length = Math.ceil(value.bits / 8)): Uint8Array {
  return value.text === undefined
    ? numberBytes(value.value, 'big', length)
    : textBytes(value.text, length);
}

export function bytesToBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The lowest `bits` bits set. */
export function bitmask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

/** The highest `length` of `bits` bits set. */
export function prefixMask(bits: number, length: number): bigint {
  return bitmask(bits) ^ bitmask(bits - length);
}

export function compareBytes(first: Uint8Array, second: Uint8Array): number {
  const length = Math.min(first.length, second.length);
  for (let index = 0; index < length; index++) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
}

/** Units of four bytes that a value takes in the register file (nft: netlink_register_space()). */
export function registerUnits(bits: number): number {
  return Math.ceil(bits / 32);
}
