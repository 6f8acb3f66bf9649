/** -m eui64: the source address is made from the link-layer source address. */

import { extension } from '../extension.ts';

export interface Eui64Options {
  readonly kind: 'eui64';
}

export const eui64 = extension({
  name: 'eui64',
  family: 'ip6',
  revision: 0,
  options: {},
  refused: (_options: Eui64Options, { chain }) =>
    chain === 'OUTPUT' || chain === 'POSTROUTING'
      ? 'eui64 works on received packets only: in PREROUTING, INPUT and FORWARD'
      : undefined,
  read: (): Eui64Options => ({ kind: 'eui64' }),
  save: () => [],
});
