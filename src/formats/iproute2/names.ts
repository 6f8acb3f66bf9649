/** Names that iproute2 gives to numbers: tables, scopes, route types. */

import { scopeNumbers } from '../../host/network-interface.ts';
import type { RouteType } from '../../host/route.ts';
import { parseDecimal, parseUnsigned } from '../host-text/lines.ts';

const tableNames: ReadonlyMap<string, string> = new Map([
  ['255', 'local'],
  ['254', 'main'],
  ['253', 'default'],
]);

/** The known tables by name, all others as printed. */
export function tableName(text: string): string {
  return tableNames.get(text) ?? text;
}

/** RT_SCOPE_* number of a name or number. */
export function scopeNumber(text: string): number | undefined {
  for (const [name, value] of Object.entries(scopeNumbers)) {
    if (name === text) return value;
  }
  return text === 'universe' ? 0 : parseUnsigned(text);
}

const routeTypes: ReadonlySet<string> = new Set<RouteType>([
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
]);

export function isRouteType(text: string): text is RouteType {
  return routeTypes.has(text);
}

/** The group's number, or -1 when only a name of /etc/iproute2/group was printed. */
export function groupNumber(text: string): number {
  return text === 'default' ? 0 : (parseDecimal(text) ?? -1);
}

/** The protocols that `ip rule` names; any other is printed as a number. */
const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['ipip', 4],
  ['tcp', 6],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['sctp', 132],
  ['udplite', 136],
  ['ipproto-132', 132],
]);

export function ipProtocolNumber(text: string): number | undefined {
  const number = text.startsWith('ipproto-') ? text.slice(8) : text;
  return protocolNumbers.get(text) ?? parseDecimal(number);
}
