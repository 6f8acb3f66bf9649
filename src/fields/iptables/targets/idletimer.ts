/** -j IDLETIMER: a timer that the packet restarts. */

import { extension } from '../extension.ts';
import { flag, maximum32, number, text } from '../value-kinds.ts';

export interface IdletimerOptions {
  readonly kind: 'IDLETIMER';
  readonly timeoutSeconds: number;
  readonly label: string;
  readonly alarm: boolean;
}

/** INT_MAX milliseconds. */
const longestTimeout = 2_147_483;
/** idletimer_check_sysfs_name() */
const takenLabels: readonly string[] = ['power', 'subsystem', 'uevent'];

export const IDLETIMER = extension({
  name: 'IDLETIMER',
  revision: 1,
  refused: ({ timeoutSeconds, label }: IdletimerOptions) => {
    if (timeoutSeconds === 0 || timeoutSeconds >= longestTimeout) {
      return `IDLETIMER: a timeout is between 1 and ${longestTimeout - 1} seconds`;
    }
    return label === '' || label.includes('/') || takenLabels.includes(label)
      ? `IDLETIMER: '${label}' cannot be a name in sysfs`
      : undefined;
  },
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
