/** A frame arrives on a device: __netif_receive_skb_core(), net/core/dev.c. */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { read16 } from '../../packet/bytes.ts';
import { etherType } from '../../packet/protocols.ts';
import { sharedBytes } from '../../packet/shared-bytes.ts';
import { runHook } from '../hooks/run-hook.ts';
import type { LivePacket, PacketType } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { receiveArp } from './arp.ts';
import { receiveOnBridge } from './bridge.ts';
import { receiveIpv4 } from './ipv4-input.ts';
import { receiveIpv6 } from './ipv6-input.ts';
import { stackDrop } from './stop.ts';

/** eth_type_trans(): who a frame is for, by its first six bytes. */
export function packetTypeOf(destination: Uint8Array, device: NetworkInterface): PacketType {
  if (((destination[0] ?? 0) & 1) === 1)
    return startsWithBytes(destination, broadcast) ? 'broadcast' : 'multicast';
  return device.mac === undefined || startsWithBytes(destination, device.mac)
    ? 'host'
    : 'otherhost';
}

const broadcast = new Uint8Array(6).fill(255);

function startsWithBytes(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let index = 0; index < start.length; index++)
    if (bytes[index] !== start[index]) return false;
  return true;
}

/** Splits a received frame into link header and packet; false when it is too short. */
export function readFrame(
  packet: LivePacket,
  frame: Uint8Array,
  device: NetworkInterface,
): boolean {
  packet.input = device;
  if (!hasLinkHeader(device)) {
    packet.bytes = Uint8Array.from(frame);
    packet.length = frame.length;
    packet.etherType = (frame[0] ?? 0) >> 4 === 6 ? etherType.ipv6 : etherType.ipv4;
    return frame.length > 0;
  }
  if (frame.length < 14) return false;
  let start = 14;
  let type = read16(frame, 12);
  if ((type === etherType.vlan || type === etherType.qinq) && frame.length >= 18) {
    type = read16(frame, 16);
    start = 18;
  }
  packet.link = sharedBytes(frame, 0, start);
  packet.bytes = frame.slice(start);
  packet.length = packet.bytes.length;
  packet.etherType = type;
  packet.packetType = packetTypeOf(frame, device);
  return true;
}

/** Devices without a link header: tunnels and the like. */
export function hasLinkHeader(device: NetworkInterface): boolean {
  return device.linkType === 'ether' || device.linkType === 'loopback';
}

/** VLAN id of the tag that was taken off the packet; undefined without tag. */
export function vlanId(packet: LivePacket): number | undefined {
  const { link } = packet;
  return link === undefined || link.length < 18 ? undefined : read16(link, 14) & 0xfff;
}

export function receivePacket(run: Run, packet: LivePacket, device: NetworkInterface): void {
  packet.input = device;
  const state = { family: 'netdev', hook: 'ingress', input: device, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  const master =
    device.master === undefined ? undefined : run.host.interfacesByName.get(device.master);
  if (master?.kind === 'bridge') {
    receiveOnBridge(run, packet, device, master);
    return;
  }
  passUp(run, packet, device);
}

/** To the protocol handlers, on the device itself. */
export function passUp(run: Run, packet: LivePacket, device: NetworkInterface): void {
  packet.input = device;
  const id = vlanId(packet);
  if (id !== undefined && id !== 0) packet.packetType = 'otherhost';
  switch (packet.etherType) {
    case etherType.ipv4:
      receiveIpv4(run, packet, device);
      return;
    case etherType.ipv6:
      receiveIpv6(run, packet, device);
      return;
    case etherType.arp:
      receiveArp(run, packet, device);
      return;
    default:
      stackDrop(run, packet, 'UNKNOWN_PROTOCOL');
  }
}
