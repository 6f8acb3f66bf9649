/** The route of a packet that the host itself sends: ip_route_output_key_hash_rcu() and ip6_route_output_flags(). */

import { type Address, isUnspecified } from '../base/address.ts';
import {
  isOwnAddress,
  isSysctlSet,
  selectInterfaceAddress4,
  selectSourceAddress,
} from './local-addresses.ts';
import { scopeNumbers } from './network-interface.ts';
import type { PreparedHost } from './prepared-host.ts';
import {
  lookupRoute,
  type NexthopChoice,
  type RouteLookup,
  type RouteQuery,
  routeErrorName,
} from './route-lookup.ts';
import { addressScope6, isMulticast, selectSourceAddress6 } from './source-address6.ts';

/** One way out with the source that goes with it. */
export interface OutputChoice {
  readonly nexthop: NexthopChoice;
  /** The query's source, or the chosen one; undefined when the host has no usable address. */
  readonly source: Address | undefined;
}

export type OutputRoute =
  | {
      readonly kind: 'found';
      readonly type: Extract<RouteLookup, { kind: 'found' }>['type'];
      /** Absent: no route, but the output interface was given, so the destination is taken as its neighbour. */
      readonly lookup?: Extract<RouteLookup, { kind: 'found' }>;
      /** Never empty; several are a multipath choice by weight. Local destinations go through `lo`. */
      readonly choices: readonly [OutputChoice, ...OutputChoice[]];
    }
  | {
      readonly kind: 'error';
      readonly errno: 'EINVAL' | 'EHOSTUNREACH' | 'EACCES' | 'ENETUNREACH';
    };

export function routeOutput(prepared: PreparedHost, query: RouteQuery): OutputRoute {
  return query.destination.length === 4
    ? routeOutput4(prepared, query)
    : routeOutput6(prepared, query);
}

/** How an IPv4 destination is reached, by the flags of its route (__mkroute_output()); undefined: not at all. */
export function outputKind4(
  prepared: PreparedHost,
  destination: Address,
): 'local' | 'group' | 'other' | undefined {
  const found = routeOutput4(prepared, { destination });
  if (found.kind === 'error') return undefined;
  if (isMulticast(destination) || isLimitedBroadcast(destination)) return 'group';
  if (found.type === 'broadcast' || found.type === 'multicast') return 'group';
  return found.type === 'local' ? 'local' : 'other';
}

function routeOutput4(prepared: PreparedHost, query: RouteQuery): OutputRoute {
  const found = findOutput4(prepared, query);
  return leaksLoopback(prepared, query, found) ? { kind: 'error', errno: 'EINVAL' } : found;
}

function findOutput4(prepared: PreparedHost, query: RouteQuery): OutputRoute {
  const { destination, outputInterface: device, source } = query;
  if (source !== undefined && isInvalidSource4(source)) return { kind: 'error', errno: 'EINVAL' };
  const isGroup = isMulticast(destination) || isLimitedBroadcast(destination);
  const deviceOfGroup =
    device ?? (isGroup && source !== undefined ? deviceOf(prepared, source) : undefined);
  if (isGroup && deviceOfGroup !== undefined) return groupRoute4(prepared, query, deviceOfGroup);
  // Only an address of its own tells the host by which device a group is reached.
  if (isGroup && source !== undefined) return { kind: 'error', errno: 'ENETUNREACH' };
  if (isUnspecified(destination)) return routeToItself4(prepared, query);
  const lookup = lookupRoute(prepared, query);
  if (lookup.kind === 'found') {
    const found = foundOutput(prepared, query, lookup);
    if (found.kind === 'error' || !isLimitedBroadcast(destination)) return found;
    const [{ nexthop, source: chosen }] = found.choices;
    return onLink(nexthop.device, chosen, 'broadcast');
  }
  if (device === undefined) return { kind: 'error', errno: routeErrorName(lookup) };
  return onLink(
    device,
    source ?? selectInterfaceAddress4(prepared, device, scopeNumbers.link),
    'unicast',
  );
}

/** To no address means to the host itself: the source stands for the destination, 127.0.0.1 where there is none. */
function routeToItself4(
  prepared: PreparedHost,
  { source, outputInterface }: RouteQuery,
): OutputRoute {
  const ofDevice =
    outputInterface === undefined
      ? undefined
      : selectInterfaceAddress4(prepared, outputInterface, scopeNumbers.link);
  const chosen = source ?? ofDevice ?? Uint8Array.of(127, 0, 0, 1);
  const nexthop = { device: 'lo', weight: 1, onlink: false };
  return { kind: 'found', type: 'local', choices: [{ nexthop, source: chosen }] };
}

/** __mkroute_output(): packets from 127.0.0.0/8 leave by devices with route_localnet only. */
function leaksLoopback(prepared: PreparedHost, query: RouteQuery, found: OutputRoute): boolean {
  if (query.source?.[0] !== 127 || found.kind === 'error') return false;
  const { device } = found.choices[0].nexthop;
  if (prepared.interfacesByName.get(device)?.flags.includes('LOOPBACK') ?? device === 'lo')
    return false;
  return !isSysctlSet(
    prepared,
    'net.ipv4.conf.all.route_localnet',
    `net.ipv4.conf.${device}.route_localnet`,
  );
}

/** Groups 224.0.0.x, 255.255.255.255 and a given device need no route. */
function groupRoute4(prepared: PreparedHost, query: RouteQuery, device: string): OutputRoute {
  const { destination, source } = query;
  const chosen = source ?? selectInterfaceAddress4(prepared, device, scopeNumbers.link);
  if (isLimitedBroadcast(destination)) return onLink(device, chosen, 'broadcast');
  return onLink(device, chosen, 'multicast');
}

function onLink(
  device: string,
  source: Address | undefined,
  type: 'unicast' | 'broadcast' | 'multicast',
): OutputRoute {
  const nexthop = { device, weight: 1, onlink: false };
  return { kind: 'found', type, choices: [{ nexthop, source }] };
}

function foundOutput(
  prepared: PreparedHost,
  query: RouteQuery,
  lookup: Extract<RouteLookup, { kind: 'found' }>,
): OutputRoute {
  const loopsBack =
    lookup.type === 'local' || (lookup.type === 'anycast' && lookup.route.family === 6);
  const choose = (nexthop: NexthopChoice): OutputChoice => ({
    nexthop: loopsBack ? { device: 'lo', weight: 1, onlink: false } : nexthop,
    source: query.source ?? selectSourceAddress(prepared, lookup, nexthop, query.destination),
  });
  const [first, ...others] = lookup.nexthops;
  const rest = loopsBack ? [] : others.map(choose);
  return { kind: 'found', type: lookup.type, lookup, choices: [choose(first), ...rest] };
}

/** Of a bound socket, without a source, or to a link-local or multicast address, the device is a condition (RT6_LOOKUP_F_IFACE). */
function routeOutput6(prepared: PreparedHost, query: RouteQuery): OutputRoute {
  const { destination, outputInterface: device, source } = query;
  const needsStrict = isMulticast(destination) || addressScope6(destination) === 2;
  const isCondition = query.strictInterface === true || needsStrict || source === undefined;
  const strictInterface = device !== undefined && isCondition;
  const lookup = lookupRoute(prepared, { ...query, strictInterface });
  if (lookup.kind !== 'found') return { kind: 'error', errno: routeErrorName(lookup) };
  const found = foundOutput(prepared, query, lookup);
  const local = lookup.type === 'local' && source === undefined && found.kind === 'found';
  if (!local) return found;
  const chosen =
    lookup.route.preferredSource ??
    selectSourceAddress6(prepared, lookup.nexthops[0].device, destination);
  return { ...found, choices: [{ ...found.choices[0], source: chosen }] };
}

function isInvalidSource4(source: Address): boolean {
  return isMulticast(source) || isLimitedBroadcast(source) || source[0] === 0;
}

function isLimitedBroadcast(address: Address): boolean {
  return address.every((byte) => byte === 255);
}

function deviceOf(prepared: PreparedHost, address: Address): string | undefined {
  return prepared.host.interfaces.find((device) => isOwnAddress(prepared, address, device.name))
    ?.name;
}
