/** Where the transport header is, as nf_tables sees it (nft_set_pktinfo_*(), include/net/netfilter/nf_tables_ipv4.h). */

import { byteAt, read16 } from '../../packet/bytes.ts';
import { findTransport } from '../../packet/ipv6-extension-headers.ts';
import { etherType } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { HookFamily } from './evaluation.ts';

export interface PacketInfo {
  /** NFT_PKTINFO_L4PROTO */
  readonly hasTransport: boolean;
  readonly protocol: number;
  /** From the network header. For IPv6 fragments other than the first it is 0, as in the kernel. */
  readonly transport: number;
  /** Not 0 in fragments other than the first. */
  readonly fragmentOffset: number;
}

/** To be filled again. */
export type PacketRoom = { -readonly [Field in keyof PacketInfo]: PacketInfo[Field] };

export function packetInfo(packet: LivePacket, family: HookFamily): PacketInfo {
  const room: PacketRoom = { hasTransport: false, protocol: 0, transport: 0, fragmentOffset: 0 };
  fillPacketInfo(room, packet, family);
  return room;
}

export function fillPacketInfo(room: PacketRoom, packet: LivePacket, family: HookFamily): void {
  switch (family) {
    case 'ip':
      fillIpv4(room, packet);
      return;
    case 'ip6':
      fillIpv6(room, packet);
      return;
    case 'arp':
      leaveOpen(room);
      return;
    default:
      fillValidated(room, packet);
  }
}

function leaveOpen(room: PacketRoom): void {
  room.hasTransport = false;
  room.protocol = 0;
  room.transport = 0;
  room.fragmentOffset = 0;
}

function fillIpv4(room: PacketRoom, { bytes }: LivePacket): void {
  room.hasTransport = true;
  room.protocol = byteAt(bytes, 9);
  room.transport = (byteAt(bytes, 0) & 15) * 4;
  room.fragmentOffset = read16(bytes, 6) & 0x1fff;
}

function fillIpv6(room: PacketRoom, packet: LivePacket): void {
  const place = findTransport(packet.bytes, packet.length);
  if (place === undefined) {
    leaveOpen(room);
    return;
  }
  room.hasTransport = true;
  room.protocol = place.protocol;
  room.transport = place.offset;
  room.fragmentOffset = place.fragmentOffset;
}

/** Bridge and netdev chains run before the IP header was checked, so it is checked here. */
function fillValidated(room: PacketRoom, packet: LivePacket): void {
  const { bytes, length } = packet;
  if (packet.etherType === etherType.ipv4) {
    const headerLength = (byteAt(bytes, 0) & 15) * 4;
    const total = read16(bytes, 2);
    const valid =
      length >= 20 &&
      byteAt(bytes, 0) >> 4 === 4 &&
      headerLength >= 20 &&
      length >= total &&
      total >= headerLength;
    if (valid) fillIpv4(room, packet);
    else leaveOpen(room);
    return;
  }
  if (packet.etherType === etherType.ipv6) {
    const valid = length >= 40 && byteAt(bytes, 0) >> 4 === 6 && read16(bytes, 4) + 40 <= length;
    if (valid) fillIpv6(room, packet);
    else leaveOpen(room);
    return;
  }
  leaveOpen(room);
}
