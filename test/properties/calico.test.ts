/** Selectors and names of Calico hold for any input. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../grammar/calico-selector/parse-selector.ts';
import { splitPorts } from '../../src/generate/calico/chains/port-slots.ts';
import { lengthLimitedId, nflogPrefix } from '../../src/generate/calico/names.ts';
import {
  portRangeOf,
  simplifyPorts,
} from '../../src/generate/calico/resources/kubernetes-policy.ts';
import { printSelector, selects } from '../../src/generate/calico/selectors/selector.ts';

const read = (text: string) => parseSelector({ name: 'selector', text });

const label = fc
  .stringMatching(/^[a-z][a-z0-9./-]{0,5}$/)
  .filter((text) => !text.startsWith('has'));
const value = fc.stringMatching(/^[ #-&(-~]{0,6}$/);
const leaf = fc.oneof(
  fc.constantFrom('all()', 'global()'),
  label.map((name) => `has(${name})`),
  fc
    .tuple(label, fc.constantFrom('==', '!=', 'contains', 'starts with', 'endswith'), value)
    .map(([name, operator, text]) => `${name} ${operator} '${text}'`),
  fc
    .tuple(label, fc.constantFrom('in', 'not in'), fc.array(value, { maxLength: 4 }))
    .map(
      ([name, operator, list]) =>
        `${name} ${operator} {${list.map((text) => `"${text}"`).join(', ')}}`,
    ),
);
const { selector } = fc.letrec<{ selector: string }>((tie) => ({
  selector: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('selector').map((inner) => `!(${inner})`),
    tie('selector').map((inner) => `! ${inner}`),
    fc
      .tuple(
        fc.array(tie('selector'), { minLength: 2, maxLength: 4 }),
        fc.constantFrom(' && ', '||'),
      )
      .map(([parts, operator]) => `(${parts.join(operator)})`),
  ),
}));

describe('selectors', () => {
  it('never throw', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '!',
      '&&',
      '||',
      'a',
      'in',
      '{',
      '}',
      ',',
      "'x'",
      '==',
      ' ',
      'has(a)',
      'all()',
      '"',
      '\n',
      'not',
    );
    const soup = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 20 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(soup, (text) => {
        const { value: parsed, diagnostics } = read(text);
        expect(parsed === undefined).toBe(diagnostics.length > 0);
        for (const { span } of diagnostics)
          expect(span.start <= span.end && span.end <= text.length).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('have one normal form that means the same', () => {
    const labels = fc
      .array(fc.tuple(label, value), { maxLength: 4 })
      .map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(selector, labels, (text, own) => {
        const first = read(text).value;
        if (first === undefined) throw new Error(`not a selector: ${text}`);
        const normalised = printSelector(first);
        const second = read(normalised).value;
        // Felix writes a negation of a negation in parentheses as `!!`, which it would not read back as such.
        expect(second === undefined ? '' : printSelector(second)).toBe(
          normalised.replaceAll('!!', ''),
        );
        expect(second !== undefined && selects(second, own)).toBe(selects(first, own));
      }),
    );
  });
});

describe('names', () => {
  it('stay within their limits and differ', () => {
    const prefix = fc.constantFrom('cali-pi-', 'cali-pri-', 'cali-thfw-');
    fc.assert(
      fc.property(
        prefix,
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 60 })),
        (head, names) => {
          const ids = names.map((name) => lengthLimitedId(head, name, 28));
          expect(ids.every((id) => id.length <= 28)).toBe(true);
          expect(new Set(ids).size).toBe(names.length);
        },
      ),
    );
  });

  it('fit netlink log prefixes', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (raw) => nflogPrefix(raw).length <= 63));
  });
});

describe('ports', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 10 }))
    .map(([first, more]) => ({ first, last: first + more }));

  it('simplified cover the same numbers with fewer ranges', () => {
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const ports = ranges.map(({ first, last }) =>
          first === last ? first : `${first}:${last}`,
        );
        const numbers = (list: readonly (number | string)[]) =>
          new Set(
            list.flatMap((port) => {
              const { first, last } = portRangeOf(port) ?? { first: 0, last: -1 };
              return Array.from({ length: last - first + 1 }, (_, index) => first + index);
            }),
          );
        const simple = simplifyPorts(ports);
        expect(numbers(simple)).toEqual(numbers(ports));
        expect(simple.length).toBeLessThanOrEqual(ports.length);
      }),
    );
  });

  it('split into parts of at most 15 slots, in order', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 60 }), (ranges) => {
        const parts = splitPorts(ranges);
        const slots = (part: readonly { first: number; last: number }[]) =>
          part.reduce((sum, { first, last }) => sum + (first === last ? 1 : 2), 0);
        expect(parts.flat()).toEqual(ranges);
        expect(parts.every((part) => slots(part) <= 15)).toBe(true);
      }),
    );
  });
});
