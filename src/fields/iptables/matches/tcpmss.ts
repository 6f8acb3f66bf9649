/** -m tcpmss: the maximum segment size option of TCP. */

import { extension } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { numberRange } from '../value-kinds.ts';

export interface TcpmssOptions {
  readonly kind: 'tcpmss';
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

export const tcpmss = extension({
  name: 'tcpmss',
  protocols: [6],
  revision: 0,
  options: { mss: { name: '--mss', value: numberRange(65535), invert: true, required: true } },
  read: (values): TcpmssOptions => ({
    kind: 'tcpmss',
    from: values.mss?.value.from ?? 0,
    to: values.mss?.value.to ?? 65535,
    inverted: values.mss?.negated ?? false,
  }),
  save: (options) => saved('--mss', options.inverted, savedRange(options)),
});
