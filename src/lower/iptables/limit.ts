/** -m limit in nf_tables: add_nft_limit() of iptables 1.8.13. */

import { type LimitOptions, rateInUnit } from '../../fields/iptables/matches/limit.ts';
import type { Operation } from '../../model/operations.ts';

const seconds = { sec: 1, min: 60, hour: 3600, day: 86400 } as const;

/** A burst of 0 makes the kernel take its default of 5 packets. */
export function lowerLimit({ average, burst }: LimitOptions): Operation[] {
  const { count, unit } = rateInUnit(average);
  return [
    {
      kind: 'limit',
      rate: BigInt(count),
      per: seconds[unit],
      burst: burst === 0 ? 5 : burst,
      type: 'packets',
      inverted: false,
    },
  ];
}
