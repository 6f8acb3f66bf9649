/** -j TOS: sets bits of the type-of-service or priority field. */

import { extension } from '../extension.ts';
import { paddedHex } from '../numbers.ts';
import { tosValue } from '../tos-names.ts';
import { number } from '../value-kinds.ts';

export interface TosTargetOptions {
  readonly kind: 'TOS';
  /** field = (field & ~mask) ^ value. */
  readonly value: number;
  readonly mask: number;
}

const byte = number(255);

export const TOS = extension({
  name: 'TOS',
  tables: ['mangle'],
  revision: 1,
  options: {
    set: { name: '--set-tos', value: tosValue, excludes: ['--and-tos', '--or-tos', '--xor-tos'] },
    and: { name: '--and-tos', value: byte, excludes: ['--or-tos', '--xor-tos'] },
    or: { name: '--or-tos', value: byte, excludes: ['--xor-tos'] },
    xor: { name: '--xor-tos', value: byte },
  },
  read: (values, site): TosTargetOptions | undefined => {
    const kind = 'TOS';
    if (values.set) return { kind, ...values.set.value };
    if (values.and) return { kind, value: 0, mask: ~values.and.value & 0xff };
    if (values.or) return { kind, value: values.or.value, mask: values.or.value };
    if (values.xor) return { kind, value: values.xor.value, mask: 0 };
    return site.problem('TOS: an action is required');
  },
  save: ({ value, mask }) => ['--set-tos', `${paddedHex(value, 2)}/${paddedHex(mask, 2)}`],
});
