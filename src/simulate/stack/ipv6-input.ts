/** Receiving IPv6: ip6_rcv_core(), ip6_rcv_finish(), ip6_input(), ip6_forward(). */

import { isLinkLocal } from '../../host/address-type.ts';
import { isOwnAddress } from '../../host/local-addresses.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { findHeader } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { runHook } from '../hooks/run-hook.ts';
import { destinationAddress, type LivePacket, lastBytes, sourceAddress } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { isHeaderCutOff } from './defragment.ts';
import { sendIcmpError } from './icmp-error.ts';
import { outputPacket } from './ip-output.ts';
import { areLocalHeadersValid, areOptionsValid } from './ipv6-options.ts';
import { reassemble } from './reassemble.ts';
import { isForwarding, routeReceived6 } from './received-route.ts';
import { pullTransportHeader } from './refragment.ts';
import { noteRoute } from './routing.ts';
import { holdPacket, stackDrop } from './stop.ts';
import { decapsulate } from './tunnel.ts';

export function receiveIpv6(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (packet.packetType === 'otherhost') {
    stackDrop(run, packet, 'NOT_FOR_US');
    return;
  }
  if (packet.length < 40 || byteAt(packet.bytes, 0) >> 4 !== 6) {
    stackDrop(run, packet, 'BAD_HEADER');
    return;
  }
  const martian = findMartian(packet, device);
  if (martian !== undefined) {
    stackDrop(run, packet, martian);
    return;
  }
  if (!trimIpv6(run, packet)) {
    stackDrop(run, packet, 'BAD_HEADER');
    return;
  }
  const state = { family: 'ip6', hook: 'prerouting', input: device, output: undefined } as const;
  if (!packet.prerouted && !runHook(run, packet, state)) return;
  packet.prerouted = false;
  finishReceive(run, packet, device);
}

/** False for a packet that is cut off, or whose hop-by-hop options say to drop it. */
function trimIpv6(run: Run, packet: LivePacket): boolean {
  const { bytes, length } = packet;
  const payload = read16(bytes, 4);
  const hasOptions = byteAt(bytes, 6) === protocol.hopopts;
  // A length of 0 is that of a jumbogram, whose options tell it.
  if (payload !== 0 || !hasOptions) {
    if (payload + 40 > length) return false;
    packet.length = payload + 40;
  }
  return !hasOptions || (packet.length >= 48 && areOptionsValid(run, packet, 40, 'hop-by-hop'));
}

function findMartian(
  packet: LivePacket,
  device: NetworkInterface,
): 'MARTIAN_SOURCE' | 'MARTIAN_DESTINATION' | undefined {
  const source = sourceAddress(packet);
  const destination = destinationAddress(packet);
  if (!device.flags.includes('LOOPBACK')) {
    if (isLoopback6(source)) return 'MARTIAN_SOURCE';
    if (isLoopback6(destination)) return 'MARTIAN_DESTINATION';
    const ownCopy = packet.route !== undefined;
    if (!ownCopy && destination[0] === 0xff && ((destination[1] ?? 0) & 15) === 1)
      return 'MARTIAN_DESTINATION';
  }
  if (destination[0] === 0xff && ((destination[1] ?? 0) & 15) === 0) return 'MARTIAN_DESTINATION';
  return source[0] === 0xff ? 'MARTIAN_SOURCE' : undefined;
}

function isLoopback6(address: Uint8Array): boolean {
  return address[15] === 1 && address.subarray(0, 15).every((byte) => byte === 0);
}

function finishReceive(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (packet.route === undefined) {
    pullTransportHeader(packet);
    const routed = routeReceived6(run, packet, device);
    if (routed.kind === 'drop') {
      stackDrop(run, packet, routed.reason);
      return;
    }
    packet.route = routed.route;
    noteRoute(run, packet, 'input', routed.route);
  }
  const { route } = packet;
  switch (route.action) {
    case 'local':
    case 'multicast':
    case 'broadcast':
      deliverIpv6(run, packet, device);
      return;
    case 'error':
      refuse(run, packet);
      return;
    default:
      forwardIpv6(run, packet, device);
  }
}

/** ip6_pkt_discard() and ip6_pkt_prohibit() */
function refuse(run: Run, packet: LivePacket): void {
  switch (packet.route?.error) {
    case 'blackhole':
      stackDrop(run, packet, 'ROUTE_BLACKHOLE');
      return;
    case 'prohibit':
      sendIcmpError(run, packet, { type: 1, code: 1 });
      stackDrop(run, packet, 'ROUTE_PROHIBIT');
      return;
    case 'unreachable':
      sendIcmpError(run, packet, { type: 1, code: 0 });
      stackDrop(run, packet, 'ROUTE_UNREACHABLE');
      return;
    default:
      sendIcmpError(run, packet, { type: 1, code: 0 });
      stackDrop(run, packet, 'NO_ROUTE');
  }
}

/** Where an IPv6 header says its length: an error about it points there. */
const payloadLengthAt = 4;

/** Each fragment passes the input hook; only then they are put together. */
function deliverIpv6(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const state = { family: 'ip6', hook: 'input', input: device, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  const isValid = areLocalHeadersValid(run, packet);
  const fragment = findHeader(packet.bytes, packet.length, protocol.fragment);
  if (fragment !== undefined) {
    if (!isValid) {
      stackDrop(run, packet, 'OPTIONS_REFUSED');
      return;
    }
    // What only looks like a piece may lack a transport header.
    const isPiece = (read16(packet.bytes, fragment.offset + 2) & 0xfff9) !== 0;
    if (isPiece && isHeaderCutOff(packet)) {
      sendIcmpError(run, packet, { type: 4, code: 3 });
      stackDrop(run, packet, 'REASSEMBLY_FAILED');
      return;
    }
    const outcome = reassemble(run, packet, 'local-delivery');
    if (outcome === 'held') holdPacket(run, packet, 'local-delivery');
    if (outcome === 'misaligned')
      sendIcmpError(run, packet, { type: 4, code: 0, mtu: payloadLengthAt });
    if (outcome === 'failed' || outcome === 'misaligned')
      stackDrop(run, packet, 'REASSEMBLY_FAILED');
    if (outcome !== 'whole') return;
    record(run, { kind: 'fragments-reassembled', subject: packet.subject, by: 'local-delivery' });
  }
  if (isValid && decapsulate(run, packet)) return;
  packet.journey.local = { device: device.name, packet: lastBytes(packet) };
}

function forwardIpv6(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const { route, bytes } = packet;
  if (route?.device === undefined || !isForwarding(run, 6, device)) {
    stackDrop(run, packet, 'FORWARDING_DISABLED');
    return;
  }
  if (packet.packetType !== 'host') {
    stackDrop(run, packet, 'NOT_UNICAST_FRAME');
    return;
  }
  if (byteAt(bytes, 7) <= 1) {
    sendIcmpError(run, packet, { type: 3, code: 0 });
    stackDrop(run, packet, 'TTL_EXCEEDED');
    return;
  }
  // What goes back by the device that it came in by is redirected instead of checked.
  if (route.device.index !== device.index && !isForwardable(run, packet)) {
    stackDrop(run, packet, 'MARTIAN_SOURCE');
    return;
  }
  const largest = packet.geometry?.maxSize ?? packet.length;
  const mtu = Math.max(route.mtu, 1280);
  if (largest > mtu) {
    sendIcmpError(run, packet, { type: 2, code: 0, mtu });
    stackDrop(run, packet, 'TOO_BIG');
    return;
  }
  bytes[7] = byteAt(bytes, 7) - 1;
  const state = { family: 'ip6', hook: 'forward', input: device, output: route.device } as const;
  if (!runHook(run, packet, state)) return;
  outputPacket(run, packet, 'forwarded');
}

/** Senders without an address that means something on other links; link-local ones are told. */
function isForwardable(run: Run, packet: LivePacket): boolean {
  const source = sourceAddress(packet);
  if (source.every((byte) => byte === 0) || source[0] === 0xff || isLoopback6(source)) return false;
  if (!isLinkLocal(source)) return true;
  if (!isOwnAddress(run.host, source)) sendIcmpError(run, packet, { type: 1, code: 2 });
  return false;
}
