/** Routing decisions about packets that came in: ip_route_input_noref() and ip6_route_input(). */

import type { Address } from '../../base/address.ts';
import { isSysctlSet } from '../../host/local-addresses.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { isPlainSource, validateSource } from '../../host/reverse-path.ts';
import { lookupDestination, lookupRoute, type RouteLookup } from '../../host/route-lookup.ts';
import { byteAt, read32 } from '../../packet/bytes.ts';
import type { FateReason } from '../../trace/fate.ts';
import { destinationAddress, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { Run } from '../run.ts';
import type { RouteDecision } from './route-decision.ts';
import {
  decisionOf,
  errorDecision,
  interfaceOf,
  noLookup,
  queryOf,
  receivedQuery,
  rejectionOf,
} from './routing.ts';

export type ReceivedRoute =
  | { readonly kind: 'route'; readonly route: RouteDecision }
  | { readonly kind: 'drop'; readonly reason: FateReason };

const drop = (reason: FateReason): ReceivedRoute => ({ kind: 'drop', reason });

export function isForwarding(run: Run, family: 4 | 6, device: NetworkInterface): boolean {
  const known = forwardingDevices[family].get(device);
  if (known !== undefined && known.host === run.host) return known.forwarding;
  const forwarding = readForwarding(run, family, device);
  forwardingDevices[family].set(device, { host: run.host, forwarding });
  return forwarding;
}

interface Forwarding {
  readonly host: Run['host'];
  readonly forwarding: boolean;
}

/** What was read of a device, and of which host. */
const forwardingDevices = {
  4: new WeakMap<NetworkInterface, Forwarding>(),
  6: new WeakMap<NetworkInterface, Forwarding>(),
} as const;

function readForwarding(run: Run, family: 4 | 6, device: NetworkInterface): boolean {
  const { sysctls } = run.host.host;
  if (family === 6) return (sysctls.get('net.ipv6.conf.all.forwarding') ?? '1') !== '0';
  const own = sysctls.get(`net.ipv4.conf.${device.name}.forwarding`);
  return (own ?? sysctls.get('net.ipv4.ip_forward') ?? '1') !== '0';
}

const limitedBroadcast = 0xffffffff;
const loopbackNet = 127;
const isGroupNet = (net: number): boolean => (net & 0xf0) === 224;

const isLimitedBroadcast = (address: Address): boolean =>
  address[0] === 255 && address[1] === 255 && address[2] === 255 && address[3] === 255;
const isGroup4 = (address: Address): boolean => ((address[0] ?? 0) & 0xf0) === 224;
const isZeroNet = (address: Address): boolean => address[0] === 0;
const isLoopback4 = (address: Address): boolean => address[0] === 127;

/** ip_route_input_slow(), net/ipv4/route.c. */
export function routeReceived4(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
): ReceivedRoute {
  const { bytes } = packet;
  const from = read32(bytes, 12);
  const to = read32(bytes, 16);
  const sourceNet = from >>> 24;
  const destinationNet = to >>> 24;
  if (isGroupNet(destinationNet))
    return routeGroup4(run, packet, device, sourceAddress(packet), destinationAddress(packet));
  if (isGroupNet(sourceNet) || from === limitedBroadcast) return drop('MARTIAN_SOURCE');
  if (to === limitedBroadcast || (from === 0 && to === 0))
    return receiveBroadcast(run, packet, device, noLookup);
  if (sourceNet === 0) return drop('MARTIAN_SOURCE');
  if (destinationNet === 0) return drop('MARTIAN_DESTINATION');
  if (destinationNet === loopbackNet || sourceNet === loopbackNet) {
    const localnet = isSysctlSet(
      run.host,
      'net.ipv4.conf.all.route_localnet',
      `net.ipv4.conf.${device.name}.route_localnet`,
    );
    if (!localnet && !device.flags.includes('LOOPBACK'))
      return drop(destinationNet === loopbackNet ? 'MARTIAN_DESTINATION' : 'MARTIAN_SOURCE');
  }
  const { answers } = run.host.routing4;
  const lookup =
    answers === undefined
      ? lookupRoute(run.host, receivedQuery(packet, device.name))
      : lookupDestination(run.host, answers, to);
  const forwarding = isForwarding(run, 4, device);
  if (lookup.kind !== 'found') {
    if (!forwarding) return drop('FORWARDING_DISABLED');
    return { kind: 'route', route: errorDecision(lookup, rejectionOf(lookup)) };
  }
  if (lookup.type === 'broadcast') return receiveBroadcast(run, packet, device, lookup);
  if (lookup.type === 'local') {
    const refused = checkReceived(run, packet, device, undefined);
    if (refused !== undefined) return drop(refused);
    const loopback = interfaceOf(run, 'lo');
    return { kind: 'route', route: decisionOf(run, packet, 'local', lookup, loopback) };
  }
  if (!forwarding) return drop('FORWARDING_DISABLED');
  if (lookup.type !== 'unicast') return drop('MARTIAN_DESTINATION');
  const route = decisionOf(run, packet, 'forward', lookup, undefined);
  const refused = checkReceived(run, packet, device, route.device?.name);
  return refused === undefined ? { kind: 'route', route } : drop(refused);
}

/** The source of a packet that came in on the device. */
function checkReceived(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  outputInterface: string | undefined,
): FateReason | undefined {
  if (isPlainSource(run.host, device.name, outputInterface, read32(packet.bytes, 12)))
    return undefined;
  const source = sourceAddress(packet);
  const destination = destinationAddress(packet);
  return checkSource(run, packet, device, source, destination, outputInterface);
}

function checkSource(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  source: Address,
  destination: Address,
  outputInterface?: string,
): FateReason | undefined {
  const { mark } = packet;
  const tos = byteAt(packet.bytes, 1);
  const { name } = device;
  const verdict = validateSource(
    run.host,
    outputInterface === undefined
      ? { source, destination, device: name, mark, tos }
      : { source, destination, device: name, mark, tos, outputInterface },
  );
  if (verdict === 'valid') return undefined;
  return verdict === 'martian' ? 'MARTIAN_SOURCE' : 'RP_FILTER';
}

function receiveBroadcast(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  lookup: RouteLookup,
): ReceivedRoute {
  const source = sourceAddress(packet);
  if (!isZeroNet(source)) {
    const refused = checkSource(run, packet, device, source, new Uint8Array(4));
    if (refused !== undefined) return drop(refused);
  }
  const loopback = interfaceOf(run, 'lo');
  return { kind: 'route', route: decisionOf(run, packet, 'broadcast', lookup, loopback) };
}

/** ip_route_input_mc(): only groups that every host joins (224.0.0.1) are known to be ours. */
function routeGroup4(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  source: Address,
  destination: Address,
): ReceivedRoute {
  const allHosts = destination[1] === 0 && destination[2] === 0 && destination[3] === 1;
  if (!allHosts) return drop('MARTIAN_DESTINATION');
  if (isGroup4(source) || isLimitedBroadcast(source)) return drop('MARTIAN_SOURCE');
  if (isLoopback4(source)) return drop('MARTIAN_SOURCE');
  if (!isZeroNet(source)) {
    const refused = checkSource(run, packet, device, source, new Uint8Array(4));
    if (refused !== undefined) return drop(refused);
  }
  const loopback = interfaceOf(run, 'lo');
  return { kind: 'route', route: decisionOf(run, packet, 'multicast', noLookup, loopback) };
}

/** ip6_route_input() */
export function routeReceived6(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
): ReceivedRoute {
  const query = queryOf(packet);
  const { destination } = query;
  const strict = destination[0] === 0xff || isLinkLocal6(destination);
  const lookup = lookupRoute(run.host, {
    ...query,
    inputInterface: device.name,
    ...(strict ? { outputInterface: device.name, strictInterface: true } : {}),
  });
  if (destination[0] === 0xff) {
    const route = decisionOf(run, packet, 'multicast', lookup, device);
    return isJoined6(run, device, destination)
      ? { kind: 'route', route }
      : drop('MARTIAN_DESTINATION');
  }
  if (lookup.kind !== 'found')
    return { kind: 'route', route: errorDecision(lookup, rejectionOf(lookup)) };
  const isLocal = lookup.type === 'local' || lookup.type === 'anycast';
  const action = isLocal ? 'local' : 'forward';
  const target = isLocal ? interfaceOf(run, 'lo') : undefined;
  return { kind: 'route', route: decisionOf(run, packet, action, lookup, target) };
}

function isLinkLocal6(address: Address): boolean {
  return address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
}

/** All-nodes and all-routers groups, and, where neighbours are looked for, the solicited-node groups of the device's addresses. */
export function isJoined6(run: Run, device: NetworkInterface, group: Address): boolean {
  const scope = (group[1] ?? 0) & 15;
  const middle = group.subarray(2, 15).every((byte) => byte === 0);
  if (middle && group[15] === 1) return scope === 1 || scope === 2;
  if (middle && group[15] === 2)
    return isForwarding(run, 6, device) && (scope === 1 || scope === 2 || scope === 5);
  const isSolicited = scope === 2 && group[11] === 1 && group[12] === 0xff;
  return (
    isSolicited &&
    !device.flags.includes('NOARP') &&
    device.addresses.some(
      ({ address }) =>
        address.length === 16 && [13, 14, 15].every((index) => address[index] === group[index]),
    )
  );
}
