/** Port tests of the tcp and udp matches: add_nft_tcpudp() of iptables 1.8.13. */

import { matchesEveryPort, type PortMatch } from '../../fields/iptables/matches/tcp.ts';
import type { Operation } from '../../model/operations.ts';
import { bigEndian16, compare, compareRange, loadPayload } from './operations.ts';

export function lowerPorts(
  source: PortMatch | undefined,
  destination: PortMatch | undefined,
): Operation[] {
  return [...lowerPort(source, 0), ...lowerPort(destination, 2)];
}

function lowerPort(ports: PortMatch | undefined, offset: number): Operation[] {
  if (ports === undefined || matchesEveryPort(ports)) return [];
  return [loadPayload('transport', offset, 2), comparePorts(ports)];
}

function comparePorts({ from, to, inverted }: PortMatch): Operation {
  if (from === to) return compare(inverted ? 'neq' : 'eq', bigEndian16(from));
  if (from === 0 && to < 65535) return compare(inverted ? 'gt' : 'lte', bigEndian16(to));
  return compareRange(inverted, bigEndian16(from), bigEndian16(to));
}

export function testsPorts(ports: PortMatch | undefined): boolean {
  return ports !== undefined && !matchesEveryPort(ports);
}
