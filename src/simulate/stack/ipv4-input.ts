/** Receiving IPv4: ip_rcv(), ip_rcv_finish(), ip_local_deliver(), ip_forward(). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { byteAt, read16, read32, write16 } from '../../packet/bytes.ts';
import { foldChecksum, replaceWord, sumWords } from '../../packet/checksum.ts';
import { runHook } from '../hooks/run-hook.ts';
import { type LivePacket, lastBytes, sourceAddress } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { mayRefuse } from './answer-rate.ts';
import { sendIcmpError } from './icmp-error.ts';
import { forwardOptions, readOptions } from './ip-options.ts';
import { outputPacket } from './ip-output.ts';
import { reassemble } from './reassemble.ts';
import { routeReceived4 } from './received-route.ts';
import { pullTransportHeader } from './refragment.ts';
import { noteRoute } from './routing.ts';
import { holdPacket, stackDrop } from './stop.ts';
import { decapsulate } from './tunnel.ts';

export function receiveIpv4(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (packet.packetType === 'otherhost') {
    stackDrop(run, packet, 'NOT_FOR_US');
    return;
  }
  if (!trimIpv4(packet)) {
    stackDrop(run, packet, 'BAD_HEADER');
    return;
  }
  packet.options = undefined;
  const state = { family: 'ip', hook: 'prerouting', input: device, output: undefined } as const;
  if (!packet.prerouted && !runHook(run, packet, state)) return;
  packet.prerouted = false;
  finishReceive(run, packet, device);
}

/** ip_rcv_core(): header checks, and padding behind the packet is cut off. */
function trimIpv4(packet: LivePacket): boolean {
  const { bytes, length } = packet;
  if (length < 20) return false;
  const headerLength = (byteAt(bytes, 0) & 15) * 4;
  if (byteAt(bytes, 0) >> 4 !== 4 || headerLength < 20 || length < headerLength) return false;
  if (foldChecksum(sumWords(bytes, 0, headerLength)) !== 0) return false;
  const total = read16(bytes, 2);
  if (total > length || total < headerLength) return false;
  packet.length = total;
  return true;
}

function finishReceive(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (packet.route === undefined) {
    pullTransportHeader(packet);
    const routed = routeReceived4(run, packet, device);
    if (routed.kind === 'drop') {
      stackDrop(run, packet, routed.reason);
      return;
    }
    packet.route = routed.route;
    noteRoute(run, packet, 'input', routed.route);
  }
  const { route } = packet;
  const options = readOptions(run, packet);
  if (options !== 'fine') {
    if (options !== 'refused')
      sendIcmpError(run, packet, { type: 12, code: 0, pointer: options.pointer });
    stackDrop(run, packet, 'OPTIONS_REFUSED');
    return;
  }
  switch (route.action) {
    case 'local':
    case 'broadcast':
      deliverIpv4(run, packet, device);
      return;
    case 'multicast':
      // What the host sends itself by way of lo ends there, unless it listens (__mkroute_output()).
      if (read32(packet.bytes, 16) !== allHosts) {
        stackDrop(run, packet, 'MARTIAN_DESTINATION');
        return;
      }
      deliverIpv4(run, packet, device);
      return;
    case 'error':
      refuse(run, packet);
      return;
    default:
      forwardIpv4(run, packet, device);
  }
}

/** 224.0.0.1 */
const allHosts = 0xe0000001;

/** ip_error() */
function refuse(run: Run, packet: LivePacket): void {
  const answer = (code: number) => {
    if (mayRefuse(run, sourceAddress(packet)))
      sendIcmpError(run, packet, { type: 3, code, paid: true });
  };
  switch (packet.route?.error) {
    case 'unreachable':
      answer(1);
      stackDrop(run, packet, 'ROUTE_UNREACHABLE');
      return;
    case 'prohibit':
      answer(13);
      stackDrop(run, packet, 'ROUTE_PROHIBIT');
      return;
    case 'blackhole':
      stackDrop(run, packet, 'ROUTE_BLACKHOLE');
      return;
    default:
      answer(0);
      stackDrop(run, packet, 'NO_ROUTE');
  }
}

/** ip_local_deliver(): fragments are put together first. */
function deliverIpv4(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if ((read16(packet.bytes, 6) & 0x3fff) !== 0) {
    const outcome = reassemble(run, packet, 'local-delivery');
    if (outcome === 'held') holdPacket(run, packet, 'local-delivery');
    if (outcome === 'failed') stackDrop(run, packet, 'REASSEMBLY_FAILED');
    if (outcome !== 'whole') return;
    record(run, { kind: 'fragments-reassembled', subject: packet.subject, by: 'local-delivery' });
  }
  const state = { family: 'ip', hook: 'input', input: device, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  if (decapsulate(run, packet)) return;
  packet.journey.local = { device: device.name, packet: lastBytes(packet) };
}

function forwardIpv4(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const { route } = packet;
  if (route?.device === undefined) {
    stackDrop(run, packet, 'NO_ROUTE');
    return;
  }
  if (packet.packetType !== 'host') {
    stackDrop(run, packet, 'NOT_UNICAST_FRAME');
    return;
  }
  if (byteAt(packet.bytes, 8) <= 1) {
    sendIcmpError(run, packet, { type: 11, code: 0 });
    stackDrop(run, packet, 'TTL_EXCEEDED');
    return;
  }
  const fixed = (read16(packet.bytes, 6) & 0x4000) !== 0 && packet.geometry === undefined;
  if (fixed && packet.length > route.mtu) {
    sendIcmpError(run, packet, { type: 3, code: 4, mtu: route.mtu });
    stackDrop(run, packet, 'TOO_BIG');
    return;
  }
  decreaseTtl(packet);
  const state = { family: 'ip', hook: 'forward', input: device, output: route.device } as const;
  if (!runHook(run, packet, state)) return;
  forwardOptions(run, packet);
  outputPacket(run, packet, 'forwarded');
}

function decreaseTtl(packet: LivePacket): void {
  const { bytes } = packet;
  const before = read16(bytes, 8);
  write16(bytes, 8, before - 0x100);
  replaceWord(bytes, 10, before, before - 0x100);
}
