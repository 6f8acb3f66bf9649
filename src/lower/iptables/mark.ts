/** -m mark in nf_tables: add_nft_mark() of iptables 1.8.13. */

import type { MarkOptions } from '../../fields/iptables/matches/mark.ts';
import type { Operation } from '../../model/operations.ts';
import { compare, hostEndian32, loadMeta, maskWith } from './operations.ts';

export function lowerMark({ value, mask, inverted }: MarkOptions): Operation[] {
  return [
    loadMeta('mark'),
    ...(mask === 0xffffffff ? [] : [maskWith(hostEndian32(mask), true)]),
    compare(inverted ? 'neq' : 'eq', hostEndian32(value), true),
  ];
}
