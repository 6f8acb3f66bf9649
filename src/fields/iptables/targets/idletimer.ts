/** -j IDLETIMER: a timer that the packet restarts. */

import { extension } from '../extension.ts';
import { flag, maximum32, number, text } from '../value-kinds.ts';

export interface IdletimerOptions {
  readonly kind: 'IDLETIMER';
  readonly timeoutSeconds: number;
  readonly label: string;
  readonly alarm: boolean;
}

export const IDLETIMER = extension({
  name: 'IDLETIMER',
  revision: 1,
  options: {
    timeout: { name: '--timeout', value: number(maximum32), required: true },
    label: { name: '--label', value: text(27), required: true },
    alarm: { name: '--alarm', value: flag },
  },
  read: (values): IdletimerOptions => ({
    kind: 'IDLETIMER',
    timeoutSeconds: values.timeout?.value ?? 0,
    label: values.label?.value ?? '',
    alarm: values.alarm !== undefined,
  }),
  save: ({ timeoutSeconds, label, alarm }) => [
    '--timeout',
    String(timeoutSeconds),
    '--label',
    label,
    ...(alarm ? ['--alarm'] : []),
  ],
});
