/** -m udp in nf_tables: add_nft_udp() of iptables 1.8.13. */

import type { UdpOptions } from '../../fields/iptables/matches/udp.ts';
import type { Operation } from '../../model/operations.ts';
import { lowerPorts, testsPorts } from './ports.ts';

/** undefined where the match tests nothing and stays one of xtables. */
export function lowerUdp({ sport, dport }: UdpOptions): Operation[] | undefined {
  return testsPorts(sport) || testsPorts(dport) ? lowerPorts(sport, dport) : undefined;
}
