/** -j RATEEST: feeds a rate estimator. */

import { extension } from '../extension.ts';
import { text } from '../value-kinds.ts';

export interface RateestTargetOptions {
  readonly kind: 'RATEEST';
  readonly name: string;
  readonly interval: string;
  readonly averaging: string;
}

/** The two times are kept as written. */
export const RATEEST = extension({
  name: 'RATEEST',
  revision: 0,
  options: {
    name: { name: '--rateest-name', value: text(15, 1), required: true },
    interval: { name: '--rateest-interval', value: text(), required: true },
    averaging: { name: '--rateest-ewmalog', value: text(), required: true },
  },
  read: (values): RateestTargetOptions => ({
    kind: 'RATEEST',
    name: values.name?.value ?? '',
    interval: values.interval?.value ?? '',
    averaging: values.averaging?.value ?? '',
  }),
  save: ({ name, interval, averaging }) => [
    '--rateest-name',
    name,
    '--rateest-interval',
    interval,
    '--rateest-ewmalog',
    averaging,
  ],
});
