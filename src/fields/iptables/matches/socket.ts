/** -m socket: an open socket waits for the packet. */

import { extension } from '../extension.ts';
import { flag } from '../value-kinds.ts';

export interface SocketOptions {
  readonly kind: 'socket';
  readonly transparent: boolean;
  readonly noWildcard: boolean;
  /** Sets the packet's mark to the socket's. */
  readonly restoreMark: boolean;
}

export const socket = extension({
  name: 'socket',
  hooks: ['PREROUTING', 'INPUT'],
  revision: 3,
  options: {
    transparent: { name: '--transparent', value: flag },
    noWildcard: { name: '--nowildcard', value: flag },
    restoreMark: { name: '--restore-skmark', value: flag },
  },
  read: (values): SocketOptions => ({
    kind: 'socket',
    transparent: values.transparent !== undefined,
    noWildcard: values.noWildcard !== undefined,
    restoreMark: values.restoreMark !== undefined,
  }),
  save: ({ transparent, noWildcard, restoreMark }) => [
    ...(transparent ? ['--transparent'] : []),
    ...(noWildcard ? ['--nowildcard'] : []),
    ...(restoreMark ? ['--restore-skmark'] : []),
  ],
});
