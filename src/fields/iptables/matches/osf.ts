/** -m osf: passive fingerprints of operating systems. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { number, text } from '../value-kinds.ts';

export interface OsfOptions {
  readonly kind: 'osf';
  readonly genre: string;
  readonly inverted: boolean;
  readonly ttl?: number;
  readonly log?: number;
}

export const osf = extension({
  name: 'osf',
  protocols: [6],
  family: 'ip',
  revision: 0,
  options: {
    genre: { name: '--genre', value: text(31), invert: true, required: true },
    ttl: { name: '--ttl', value: number(2) },
    log: { name: '--log', value: number(2) },
  },
  read: (values): OsfOptions => {
    return {
      kind: 'osf',
      genre: values.genre?.value ?? '',
      inverted: values.genre?.negated ?? false,
      ...(values.ttl && { ttl: values.ttl.value }),
      ...(values.log && { log: values.log.value }),
    };
  },
  save: ({ genre, inverted, ttl, log }) => [
    ...saved('--genre', inverted, genre),
    ...(ttl === undefined ? [] : ['--ttl', String(ttl)]),
    ...(log === undefined ? [] : ['--log', String(log)]),
  ],
});
