/** Datatypes by the names that the field rows use. */

import { hexIntegerType, invalidType } from '../datatypes/basic.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import { datatype, symbols } from '../datatypes/define.ts';
import { datatypeByName } from '../datatypes/registry.ts';
import { dateType } from '../datatypes/time.ts';

/** Subtypes of the MPTCP option (RFC 8684). */
const mptcpSubtype = datatype(4, 'integer', 'mptcp option subtype', 4, {
  byteOrder: 'big',
  symbols: symbols({
    'mp-capable': 0,
    'mp-join': 1,
    dss: 2,
    'add-addr': 3,
    'remove-addr': 4,
    'mp-prio': 5,
    'mp-fail': 6,
    'mp-fastclose': 7,
    'mp-tcprst': 8,
  }),
});

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
