/** -m quota: matches until so many bytes have passed. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { bigNumber, maximum64 } from '../value-kinds.ts';

export interface QuotaOptions {
  readonly kind: 'quota';
  readonly bytes: bigint;
  readonly inverted: boolean;
}

export const quota = extension({
  name: 'quota',
  revision: 0,
  options: {
    bytes: { name: '--quota', value: bigNumber(maximum64), invert: true, required: true },
  },
  read: (values): QuotaOptions => ({
    kind: 'quota',
    bytes: values.bytes?.value ?? 0n,
    inverted: values.bytes?.negated ?? false,
  }),
  save: ({ bytes, inverted }) => saved('--quota', inverted, bytes),
});
