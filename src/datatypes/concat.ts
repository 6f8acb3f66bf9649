/** Concatenations of datatypes: `ipv4_addr . inet_service`. */

import type { Datatype } from './datatype.ts';

/** Width of a field inside a concatenation: rounded up to whole 4-byte registers, in bits. */
export function paddedBits(bits: number): number {
  return Math.ceil(bits / 32) * 32;
}

/** The datatype of a concatenation; its number packs six bits per field, as nft sends it. */
export function concatDatatype(fields: readonly Datatype[]): Datatype {
  return {
    name: fields.map((field) => field.name).join(' . '),
    description: `concatenation of (${fields.map((field) => field.description).join(', ')})`,
    base: 'concat',
    bits: fields.reduce((bits, field) => bits + paddedBits(field.bits), 0),
    byteOrder: 'none',
    number: fields.reduce((number, field) => (number * 64 + field.number) % 2 ** 32, 0),
    fields,
  };
}
