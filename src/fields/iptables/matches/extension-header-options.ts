/** -m hbh and -m dst: the options headers of IPv6. */

import { extension } from '../extension.ts';
import { parseNumber } from '../numbers.ts';
import { saved } from '../saving.ts';
import { maximum32, number, oneWord } from '../value-kinds.ts';

export interface HeaderOption {
  readonly type: number;
  readonly length?: number;
}

export interface HeaderOptionsMatch<Kind extends 'hbh' | 'dst'> {
  readonly kind: Kind;
  readonly length?: { readonly bytes: number; readonly inverted: boolean };
  readonly options?: readonly HeaderOption[];
}

export type HbhOptions = HeaderOptionsMatch<'hbh'>;
export type DstOptions = HeaderOptionsMatch<'dst'>;

/** Stands for every length. */
const anyLength = 255n;

/** Each is kept in eight bits. */
function optionOf(type: bigint, length: bigint): HeaderOption {
  const kept = { type: Number(type & 0xffn) };
  return (length & 0xffn) === anyLength ? kept : { ...kept, length: Number(length & 0xffn) };
}

const optionList = oneWord((text, site): readonly HeaderOption[] | undefined => {
  const options: HeaderOption[] = [];
  for (const part of text.split(',')) {
    const [typeText = '', lengthText] = part.split(':');
    const type = parseNumber(typeText);
    const length = lengthText === undefined ? anyLength : parseNumber(lengthText);
    if (type === undefined || length === undefined) {
      return site.problem(`no option '${part}'`, 'TYPE or TYPE:LENGTH, each at most 255');
    }
    options.push(optionOf(type, length));
  }
  return options.length > 16 ? site.problem('too many options: at most 16') : options;
});

function headerOptions<Kind extends 'hbh' | 'dst'>(kind: Kind) {
  return extension({
    name: kind,
    family: 'ip6',
    revision: 0,
    options: {
      length: { name: `--${kind}-len`, value: number(maximum32), invert: true },
      options: { name: `--${kind}-opts`, value: optionList },
    },
    read: (values): HeaderOptionsMatch<Kind> => ({
      kind,
      ...(values.length && {
        length: { bytes: values.length.value, inverted: values.length.negated },
      }),
      ...(values.options && { options: values.options.value }),
    }),
    save: ({ length, options }) => [
      ...(length ? saved(`--${kind}-len`, length.inverted, length.bytes) : []),
      ...(options
        ? [`--${kind}-opts`, options.map((option) => savedOption(option)).join(',')]
        : []),
    ],
  });
}

function savedOption({ type, length }: HeaderOption): string {
  return length === undefined ? String(type) : `${type}:${length}`;
}

export const hbh = headerOptions('hbh');
export const dst = headerOptions('dst');
