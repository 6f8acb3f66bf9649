import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha1Hex } from '../../../src/base/sha1.ts';
import { sha2 } from '../../../src/base/sha256.ts';

it('gives the digests of the platform', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
      for (const bits of [256, 224] as const) {
        const wanted = createHash(`sha${bits}`).update(text).digest('hex');
        expect(Buffer.from(sha2(bits, text)).toString('hex')).toBe(wanted);
      }
      expect(sha1Hex(text)).toBe(createHash('sha1').update(text).digest('hex'));
    }),
  );
});
