/** -m cpu: the processor that handles the packet. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { maximum32, number } from '../value-kinds.ts';

export interface CpuOptions {
  readonly kind: 'cpu';
  readonly cpu: number;
  readonly inverted: boolean;
}

export const cpu = extension({
  name: 'cpu',
  revision: 0,
  options: { cpu: { name: '--cpu', value: number(maximum32), invert: true, required: true } },
  read: (values): CpuOptions => ({
    kind: 'cpu',
    cpu: values.cpu?.value ?? 0,
    inverted: values.cpu?.negated ?? false,
  }),
  save: (options) => saved('--cpu', options.inverted, options.cpu),
});
