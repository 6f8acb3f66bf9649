/** -m length: the packet's length from the network header on. */

import { extension } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { numberRange } from '../value-kinds.ts';

export interface LengthOptions {
  readonly kind: 'length';
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

export const length = extension({
  name: 'length',
  revision: 0,
  options: {
    length: { name: '--length', value: numberRange(65535), invert: true, required: true },
  },
  read: (values): LengthOptions => ({
    kind: 'length',
    from: values.length?.value.from ?? 0,
    to: values.length?.value.to ?? 65535,
    inverted: values.length?.negated ?? false,
  }),
  save: (options) => saved('--length', options.inverted, savedRange(options)),
});
