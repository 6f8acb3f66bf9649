/** -m tcp in nf_tables: add_nft_tcp() of iptables 1.8.13. */

import type { TcpOptions } from '../../fields/iptables/matches/tcp.ts';
import type { Operation } from '../../model/operations.ts';
import { compare, loadPayload, maskWith } from './operations.ts';
import { lowerPorts, testsPorts } from './ports.ts';

/** undefined where the match stays one of xtables: with --tcp-option, or when it tests nothing. */
export function lowerTcp({ sport, dport, option, flags }: TcpOptions): Operation[] | undefined {
  const testsFlags = flags !== undefined && (flags.mask !== 0 || flags.inverted);
  if (option !== undefined || !(testsFlags || testsPorts(sport) || testsPorts(dport)))
    return undefined;
  return [...(testsFlags ? lowerFlags(flags) : []), ...lowerPorts(sport, dport)];
}

function lowerFlags({ mask, value, inverted }: NonNullable<TcpOptions['flags']>): Operation[] {
  return [
    loadPayload('transport', 13, 1),
    maskWith(Uint8Array.of(mask)),
    compare(inverted ? 'neq' : 'eq', Uint8Array.of(value)),
  ];
}
