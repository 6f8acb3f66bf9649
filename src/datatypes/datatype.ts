/** What a datatype of nft is: width, byte order, and how its values are written. */

/** Byte order in the register; `none` for strings and values of one byte (nft: BYTEORDER_INVALID). */
export type ByteOrder = 'host' | 'big' | 'none';

/** The basic type that an nft datatype is derived from (nft: basetype chain down to integer or string). */
export type DatatypeBase =
  | 'integer'
  | 'bitmask'
  | 'string'
  | 'verdict'
  | 'concat'
  | 'set'
  | 'invalid';

/** One symbolic constant of a datatype, e.g. `established` = 2 of ct_state. */
export interface DatatypeSymbol {
  readonly name: string;
  readonly value: bigint;
}

export interface Datatype {
  /** nft's name: `ipv4_addr`, `inet_service`, `ct_state`. */
  readonly name: string;
  /** nft's description, used in its error messages: `IPv4 address`. */
  readonly description: string;
  readonly base: DatatypeBase;
  /** Width in bits; 0 where the width comes from the expression (integer, string). */
  readonly bits: number;
  readonly byteOrder: ByteOrder;
  /** The TYPE_* number of nft (include/datatype.h), as it stands in set declarations of bytecode listings. */
  readonly number: number;
  /** Symbolic constants in nft's order; a listing prints the first that fits. */
  readonly symbols?: readonly DatatypeSymbol[];
  /** Concatenations only: the datatypes of the fields, first one first. */
  readonly fields?: readonly Datatype[];
}
