/** fib: routing lookups in rules (nft_fib_ipv4.c, nft_fib_ipv6.c). */

import { addressType } from '../../host/address-type.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { lookupRoute, type RouteQuery } from '../../host/route-lookup.ts';
import type { FibOperation } from '../../model/operations.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { destinationAddress, ipFamily, sourceAddress } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { breakRule, store8, storeHost32, storeText } from './store.ts';

/** RTN_* */
const typeNumbers = {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const;

export function prepareFib(operation: FibOperation): Step {
  const to = registerOffset(operation.destination);
  return (evaluation) => {
    if (ipFamily(evaluation.packet) === undefined) breakRule(evaluation);
    else if (operation.result === 'addrtype')
      storeHost32(evaluation, to, lookupType(evaluation, operation));
    else storeDevice(evaluation, operation, to, lookupDevice(evaluation, operation));
  };
}

function storeDevice(
  evaluation: Evaluation,
  operation: FibOperation,
  to: number,
  device: NetworkInterface | undefined,
): void {
  if (operation.present) store8(evaluation, to, device === undefined ? 0 : 1);
  else if (operation.result === 'oif') storeHost32(evaluation, to, device?.index ?? 0);
  else storeText(evaluation, to, device?.name ?? '');
}

function trafficClass(evaluation: Evaluation): number {
  const { bytes } = evaluation.packet;
  return ipFamily(evaluation.packet) === 4 ? byteAt(bytes, 1) : (read16(bytes, 0) >> 4) & 0xff;
}

function lookupType(evaluation: Evaluation, operation: FibOperation): number {
  const { packet, run, state } = evaluation;
  const { flags } = operation;
  const address = flags.includes('daddr') ? destinationAddress(packet) : sourceAddress(packet);
  const device = flags.includes('iif')
    ? state.input
    : flags.includes('oif')
      ? state.output
      : undefined;
  const packetDevice = state.input?.name ?? state.output?.name;
  const type = addressType(run.host, address, {
    source: flags.includes('daddr') ? sourceAddress(packet) : destinationAddress(packet),
    ...(flags.includes('mark') ? { mark: packet.mark } : {}),
    ...(device === undefined ? {} : { device: device.name }),
    ...(packetDevice === undefined ? {} : { packetDevice }),
    tos: trafficClass(evaluation),
  });
  return typeNumbers[type];
}

/** nft_fib_can_skip(): what loops back is answered with its own device. */
function isLoopedBack({ packet, state }: Evaluation): boolean {
  const early = state.hook === 'prerouting' || state.hook === 'ingress' || state.hook === 'input';
  return early && packet.input?.flags.includes('LOOPBACK') === true;
}

function lookupDevice(
  evaluation: Evaluation,
  operation: FibOperation,
): NetworkInterface | undefined {
  const { packet, run, state } = evaluation;
  const { flags } = operation;
  if (isLoopedBack(evaluation)) return state.input;
  const wanted = flags.includes('oif')
    ? state.output
    : flags.includes('iif')
      ? state.input
      : undefined;
  const source = sourceAddress(packet);
  const destination = destinationAddress(packet);
  if (isUnspecifiedToGroup(source, destination)) return packet.input;
  const forwarded = state.hook === 'forward' && flags.includes('iif') && !flags.includes('daddr');
  const inputInterface = forwarded ? state.output?.name : undefined;
  const query: RouteQuery = {
    destination: flags.includes('daddr') ? destination : source,
    source: flags.includes('daddr') ? source : destination,
    tos: trafficClass(evaluation),
    ...(flags.includes('mark') ? { mark: packet.mark } : {}),
    ...(inputInterface === undefined ? {} : { inputInterface }),
    ...(source.length === 16 && wanted !== undefined ? { outputInterface: wanted.name } : {}),
  };
  const lookup = lookupRoute(run.host, query);
  if (lookup.kind !== 'found' || lookup.type === 'local') return undefined;
  if (source.length === 16 && lookup.type === 'anycast') return undefined;
  const uses = lookup.route.nexthops.some((nexthop) => nexthop.device === wanted?.name);
  if (wanted === undefined) return run.host.interfacesByName.get(lookup.nexthops[0].device);
  return uses ? wanted : undefined;
}

/** DHCP and link-local multicast from 0.0.0.0/8 are let through. */
function isUnspecifiedToGroup(source: Uint8Array, destination: Uint8Array): boolean {
  if (source.length !== 4 || source[0] !== 0) return false;
  const limited = destination.every((byte) => byte === 255);
  const localGroup = destination[0] === 224 && destination[1] === 0 && destination[2] === 0;
  return limited || localGroup;
}
