/** -m string: searches the packet for a byte pattern. */

import { extension, type ValueSite } from '../extension.ts';
import { saved } from '../saving.ts';
import { cutText, flag, number, oneWord } from '../value-kinds.ts';

export interface StringOptions {
  readonly kind: 'string';
  readonly algorithm: string;
  /** One character per byte. */
  readonly pattern: string;
  readonly inverted: boolean;
  readonly ignoreCase: boolean;
  /** Offsets between which the pattern must begin. */
  readonly from: number;
  readonly to: number;
}

const longest = 128;

const plain = oneWord((text, site) =>
  text.length > longest ? site.problem(`the string is longer than ${longest} bytes`) : text,
);

/** `|0d 0a|text`: bytes in hexadecimal between bars. */
const hexadecimal = oneWord((text, site) => {
  let pattern = '';
  for (const [index, part] of text.split('|').entries()) {
    const piece = index % 2 === 0 ? part : decodeHex(part, site);
    if (piece === undefined) return undefined;
    pattern += piece;
  }
  return pattern.length > longest
    ? site.problem(`the string is longer than ${longest} bytes`)
    : pattern;
});

function decodeHex(part: string, site: ValueSite): string | undefined {
  const digits = part.replaceAll(' ', '');
  if (!/^([0-9a-fA-F]{2})+$/.test(digits)) return site.problem(`no hexadecimal bytes '${part}'`);
  return digits.replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
}

export const string = extension({
  name: 'string',
  revision: 1,
  // string_mt_check(): textsearch_prepare() knows these, and fsm takes tokens of its own for a pattern.
  refused: ({ algorithm, from, to }: StringOptions) => {
    if (from > to) return `string: --from ${from} lies behind --to ${to}`;
    const known = algorithm === 'bm' || algorithm === 'kmp';
    return known ? undefined : `string: the kernel has no algorithm '${algorithm}' for text`;
  },
  options: {
    from: { name: '--from', value: number(65535) },
    to: { name: '--to', value: number(65535) },
    algorithm: { name: '--algo', value: cutText(15), required: true },
    text: { name: '--string', value: plain, invert: true, excludes: ['--hex-string'] },
    hex: { name: '--hex-string', value: hexadecimal, invert: true },
    ignoreCase: { name: '--icase', value: flag },
  },
  read: (values, site): StringOptions | undefined => {
    const pattern = values.text ?? values.hex;
    if (pattern?.value === '') return site.problem('string: the pattern is empty');
    if (pattern === undefined) {
      return site.problem('string: you must specify --string or --hex-string');
    }
    return {
      kind: 'string',
      algorithm: values.algorithm?.value ?? 'bm',
      pattern: pattern.value,
      inverted: pattern.negated,
      ignoreCase: values.ignoreCase !== undefined,
      from: values.from?.value ?? 0,
      to: values.to?.value ?? 65535,
    };
  },
  save: (options) => [
    ...(needsHex(options.pattern)
      ? saved('--hex-string', options.inverted, `"|${hexOf(options.pattern)}|"`)
      : saved('--string', options.inverted, `"${options.pattern.replaceAll(/["\\]/g, '\\$&')}"`)),
    '--algo',
    options.algorithm,
    ...(options.from === 0 ? [] : ['--from', String(options.from)]),
    ...(options.to === 65535 ? [] : ['--to', String(options.to)]),
    ...(options.ignoreCase ? ['--icase'] : []),
  ],
});

/** Are there unprintable bytes? */
function needsHex(pattern: string): boolean {
  return /[^\x20-\x7e]/.test(pattern);
}

function hexOf(pattern: string): string {
  return Array.from(pattern, (character) =>
    character.charCodeAt(0).toString(16).padStart(2, '0'),
  ).join('');
}
