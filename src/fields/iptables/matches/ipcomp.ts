/** -m ipcomp: the compression parameter index. */

import { extension } from '../extension.ts';
import { flag } from '../value-kinds.ts';
import { type SpiRange, savedSpi, spiRange } from './esp.ts';

export interface IpcompOptions {
  readonly kind: 'ipcomp';
  readonly spi: SpiRange;
  readonly checkReserved: boolean;
}

export const ipcomp = extension({
  name: 'ipcomp',
  protocols: [108],
  revision: 0,
  options: {
    spi: { name: '--ipcompspi', value: spiRange, invert: true },
    checkReserved: { name: '--compres', value: flag },
  },
  read: (values): IpcompOptions => ({
    kind: 'ipcomp',
    spi: values.spi
      ? { from: values.spi.value.from, to: values.spi.value.to, inverted: values.spi.negated }
      : { from: 0, to: 0, inverted: false },
    checkReserved: values.checkReserved !== undefined,
  }),
  save: ({ spi, checkReserved }) => [
    ...savedSpi('--ipcompspi', spi),
    ...(checkReserved ? ['--compres'] : []),
  ],
});
