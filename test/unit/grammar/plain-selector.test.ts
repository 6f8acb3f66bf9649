import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBySelectorGrammar } from '../../../grammar/calico-selector/parser.ts';
import { readPlainSelector } from '../../../grammar/calico-selector/plain-selector.ts';

const piece = fc.constantFrom(
  ...['all()', 'has(a.b/c)', '!has(x)', "a == 'b'", 'a != "b c"', " in { 'x', 'y' }", 'a', 'in'],
  ...["a not in {'z','x'}", ' && ', ' && ', ' || ', ' ', "'", '"', '{', '}', '(', ')', '!', '=='],
  ...["a starts with 'b'", "contains 'd'", 'in {}', ' && ', "a ends with ''", ',', 'not in'],
  ...["(a == 'b')", '(has(x) && ', ')'],
);

it('plain selectors are read as the grammar reads them', () => {
  let plainOnes = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
      const source = { name: 'test', text: pieces.join('') };
      const plain = readPlainSelector(source);
      if (plain === undefined) return;
      plainOnes++;
      expect({ value: plain, diagnostics: [] }).toEqual(parseBySelectorGrammar(source));
    }),
    { numRuns: 5_000 },
  );
  expect(plainOnes).toBeGreaterThan(100);
});
