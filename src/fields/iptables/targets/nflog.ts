/** -j NFLOG: hands a copy of the packet to a netlink group. */

import { extension } from '../extension.ts';
import { quoted } from '../saving.ts';
import { maximum16, maximum32, number, text } from '../value-kinds.ts';

export interface NflogOptions {
  readonly kind: 'NFLOG';
  readonly prefix: string;
  readonly group: number;
  /** `--nflog-size`: bytes to copy. */
  readonly size?: number;
  /** `--nflog-range`: has no effect and is not kept. */
  readonly range?: number;
  readonly threshold: number;
}

export const NFLOG = extension({
  name: 'NFLOG',
  revision: 0,
  options: {
    group: { name: '--nflog-group', value: number(maximum16) },
    prefix: { name: '--nflog-prefix', free: true, value: text(63, 1) },
    range: { name: '--nflog-range', value: number(maximum32), excludes: ['--nflog-size'] },
    size: { name: '--nflog-size', value: number(maximum32) },
    threshold: { name: '--nflog-threshold', value: number(maximum16) },
  },
  read: (values): NflogOptions => ({
    kind: 'NFLOG',
    prefix: values.prefix?.value ?? '',
    group: values.group?.value ?? 0,
    ...(values.size && { size: values.size.value }),
    ...(values.range && { range: values.range.value }),
    threshold: values.threshold?.value ?? 0,
  }),
  save: ({ prefix, group, size, threshold }) => [
    ...(prefix === '' ? [] : ['--nflog-prefix', quoted(prefix)]),
    ...(group === 0 ? [] : ['--nflog-group', String(group)]),
    ...(size === undefined ? [] : ['--nflog-size', String(size)]),
    ...(threshold === 0 ? [] : ['--nflog-threshold', String(threshold)]),
  ],
});
