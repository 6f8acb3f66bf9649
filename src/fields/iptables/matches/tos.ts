/** -m tos: type of service or priority field. */

import { extension } from '../extension.ts';
import { paddedHex } from '../numbers.ts';
import { saved } from '../saving.ts';
import { tosValue } from '../tos-names.ts';

export interface TosOptions {
  readonly kind: 'tos';
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

export const tos = extension({
  name: 'tos',
  revision: 1,
  options: { tos: { name: '--tos', value: tosValue, invert: true, required: true } },
  read: (values): TosOptions => ({
    kind: 'tos',
    value: values.tos?.value.value ?? 0,
    mask: values.tos?.value.mask ?? 0,
    inverted: values.tos?.negated ?? false,
  }),
  save: ({ value, mask, inverted }) =>
    saved('--tos', inverted, `${paddedHex(value, 2)}/${paddedHex(mask, 2)}`),
});
