/** -j TCPOPTSTRIP: overwrites TCP options with no-ops. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { oneWord } from '../value-kinds.ts';

export interface TcpoptstripOptions {
  readonly kind: 'TCPOPTSTRIP';
  /** Option numbers, ascending. */
  readonly options: readonly number[];
}

const names: Readonly<Record<string, number>> = {
  wscale: 3,
  mss: 2,
  'sack-permitted': 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
};

const optionList = oneWord((text, site): readonly number[] | undefined => {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const number = names[part.toLowerCase()] ?? parseSmallNumber(part, 2, 255);
    if (number === undefined)
      return site.problem(`unknown TCP option '${part}'`, Object.keys(names).join(', '));
    if (numbers.has(number)) return site.problem(`TCP option '${part}' is listed twice`);
    numbers.add(number);
  }
  return [...numbers].sort((first, second) => first - second);
});

export const TCPOPTSTRIP = extension({
  name: 'TCPOPTSTRIP',
  tables: ['mangle'],
  protocols: [6],
  revision: 0,
  options: { options: { name: '--strip-options', value: optionList } },
  read: (values): TcpoptstripOptions => ({
    kind: 'TCPOPTSTRIP',
    options: values.options?.value ?? [],
  }),
  save: ({ options }) => (options.length === 0 ? [] : ['--strip-options', options.join(',')]),
});
