/** -m frag: the fragment header of IPv6. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, maximum32, number } from '../value-kinds.ts';
import { everySpi, type SpiRange, savedSpi, spiRange } from './esp.ts';

export interface FragOptions {
  readonly kind: 'frag';
  readonly id: SpiRange;
  readonly length?: { readonly bytes: number; readonly inverted: boolean };
  readonly checkReserved: boolean;
  readonly first: boolean;
  readonly more: boolean;
  readonly last: boolean;
}

export const frag = extension({
  name: 'frag',
  family: 'ip6',
  revision: 0,
  options: {
    id: { name: '--fragid', value: spiRange, invert: true },
    length: { name: '--fraglen', value: number(maximum32), invert: true },
    checkReserved: { name: '--fragres', value: flag },
    first: { name: '--fragfirst', value: flag },
    more: { name: '--fragmore', value: flag, excludes: ['--fraglast'] },
    last: { name: '--fraglast', value: flag },
  },
  read: (values): FragOptions => ({
    kind: 'frag',
    id: values.id
      ? { from: values.id.value.from, to: values.id.value.to, inverted: values.id.negated }
      : everySpi,
    ...(values.length && {
      length: { bytes: values.length.value, inverted: values.length.negated },
    }),
    checkReserved: values.checkReserved !== undefined,
    first: values.first !== undefined,
    more: values.more !== undefined,
    last: values.last !== undefined,
  }),
  save: (options) => [
    ...savedSpi('--fragid', options.id),
    ...(options.length ? saved('--fraglen', options.length.inverted, options.length.bytes) : []),
    ...(options.checkReserved ? ['--fragres'] : []),
    ...(options.first ? ['--fragfirst'] : []),
    ...(options.more ? ['--fragmore'] : []),
    ...(options.last ? ['--fraglast'] : []),
  ],
});
