/** Short constructors for the rows of the datatype files. */

import type { ByteOrder, Datatype, DatatypeBase, DatatypeSymbol } from './datatype.ts';

/** `symbols({ new: 8, established: 2 })`, in the order of writing. */
export function symbols(table: Readonly<Record<string, number>>): readonly DatatypeSymbol[] {
  return Object.entries(table).map(([name, value]) => ({ name, value: BigInt(value) }));
}

interface Details {
  readonly base?: DatatypeBase;
  readonly byteOrder?: ByteOrder;
  /** A table or, where names look like numbers and would be reordered, a ready list. */
  readonly symbols?: readonly DatatypeSymbol[];
}

/** A datatype; `number` is nft's TYPE_* and `bits` 0 where the width comes from the expression. */
export function datatype(
  number: number,
  name: string,
  description: string,
  bits: number,
  details: Details = {},
): Datatype {
  return { base: 'integer', byteOrder: 'none', ...details, name, description, bits, number };
}
