/** The index over ranges of concatenated fields finds what comparing with each range in turn finds. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findRange,
  holdsKey,
  indexRanges,
  type KeyField,
  type KeyRange,
} from '../../src/simulate/sets/range-index.ts';

/** Fields of one to sixteen bytes, each at a multiple of four. */
const keys: fc.Arbitrary<readonly KeyField[]> = fc
  .array(fc.constantFrom(1, 2, 3, 4, 16), { minLength: 1, maxLength: 4 })
  .map((lengths) => {
    let start = 0;
    return lengths.map((length) => {
      const field = { start, length };
      start += (length + 3) & ~3;
      return field;
    });
  });

/** Few values at both ends of each field, so that ranges meet, overlap and lie within each other. */
function keyBytes(fields: readonly KeyField[]): fc.Arbitrary<Uint8Array> {
  const last = fields.at(-1) ?? { start: 0, length: 0 };
  const size = (last.start + last.length + 3) & ~3;
  const value = fc.tuple(fc.constantFrom(0, 1, 127, 255), fc.integer({ min: 0, max: 12 }));
  return fc.tuple(...fields.map(() => value)).map((values) => {
    const bytes = new Uint8Array(size);
    fields.forEach(({ start, length }, number) => {
      const [high = 0, low = 0] = values[number] ?? [];
      bytes[start] = high;
      bytes[start + length - 1] = low;
    });
    return bytes;
  });
}

/** Mostly in order field by field; one that is not holds no key. */
function ranges(fields: readonly KeyField[]): fc.Arbitrary<readonly KeyRange[]> {
  const one = fc.tuple(keyBytes(fields), keyBytes(fields), fc.boolean());
  return fc.array(
    one.map(([from, to, exact]): KeyRange => ({ from, to: exact ? from : to })),
    { minLength: 1, maxLength: 60 },
  );
}

const cases = keys.chain((fields) =>
  fc.record({
    fields: fc.constant(fields),
    ranges: ranges(fields),
    keys: fc.array(keyBytes(fields), { minLength: 1, maxLength: 20 }),
  }),
);

describe('range index', () => {
  it('finds the first range that holds a key', () => {
    let hits = 0;
    fc.assert(
      fc.property(cases, ({ fields, ranges: list, keys: asked }) => {
        const index = indexRanges(fields, list);
        for (const key of asked) {
          // Somewhere in the registers.
          const registers = new Uint8Array(key.length + 4);
          registers.set(key, 4);
          const wanted = list.findIndex((range) => holdsKey(fields, range, registers, 4));
          if (wanted >= 0) hits++;
          expect(findRange(index, fields, list, registers, 4)).toBe(wanted);
        }
      }),
      { numRuns: 500 },
    );
    expect(hits).toBeGreaterThan(100);
  });

  it('looks at few of many ranges', () => {
    const fields = [
      { start: 0, length: 4 },
      { start: 4, length: 2 },
    ];
    const key = (address: number, port: number) =>
      Uint8Array.of(
        10,
        address >> 16,
        (address >> 8) & 255,
        address & 255,
        port >> 8,
        port & 255,
        0,
        0,
      );
    const list = Array.from({ length: 20_000 }, (_, number) => ({
      from: key(number * 4, 0),
      to: key(number * 4 + 3, 65_535),
    }));
    const index = indexRanges(fields, list);
    // Each address stands in one range: the leaf, or the gap behind it, and the nodes above.
    expect(index.field).toEqual({ start: 0, length: 4 });
    expect(index.ranges.length).toBeLessThan(3 * list.length);
    for (const number of [0, 1, 9_999, 19_999])
      expect(findRange(index, fields, list, key(number * 4 + 2, 53), 0)).toBe(number);
    expect(findRange(index, fields, list, key(20_000 * 4, 53), 0)).toBe(-1);
  });
});
