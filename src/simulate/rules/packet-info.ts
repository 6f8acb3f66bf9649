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

const unspecified: PacketInfo = {
  hasTransport: false,
  protocol: 0,
  transport: 0,
  fragmentOffset: 0,
};

export function packetInfo(packet: LivePacket, family: HookFamily): PacketInfo {
  switch (family) {
    case 'ip':
      return ipv4Info(packet);
    case 'ip6':
      return ipv6Info(packet);
    case 'arp':
      return unspecified;
    default:
      return validatedInfo(packet);
  }
}

function ipv4Info(packet: LivePacket): PacketInfo {
  const { bytes } = packet;
  return {
    hasTransport: true,
    protocol: byteAt(bytes, 9),
    transport: (byteAt(bytes, 0) & 15) * 4,
    fragmentOffset: read16(bytes, 6) & 0x1fff,
  };
}

function ipv6Info(packet: LivePacket): PacketInfo {
  const place = findTransport(packet.bytes, packet.length);
  if (place === undefined) return unspecified;
  return {
    hasTransport: true,
    protocol: place.protocol,
    transport: place.offset,
    fragmentOffset: place.fragmentOffset,
  };
}

/** Bridge and netdev chains run before the IP header was checked, so it is checked here. */
function validatedInfo(packet: LivePacket): PacketInfo {
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
    return valid ? ipv4Info(packet) : unspecified;
  }
  if (packet.etherType === etherType.ipv6) {
    const valid = length >= 40 && byteAt(bytes, 0) >> 4 === 6 && read16(bytes, 4) + 40 <= length;
    return valid ? ipv6Info(packet) : unspecified;
  }
  return unspecified;
}
