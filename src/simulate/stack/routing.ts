/** Routing decisions of the stack: local packets, looking again after a change, and what received ones share with them. */

import { type Address, formatAddress } from '../../base/address.ts';
import { addressType } from '../../host/address-type.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import type { NexthopChoice, RouteLookup, RouteQuery } from '../../host/route-lookup.ts';
import { routeOutput } from '../../host/route-output.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { hasPorts } from '../../packet/protocols.ts';
import type { RouteChosenEvent } from '../../trace/event.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { packetInfo } from '../rules/packet-info.ts';
import { choose, type Run, record } from '../run.ts';
import type { RouteDecision } from './route-decision.ts';

export const noLookup: RouteLookup = { kind: 'none' };

export function interfaceOf(run: Run, name: string | undefined): NetworkInterface | undefined {
  return name === undefined ? undefined : run.host.interfacesByName.get(name);
}

/** The flow that rules and routes look at. */
export function queryOf(packet: LivePacket): RouteQuery {
  return receivedQuery(packet, 'lo');
}

/** A query without input device is one that came in by `lo`. */
export function receivedQuery(packet: LivePacket, inputInterface: string): RouteQuery {
  const family = ipFamily(packet) ?? 4;
  const { bytes, mark } = packet;
  const tos = family === 4 ? byteAt(bytes, 1) : (read16(bytes, 0) >> 4) & 0xff;
  const info = packetInfo(packet, family === 4 ? 'ip' : 'ip6');
  const ipProtocol = info.protocol;
  const destination = destinationAddress(packet);
  const source = sourceAddress(packet);
  const query = { destination, source, inputInterface, mark, tos, ipProtocol };
  if (!info.hasTransport || info.fragmentOffset !== 0 || !hasPorts(ipProtocol)) return query;
  const sourcePort = read16(bytes, info.transport);
  const destinationPort = read16(bytes, info.transport + 2);
  return {
    destination,
    source,
    inputInterface,
    mark,
    tos,
    ipProtocol,
    sourcePort,
    destinationPort,
  };
}

function pickNexthop(
  run: Run,
  packet: LivePacket,
  choices: readonly [NexthopChoice, ...NexthopChoice[]],
): NexthopChoice {
  const [first] = choices;
  if (choices.length === 1) return first;
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  const describe = (choice: NexthopChoice): string =>
    choice.gateway === undefined
      ? choice.device
      : `${formatAddress(choice.gateway)} ${choice.device}`;
  const option = choose(run, packet.subject, {
    reason: 'multipath-route',
    key: `nexthop ${choices.map(describe).join(', ')}`,
    options: choices.map((choice) => ({
      label: describe(choice),
      probability: { numerator: choice.weight, denominator: total },
    })),
  });
  return choices[option] ?? first;
}

export function decisionOf(
  run: Run,
  packet: LivePacket,
  action: RouteDecision['action'],
  lookup: RouteLookup,
  device: NetworkInterface | undefined,
): RouteDecision {
  const nexthop = lookup.kind === 'found' ? pickNexthop(run, packet, lookup.nexthops) : undefined;
  const output = device ?? interfaceOf(run, nexthop?.device);
  const routeMtu = lookup.kind === 'found' ? lookup.route.mtu : undefined;
  return {
    action,
    device: output,
    gateway: action === 'local' ? undefined : nexthop?.gateway,
    source: undefined,
    lookup,
    mtu: routeMtu ?? output?.mtu ?? 1500,
  };
}

export function errorDecision(
  lookup: RouteLookup,
  error: NonNullable<RouteDecision['error']>,
): RouteDecision {
  return {
    action: 'error',
    device: undefined,
    gateway: undefined,
    source: undefined,
    lookup,
    error,
    mtu: 1500,
  };
}

export function rejectionOf(lookup: RouteLookup): NonNullable<RouteDecision['error']> {
  if (lookup.kind !== 'rejected') return 'none';
  // An `unreachable` rule means that no network is reached (fib4_rule_action()), a route that no host is.
  return lookup.route === undefined && lookup.type === 'unreachable' ? 'none' : lookup.type;
}

export function noteRoute(
  run: Run,
  packet: LivePacket,
  purpose: RouteChosenEvent['purpose'],
  route: RouteDecision,
): void {
  if (run.recorder === undefined) return;
  const { action, device, gateway, source, lookup } = route;
  const found = lookup.kind === 'found' ? lookup.route : undefined;
  const position = found === undefined ? -1 : run.host.host.routes.indexOf(found);
  record(run, {
    kind: 'route-chosen',
    subject: packet.subject,
    purpose,
    destination: formatAddress(destinationAddress(packet)),
    result: action === 'error' ? (route.error ?? 'none') : action,
    ...(device === undefined ? {} : { device: device.name }),
    ...(gateway === undefined ? {} : { via: formatAddress(gateway) }),
    ...(source === undefined ? {} : { source: formatAddress(source) }),
    ...(found === undefined ? {} : { table: found.table }),
    ...(position < 0 ? {} : { route: position }),
  });
}

export type LocalRoute =
  | { readonly kind: 'route'; readonly route: RouteDecision }
  | { readonly kind: 'error'; readonly errno: string };

/** The route of a packet that the host sends; `source` and `device` are conditions where given. */
export function routeLocal(
  run: Run,
  packet: LivePacket,
  conditions: {
    readonly source?: Address;
    readonly device?: string;
    /** The socket is bound to the device: of other devices nothing will do. */
    readonly isBound?: boolean;
  },
): LocalRoute {
  const { source: _source, ...query } = queryOf(packet);
  const found = routeOutput(run.host, {
    ...query,
    ...(conditions.source === undefined ? {} : { source: conditions.source }),
    ...(conditions.device === undefined ? {} : { outputInterface: conditions.device }),
    ...(conditions.isBound === true ? { strictInterface: true } : {}),
  });
  if (found.kind === 'error') return { kind: 'error', errno: found.errno };
  const [first, ...others] = found.choices;
  const nexthop = pickNexthop(run, packet, [
    first.nexthop,
    ...others.map((choice) => choice.nexthop),
  ]);
  const chosen = found.choices.find((choice) => choice.nexthop === nexthop) ?? first;
  const device = interfaceOf(run, nexthop.device);
  const lookup = found.lookup ?? noLookup;
  const routeMtu = found.lookup?.route.mtu;
  const action =
    found.type === 'local' || found.type === 'anycast'
      ? 'local'
      : found.type === 'unicast'
        ? 'output'
        : found.type;
  const route: RouteDecision = {
    action,
    device,
    gateway: nexthop.gateway,
    source: chosen.source,
    lookup,
    mtu: routeMtu ?? device?.mtu ?? 1500,
  };
  return { kind: 'route', route };
}

/** ip_route_me_harder() and ip6_route_me_harder(): false when there is no way any more. */
export function reroute(run: Run, packet: LivePacket): boolean {
  const own = sourceAddress(packet);
  const type = addressType(run.host, own);
  const usable = own.length === 16 || type === 'local' || type === 'unicast';
  const device = packet.sender?.device;
  const found = routeLocal(run, packet, {
    ...(usable ? { source: own } : {}),
    ...(device === undefined ? {} : { device, isBound: own.length === 16 }),
  });
  if (found.kind === 'error') return false;
  packet.route = found.route;
  noteRoute(run, packet, 'reroute', found.route);
  return true;
}
