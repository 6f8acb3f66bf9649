/** -j SECMARK and -j CONNSECMARK: security contexts of packets and connections. */

import { extension } from '../extension.ts';
import { flag, text } from '../value-kinds.ts';

export interface SecmarkOptions {
  readonly kind: 'SECMARK';
  readonly context: string;
}

export const SECMARK = extension({
  name: 'SECMARK',
  tables: ['mangle', 'security'],
  revision: 0,
  options: { context: { name: '--selctx', value: text(255), required: true } },
  read: (values): SecmarkOptions => ({ kind: 'SECMARK', context: values.context?.value ?? '' }),
  save: ({ context }) => ['--selctx', context],
});

export interface ConnsecmarkOptions {
  readonly kind: 'CONNSECMARK';
  readonly action: 'save' | 'restore';
}

export const CONNSECMARK = extension({
  name: 'CONNSECMARK',
  tables: ['mangle', 'security'],
  revision: 0,
  options: {
    save: { name: '--save', value: flag, excludes: ['--restore'] },
    restore: { name: '--restore', value: flag },
  },
  read: (values, site): ConnsecmarkOptions | undefined =>
    values.save || values.restore
      ? { kind: 'CONNSECMARK', action: values.save ? 'save' : 'restore' }
      : site.problem('CONNSECMARK: --save or --restore is required'),
  save: ({ action }) => [`--${action}`],
});
