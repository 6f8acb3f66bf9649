/** -m mark: the packet's mark. */

import { extension } from '../extension.ts';
import { saved, savedMark } from '../saving.ts';
import { mark32 } from '../value-kinds.ts';

export interface MarkOptions {
  readonly kind: 'mark';
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

export const mark = extension({
  name: 'mark',
  revision: 1,
  options: { mark: { name: '--mark', free: true, value: mark32, invert: true, required: true } },
  read: (values): MarkOptions => ({
    kind: 'mark',
    value: values.mark?.value.value ?? 0,
    mask: values.mark?.value.mask ?? 0,
    inverted: values.mark?.negated ?? false,
  }),
  save: (options) => saved('--mark', options.inverted, savedMark(options)),
});
