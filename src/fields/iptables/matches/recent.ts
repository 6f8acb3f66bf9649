/** -m recent: lists of addresses seen. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { fullMask } from '../networks.ts';
import { saved } from '../saving.ts';
import { flag, host, number, text } from '../value-kinds.ts';

export interface RecentOptions {
  readonly kind: 'recent';
  readonly list: string;
  readonly check: 'set' | 'rcheck' | 'update' | 'remove';
  readonly inverted: boolean;
  readonly seconds?: number;
  /** Entries older than `seconds` are purged. */
  readonly reap: boolean;
  readonly hitCount?: number;
  /** The TTL must agree with that of the entry. */
  readonly sameTtl: boolean;
  readonly side: 'source' | 'destination';
  readonly mask: Address;
}

const checks = ['set', 'rcheck', 'update', 'remove'] as const;

export const recent = extension({
  name: 'recent',
  revision: 1,
  // recent_mt_check()
  refused: ({ check, hitCount = 0, seconds }: RecentOptions) => {
    const counts = hitCount > 0 || seconds !== undefined;
    if (counts && (check === 'set' || check === 'remove')) {
      return `recent: --${check} takes neither --seconds nor --hitcount`;
    }
    return hitCount > 65535 ? 'recent: a hit count is at most 65535' : undefined;
  },
  options: {
    set: {
      name: '--set',
      value: flag,
      invert: true,
      excludes: ['--rcheck', '--update', '--remove', '--rttl'],
    },
    rcheck: { name: '--rcheck', value: flag, invert: true, excludes: ['--update', '--remove'] },
    update: { name: '--update', value: flag, invert: true, excludes: ['--remove'] },
    remove: {
      name: '--remove',
      value: flag,
      invert: true,
      excludes: ['--rttl'],
    },
    seconds: { name: '--seconds', value: number(0xffffffff, 1) },
    reap: { name: '--reap', value: flag, needs: ['--seconds'] },
    hitCount: { name: '--hitcount', value: number(0xffffffff) },
    rttl: { name: '--rttl', value: flag },
    name: { name: '--name', value: text(199) },
    rsource: { name: '--rsource', value: flag },
    rdest: { name: '--rdest', value: flag },
    mask: { name: '--mask', value: host },
  },
  read: (values, site): RecentOptions | undefined => {
    const check = checks.find((name) => values[name] !== undefined);
    if (check === undefined) {
      return site.problem('recent: you must specify one of --set, --rcheck, --update or --remove');
    }
    return {
      kind: 'recent',
      list: values.name?.value ?? 'DEFAULT',
      check,
      inverted: values[check]?.negated ?? false,
      ...(values.seconds && { seconds: values.seconds.value }),
      reap: values.reap !== undefined,
      ...(values.hitCount && { hitCount: values.hitCount.value }),
      sameTtl: values.rttl !== undefined,
      side: values.rdest ? 'destination' : 'source',
      mask: values.mask?.value ?? fullMask(site.family),
    };
  },
  save: (options) => [
    ...saved(`--${options.check}`, options.inverted),
    ...(options.seconds ? ['--seconds', String(options.seconds)] : []),
    ...(options.reap ? ['--reap'] : []),
    ...(options.hitCount ? ['--hitcount', String(options.hitCount)] : []),
    ...(options.sameTtl ? ['--rttl'] : []),
    '--name',
    options.list,
    '--mask',
    formatAddress(options.mask),
    options.side === 'source' ? '--rsource' : '--rdest',
  ],
});
