/** -j AUDIT: an audit record. */

import { extension } from '../extension.ts';
import { oneOf } from '../value-kinds.ts';

export interface AuditOptions {
  readonly kind: 'AUDIT';
  readonly type: 'accept' | 'drop' | 'reject';
}

export const AUDIT = extension({
  name: 'AUDIT',
  revision: 0,
  options: {
    type: {
      name: '--type',
      value: oneOf(['accept', 'drop', 'reject'], { anyCase: true }),
      required: true,
    },
  },
  read: (values): AuditOptions => ({ kind: 'AUDIT', type: values.type?.value ?? 'drop' }),
  save: ({ type }) => ['--type', type],
});
