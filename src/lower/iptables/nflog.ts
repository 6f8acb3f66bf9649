/** -j NFLOG in nf_tables: add_log() of iptables 1.8.13. */

import type { NflogOptions } from '../../fields/iptables/targets/nflog.ts';
import type { Operation } from '../../model/operations.ts';

/** The kernel tells lengths and thresholds of 0 in its listings. */
export function lowerNflog({ prefix, group, size, threshold }: NflogOptions): Operation[] {
  return [
    {
      kind: 'log',
      ...(prefix === '' ? {} : { prefix }),
      group,
      ...(size === undefined ? {} : { snaplen: size }),
      queueThreshold: threshold,
    },
  ];
}
