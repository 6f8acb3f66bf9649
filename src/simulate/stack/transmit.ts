/** Handing a packet to a device: egress hook, loopback, bridge, tunnel, wire (__dev_queue_xmit()). */

import { addressesEqual } from '../../base/address.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { concatBytes } from '../../packet/bytes.ts';
import { runHook } from '../hooks/run-hook.ts';
import { destinationAddress, type LivePacket, packetBytes } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { sendThroughBridge } from './bridge.ts';
import { hasLinkHeader, packetTypeOf, receivePacket } from './receive.ts';
import { stackDrop } from './stop.ts';

export type SentAs = 'forwarded' | 'output' | 'bridged';

/** Puts the link header of the next hop before the packet and sends it. */
export function transmit(run: Run, packet: LivePacket, sentAs: SentAs): void {
  const device = packet.route?.device;
  if (device === undefined) {
    stackDrop(run, packet, 'NO_ROUTE');
    return;
  }
  packet.link = hasLinkHeader(device) ? linkHeader(run, packet, device) : undefined;
  transmitFrame(run, packet, device, sentAs);
}

/** The neighbour's address; a device without ARP takes its own. */
function linkHeader(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
): Uint8Array | undefined {
  const own = device.mac ?? new Uint8Array(6);
  const destination = linkDestination(run, packet, device);
  if (destination === undefined) return undefined;
  const type = Uint8Array.of(packet.etherType >> 8, packet.etherType & 255);
  return concatBytes(destination, own, type);
}

function linkDestination(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
): Uint8Array | undefined {
  const destination = destinationAddress(packet);
  if (packet.route?.action === 'broadcast') return new Uint8Array(6).fill(255);
  if (destination.length === 4 && ((destination[0] ?? 0) & 0xf0) === 224) {
    const [, second = 0, third = 0, fourth = 0] = destination;
    return Uint8Array.of(1, 0, 0x5e, second & 0x7f, third, fourth);
  }
  if (destination.length === 16 && destination[0] === 0xff)
    return concatBytes(Uint8Array.of(0x33, 0x33), destination.subarray(12));
  const hop = packet.route?.gateway ?? destination;
  const known = run.host.host.neighbours.find(
    (entry) => entry.device === device.name && addressesEqual(entry.address, hop),
  );
  if (known?.mac !== undefined) return known.mac;
  return device.flags.includes('NOARP') || device.kind === 'loopback' ? device.mac : undefined;
}

/** The frame leaves by the device as it is. */
export function transmitFrame(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  sentAs: SentAs,
): void {
  const state = { family: 'netdev', hook: 'egress', input: undefined, output: device } as const;
  if (!runHook(run, packet, state)) return;
  switch (device.kind) {
    case 'loopback':
      loopBack(run, packet, device);
      return;
    case 'bridge':
      sendThroughBridge(run, packet, device, sentAs);
      return;
    default:
      sendOnWire(packet, device, sentAs);
  }
}

/** loopback_xmit(): it comes back with its mark, connection and route. */
function loopBack(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const bytes = packetBytes(packet);
  run.backlog.push(() => {
    packet.bytes = bytes;
    packet.sender = undefined;
    packet.packetType =
      packet.link === undefined ? 'host' : packetTypeOf(packet.link.subarray(0, 6), device);
    receivePacket(run, packet, device);
  });
}

const tunnels: Readonly<Record<string, 'vxlan' | 'ipip' | 'other'>> = {
  vxlan: 'vxlan',
  ipip: 'ipip',
  sit: 'other',
  gre: 'other',
  geneve: 'other',
  wireguard: 'other',
};

function sendOnWire(packet: LivePacket, device: NetworkInterface, sentAs: SentAs): void {
  const { journey, link } = packet;
  const bytes = packetBytes(packet);
  const encapsulation = tunnels[device.kind];
  journey.sentAs = journey.sentAs === 'forwarded' ? 'forwarded' : sentAs;
  journey.out.push({
    device: device.name,
    packet: bytes,
    ...(link === undefined ? {} : { frame: concatBytes(link, bytes) }),
    ...(encapsulation === undefined ? {} : { encapsulation }),
  });
}
