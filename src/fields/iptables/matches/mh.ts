/** -m mh: types of the mobility header. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { saved, savedRange } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

const types: readonly (readonly [name: string, short: string])[] = [
  ['binding-refresh-request', 'brr'],
  ['home-test-init', 'hoti'],
  ['careof-test-init', 'coti'],
  ['home-test', 'hot'],
  ['careof-test', 'cot'],
  ['binding-update', 'bu'],
  ['binding-acknowledgement', 'ba'],
  ['binding-error', 'be'],
];

export interface MhOptions {
  readonly kind: 'mh';
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

function readType(text: string): number | undefined {
  const lower = text.toLowerCase();
  const named = types.findIndex(([name, short]) => name.startsWith(lower) || short === lower);
  return text !== '' && named >= 0 ? named : parseSmallNumber(text, 0, 255);
}

const typeRange = oneWord((text, site) => {
  const colon = text.indexOf(':');
  const [low, high] = colon < 0 ? [text, text] : [text.slice(0, colon), text.slice(colon + 1)];
  const from = low === '' ? 0 : readType(low);
  const to = high === '' ? 255 : readType(high);
  return from === undefined || to === undefined || from > to
    ? site.problem(`no mobility header type '${text}'`, types.map(([name]) => name).join(', '))
    : { from, to };
});

export const mh = extension({
  name: 'mh',
  protocols: [135],
  aliases: ['ipv6-mh', 'mobility-header'],
  family: 'ip6',
  revision: 0,
  options: { type: { name: '--mh-type', value: typeRange, invert: true } },
  read: (values): MhOptions => {
    return {
      kind: 'mh',
      from: values.type?.value.from ?? 0,
      to: values.type?.value.to ?? 255,
      inverted: values.type?.negated ?? false,
    };
  },
  save: ({ from, to, inverted }) => {
    if (from === 0 && to === 255 && !inverted) return [];
    return saved('--mh-type', inverted, savedRange({ from, to }));
  },
});
