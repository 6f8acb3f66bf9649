/** -j TRACE: the packet's way is reported rule by rule. */

import { extension } from '../extension.ts';

export interface TraceOptions {
  readonly kind: 'TRACE';
}

export const TRACE = extension({
  name: 'TRACE',
  revision: 0,
  options: {},
  read: (): TraceOptions => ({ kind: 'TRACE' }),
  save: () => [],
});
