/** -m esp: the SPI of an ESP header. */

import { extension } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { maximum32, numberRange } from '../value-kinds.ts';

export interface SpiRange {
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

export const everySpi: SpiRange = { from: 0, to: maximum32, inverted: false };

export interface EspOptions {
  readonly kind: 'esp';
  readonly spi: SpiRange;
}

export const spiRange = numberRange(maximum32);

export function isEverySpi({ from, to, inverted }: SpiRange): boolean {
  return from === 0 && to === maximum32 && !inverted;
}

export function savedSpi(name: string, spi: SpiRange): string[] {
  return isEverySpi(spi) ? [] : saved(name, spi.inverted, savedRange(spi));
}

export const esp = extension({
  name: 'esp',
  protocols: [50],
  revision: 0,
  options: { spi: { name: '--espspi', value: spiRange, invert: true } },
  read: (values): EspOptions => ({
    kind: 'esp',
    spi: values.spi
      ? { from: values.spi.value.from, to: values.spi.value.to, inverted: values.spi.negated }
      : everySpi,
  }),
  save: ({ spi }) => savedSpi('--espspi', spi),
});
