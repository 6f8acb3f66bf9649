/** -j CHECKSUM: fills in checksums that hardware was to compute. */

import { extension } from '../extension.ts';
import { flag } from '../value-kinds.ts';

export interface ChecksumOptions {
  readonly kind: 'CHECKSUM';
}

export const CHECKSUM = extension({
  name: 'CHECKSUM',
  tables: ['mangle'],
  revision: 0,
  options: { fill: { name: '--checksum-fill', value: flag, required: true } },
  read: (): ChecksumOptions => ({ kind: 'CHECKSUM' }),
  save: () => ['--checksum-fill'],
});
