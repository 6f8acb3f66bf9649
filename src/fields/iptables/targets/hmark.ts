/** -j HMARK: sets the mark from a hash of addresses and ports. */

import { extension, type OptionRows } from '../extension.ts';
import { oneWord } from '../value-kinds.ts';

export interface HmarkOptions {
  readonly kind: 'HMARK';
  /** Names and values as written, in the order of the text. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
}

const verbatim = oneWord((text) => text);

// biome-ignore format: table
const names = [
  '--hmark-src-prefix', '--hmark-dst-prefix', '--hmark-sport-mask', '--hmark-dport-mask', '--hmark-spi-mask',
  '--hmark-sport', '--hmark-dport', '--hmark-spi', '--hmark-proto-mask', '--hmark-rnd', '--hmark-mod', '--hmark-offset',
  '--hmark-tuple',
];

const options: OptionRows = Object.fromEntries(
  names.map((name) => [name, { name, value: verbatim }]),
);

export const HMARK = extension({
  name: 'HMARK',
  revision: 0,
  options,
  read: (values, site): HmarkOptions | undefined =>
    values['--hmark-mod'] === undefined
      ? site.problem('HMARK: --hmark-mod is required')
      : {
          kind: 'HMARK',
          options: site.written.map(({ name, values: [value = ''] }) => ({ name, value })),
        },
  save: (saved) => saved.options.flatMap(({ name, value }) => [name, value]),
});
