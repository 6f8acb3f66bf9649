/** Datatypes by the names that the field rows use. */

import { hexIntegerType, invalidType } from '../datatypes/basic.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import { datatypeByName } from '../datatypes/registry.ts';
import { dateType } from '../datatypes/time.ts';
import { mptcpSubtypeType } from '../datatypes/transport.ts';

/** Subtypes of the MPTCP option: plain integers in rules, whose names are those of the set type. */
const mptcpSubtype: Datatype = { ...mptcpSubtypeType, name: 'integer' };

const cache = new Map<string, Datatype>([
  ['xinteger', hexIntegerType],
  ['date', dateType],
  ['mptcpopt_subtype', mptcpSubtype],
]);

/** Also the types that no set declaration can name (`xinteger`, option subtypes). */
export function typeByName(name: string): Datatype {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const type = datatypeByName(name) ?? invalidType;
  cache.set(name, type);
  return type;
}

/** nft: datatype_equal(): the same kind of values, whatever the width. */
export function sameType(first: Datatype, second: Datatype): boolean {
  return first === second || first.number === second.number;
}

/** nft: datatype_compatible(): marks take any plain integer. */
export function compatibleType(expected: Datatype, actual: Datatype): boolean {
  if (sameType(expected, actual)) return true;
  return expected.name === 'mark' && actual.base === 'integer' && actual.name !== 'ether_addr';
}

/** The datatype is a set of flags (nft: its basetype is bitmask). */
export function isFlags(type: Datatype): boolean {
  return type.base === 'bitmask' && type.number !== 3;
}
