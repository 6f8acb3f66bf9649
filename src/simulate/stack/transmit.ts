/** Handing a packet to a device: egress hook, loopback, bridge, tunnel, wire (__dev_queue_xmit()). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { hostKey, type PreparedHost } from '../../host/prepared-host.ts';
import { byteAt, concatBytes } from '../../packet/bytes.ts';
import { etherType } from '../../packet/protocols.ts';
import type { OutgoingPacket } from '../../trace/fate.ts';
import { runHook } from '../hooks/run-hook.ts';
import { destinationAddress, type LivePacket, lastBytes, packetBytes } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { sendThroughBridge } from './bridge.ts';
import { hasLinkHeader, packetTypeOf, receivePacket } from './receive.ts';
import { stackDrop } from './stop.ts';
import { sendThroughTunnel } from './tunnel.ts';

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
  const destination = linkDestination(run, packet, device);
  if (destination === undefined) return undefined;
  const { etherType: type } = packet;
  const last = lastHeaders.get(device);
  if (last !== undefined && last.destination === destination && last.type === type)
    return last.header;
  const own = device.mac ?? noAddress;
  const header = concatBytes(destination, own, Uint8Array.of(type >> 8, type & 255));
  lastHeaders.set(device, { destination, type, header });
  return header;
}

/** The header that went out last on a device: mostly the next one is the same. */
const lastHeaders = new WeakMap<
  NetworkInterface,
  { readonly destination: Uint8Array; readonly type: number; readonly header: Uint8Array }
>();

const noAddress = new Uint8Array(6);

/** Faster than Uint8Array.set() for a few bytes. */
function copyBytes(to: Uint8Array, at: number, from: Uint8Array): void {
  for (let index = 0; index < from.length; index++) to[at + index] = from[index] ?? 0;
}

/** The link address of the next hop; undefined: it is not known. */
export function linkDestination(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
): Uint8Array | undefined {
  if (packet.route?.action === 'broadcast') return new Uint8Array(6).fill(255);
  const gateway = packet.route?.gateway;
  const isUnicast4 =
    packet.etherType === etherType.ipv4 && (byteAt(packet.bytes, 16) & 0xf0) !== 224;
  if (gateway !== undefined && isUnicast4) return neighbourAddress(run, device, gateway);
  const destination = destinationAddress(packet);
  if (destination.length === 4 && ((destination[0] ?? 0) & 0xf0) === 224) {
    const [, second = 0, third = 0, fourth = 0] = destination;
    return Uint8Array.of(1, 0, 0x5e, second & 0x7f, third, fourth);
  }
  if (destination.length === 16 && destination[0] === 0xff)
    return concatBytes(Uint8Array.of(0x33, 0x33), destination.subarray(12));
  return neighbourAddress(run, device, gateway ?? destination);
}

function neighbourAddress(
  run: Run,
  device: NetworkInterface,
  hop: Uint8Array,
): Uint8Array | undefined {
  const known = neighboursOf(run.host, device.name)?.get(hostKey(hop));
  if (known !== undefined) return known;
  return device.flags.includes('NOARP') || device.kind === 'loopback' ? device.mac : undefined;
}

type Neighbours = ReadonlyMap<string | number, Uint8Array>;

const neighboursOfHosts = new WeakMap<PreparedHost, ReadonlyMap<string, Neighbours>>();

/** The first entry of each address; a host never changes. Undefined: the device has no neighbours. */
function neighboursOf(prepared: PreparedHost, device: string): Neighbours | undefined {
  const known = neighboursOfHosts.get(prepared);
  if (known !== undefined) return known.get(device);
  const found = new Map<string, Map<string | number, Uint8Array>>();
  const seen = new Set<string>();
  for (const { device: name, address, mac } of prepared.host.neighbours) {
    const key = hostKey(address);
    if (seen.has(`${name} ${key}`)) continue;
    seen.add(`${name} ${key}`);
    const entries = found.get(name) ?? new Map<string | number, Uint8Array>();
    if (mac !== undefined) found.set(name, entries.set(key, mac));
  }
  neighboursOfHosts.set(prepared, found);
  return found.get(device);
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
    case 'vxlan':
    case 'ipip':
      sendOnWire(packet, device, sentAs, packetBytes(packet));
      sendThroughTunnel(run, packet, device);
      return;
    default:
      sendOnWire(packet, device, sentAs, lastBytes(packet));
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

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  copyBytes(whole, 0, first);
  whole.set(second, first.length);
  return whole;
}

const tunnels: Readonly<Record<string, 'vxlan' | 'ipip' | 'other'>> = {
  vxlan: 'vxlan',
  ipip: 'ipip',
  sit: 'other',
  gre: 'other',
  geneve: 'other',
  wireguard: 'other',
};

function sendOnWire(
  packet: LivePacket,
  device: NetworkInterface,
  sentAs: SentAs,
  bytes: Uint8Array,
): void {
  const { journey, link } = packet;
  const encapsulation = tunnels[device.kind];
  journey.sentAs = journey.sentAs === 'forwarded' ? 'forwarded' : sentAs;
  const { name } = device;
  const sent: OutgoingPacket =
    link === undefined
      ? { device: name, packet: bytes }
      : { device: name, packet: bytes, frame: joinBytes(link, bytes) };
  const whole = encapsulation === undefined ? sent : { ...sent, encapsulation };
  // Most packets leave once, and an array that grows makes room for many.
  if (journey.out.length === 0) journey.out = [whole];
  else journey.out.push(whole);
}
