/** Datatypes without a meaning of their own: integers, bit masks, strings, verdicts, booleans. */

import type { Datatype } from './datatype.ts';
import { datatype, symbols } from './define.ts';

export const invalidType = datatype(0, 'invalid', 'invalid', 0, { base: 'invalid' });
export const verdictType = datatype(1, 'verdict', 'netfilter verdict', 0, { base: 'verdict' });
export const bitmaskType = datatype(3, 'bitmask', 'bitmask', 0, { base: 'bitmask' });
export const integerType = datatype(4, 'integer', 'integer', 0);

/** Integers of a known byte order, for expressions whose datatype is a bare integer. */
export const hostIntegerType: Datatype = { ...integerType, byteOrder: 'host' };
export const bigIntegerType: Datatype = { ...integerType, byteOrder: 'big' };

/** The integer of raw payload expressions, listed in hexadecimal (nft: xinteger_type). */
export const hexIntegerType = datatype(4, 'xinteger', 'integer', 0, { byteOrder: 'big' });

/** The key type of `typeof queue` (nft: queue_type). */
export const queueType = datatype(4, 'queue', 'queue', 16, { byteOrder: 'big' });

export const stringType = datatype(5, 'string', 'string', 0, { base: 'string', byteOrder: 'host' });

export const booleanType = datatype(39, 'boolean', 'boolean type', 1, {
  symbols: symbols({ exists: 1, missing: 0 }),
});
