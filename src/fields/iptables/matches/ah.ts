/** -m ah: the SPI of an authentication header; with IPv6 also its length. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, maximum32, number } from '../value-kinds.ts';
import { everySpi, type SpiRange, savedSpi, spiRange } from './esp.ts';

export interface AhOptions {
  readonly kind: 'ah';
  readonly spi: SpiRange;
  /** IPv6 only: the header's length in bytes. */
  readonly length?: { readonly bytes: number; readonly inverted: boolean };
  /** IPv6 only: the reserved field must be zero. */
  readonly checkReserved: boolean;
}

const spi = { name: '--ahspi', value: spiRange, invert: true } as const;

export const ah4 = extension({
  name: 'ah',
  protocols: [51],
  family: 'ip',
  revision: 0,
  options: { spi },
  read: (values): AhOptions => ({
    kind: 'ah',
    spi: values.spi
      ? { from: values.spi.value.from, to: values.spi.value.to, inverted: values.spi.negated }
      : everySpi,
    checkReserved: false,
  }),
  save: (options) => savedSpi('--ahspi', options.spi),
});

export const ah6 = extension({
  name: 'ah',
  family: 'ip6',
  revision: 0,
  options: {
    spi,
    length: { name: '--ahlen', value: number(maximum32), invert: true },
    checkReserved: { name: '--ahres', value: flag },
  },
  read: (values): AhOptions => ({
    kind: 'ah',
    spi: values.spi
      ? { from: values.spi.value.from, to: values.spi.value.to, inverted: values.spi.negated }
      : everySpi,
    ...(values.length && {
      length: { bytes: values.length.value, inverted: values.length.negated },
    }),
    checkReserved: values.checkReserved !== undefined,
  }),
  save: (options) => [
    ...savedSpi('--ahspi', options.spi),
    ...(options.length && (options.length.bytes > 0 || options.length.inverted)
      ? saved('--ahlen', options.length.inverted, options.length.bytes)
      : []),
    ...(options.checkReserved ? ['--ahres'] : []),
  ],
});
