/** -m u32: tests of 32-bit words of the packet. */

import { extension } from '../extension.ts';
import { parseNumber } from '../numbers.ts';
import { saved } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

export interface U32Step {
  /** `&` masks, `<<` and `>>` shift, `@` moves the base by the value so far. */
  readonly operator: '&' | '<<' | '>>' | '@';
  readonly number: number;
}

export interface U32Test {
  readonly start: number;
  readonly steps: readonly U32Step[];
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

export interface U32Options {
  readonly kind: 'u32';
  /** All must hold. */
  readonly tests: readonly U32Test[];
  readonly inverted: boolean;
}

const testShape = /^([^&<>@=]+)((?:(?:&|<<|>>|@)[^&<>@=]+)*)=(.+)$/;

const tests = oneWord((text, site): readonly U32Test[] | undefined => {
  const parsed = text.replaceAll(/\s+/g, '').split('&&').map(readTest);
  const complete = parsed.filter((test) => test !== undefined);
  return complete.length === parsed.length
    ? complete
    : site.problem(`no u32 test '${text}'`, 'such as 6&0xFF=1');
});

function readTest(text: string): U32Test | undefined {
  const [, first = '', rest = '', values = ''] = testShape.exec(text) ?? [];
  const start = parse32(first);
  if (start === undefined) return undefined;
  const steps: U32Step[] = [];
  for (const [, operator, digits = ''] of rest.matchAll(/(&|<<|>>|@)([^&<>@=]+)/g)) {
    const number = parse32(digits);
    if (number === undefined) return undefined;
    if (operator === '&' || operator === '<<' || operator === '>>' || operator === '@') {
      steps.push({ operator, number });
    }
  }
  const ranges: { from: number; to: number }[] = [];
  for (const part of values.split(',')) {
    const [low = '', high = low] = part.split(':');
    const from = low === '' ? 0 : parse32(low);
    const to = high === '' ? 0xffffffff : parse32(high);
    if (from === undefined || to === undefined) return undefined;
    ranges.push({ from, to });
  }
  return { start, steps, ranges };
}

function parse32(text: string): number | undefined {
  const value = parseNumber(text);
  return value === undefined || value > 0xffffffffn ? undefined : Number(value);
}

const hex = (value: number): string => `0x${value.toString(16)}`;

export const u32 = extension({
  name: 'u32',
  revision: 0,
  options: { tests: { name: '--u32', value: tests, invert: true, required: true } },
  read: (values): U32Options => ({
    kind: 'u32',
    tests: values.tests?.value ?? [],
    inverted: values.tests?.negated ?? false,
  }),
  save: (options) =>
    saved('--u32', options.inverted, `"${options.tests.map(savedTest).join('&&')}"`),
});

function savedTest({ start, steps, ranges }: U32Test): string {
  const location =
    hex(start) + steps.map(({ operator, number }) => operator + hex(number)).join('');
  const values = ranges.map(({ from, to }) =>
    from === to ? hex(from) : `${hex(from)}:${hex(to)}`,
  );
  return `${location}=${values.join(',')}`;
}
