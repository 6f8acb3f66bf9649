/** Reads the headers of a packet or frame into a summary; tolerant of truncated packets. */

import { formatAddress, formatLinkLayerAddress } from '../base/address.ts';
import { byteAt, read16, read32 } from './bytes.ts';
import { foldChecksum, sumWords } from './checksum.ts';
import { skipExtensionHeaders } from './ipv6-extension-headers.ts';
import { etherType, hasPorts, isIcmpError, protocol, tcpFlagLetters } from './protocols.ts';
import type { LinkSummary, PacketSummary, VlanTag } from './summary-types.ts';

type Draft = { -readonly [Key in keyof PacketSummary]: PacketSummary[Key] };

export interface SummaryOptions {
  /** Only a prefix of the packet is there (a quoted packet): checksums are not looked at. */
  readonly partial?: boolean;
}

/** The packet from its network header on; the version nibble tells the family. */
export function summarisePacket(packet: Uint8Array, options: SummaryOptions = {}): PacketSummary {
  const version = byteAt(packet, 0) >> 4;
  const partial = options.partial ?? false;
  if (version === 4 && packet.length >= 20) return summariseIpv4(packet, partial);
  if (version === 6 && packet.length >= 40) return summariseIpv6(packet, partial);
  return {};
}

/** By EtherType, where one is known. */
export function summariseNetwork(packet: Uint8Array, type: number): PacketSummary {
  if (type === etherType.arp) return summariseArp(packet);
  if (type === etherType.ipv4 || type === etherType.ipv6) return summarisePacket(packet);
  return {};
}

/** An Ethernet frame with its tags. */
export function summariseFrame(frame: Uint8Array): PacketSummary {
  if (frame.length < 14) return {};
  const vlans: VlanTag[] = [];
  let type = read16(frame, 12);
  let offset = 14;
  while ((type === etherType.vlan || type === etherType.qinq) && offset + 4 <= frame.length) {
    const tag = read16(frame, offset);
    vlans.push({ type, id: tag & 0xfff, priority: tag >> 13 });
    type = read16(frame, offset + 2);
    offset += 4;
  }
  const link: LinkSummary = {
    destination: formatLinkLayerAddress(frame.slice(0, 6)),
    source: formatLinkLayerAddress(frame.slice(6, 12)),
    vlans,
    etherType: type,
  };
  return { ...summariseNetwork(frame.slice(offset), type), link };
}

function summariseIpv4(packet: Uint8Array, partial: boolean): PacketSummary {
  const headerLength = (byteAt(packet, 0) & 15) * 4;
  const total = read16(packet, 2);
  const flags = read16(packet, 6);
  const offset = (flags & 0x1fff) * 8;
  const summary: Draft = {
    family: 4,
    source: formatAddress(packet.slice(12, 16)),
    destination: formatAddress(packet.slice(16, 20)),
    ttl: byteAt(packet, 8),
    dscp: byteAt(packet, 1) >> 2,
    ecn: byteAt(packet, 1) & 3,
    length: total,
    protocol: byteAt(packet, 9),
  };
  if ((flags & 0x3fff) !== 0) summary.fragment = { offset, more: (flags & 0x2000) !== 0 };
  if (offset === 0) {
    const end = Math.min(packet.length, Math.max(total, headerLength));
    const whole = !partial && (flags & 0x2000) === 0 && packet.length >= total;
    addTransport(summary, packet, byteAt(packet, 9), headerLength, end, whole);
  }
  return summary;
}

function summariseIpv6(packet: Uint8Array, partial: boolean): PacketSummary {
  const trafficClass = (read16(packet, 0) >> 4) & 0xff;
  const payloadLength = read16(packet, 4);
  const place = skipExtensionHeaders(packet, packet.length);
  const summary: Draft = {
    family: 6,
    source: formatAddress(packet.slice(8, 24)),
    destination: formatAddress(packet.slice(24, 40)),
    ttl: byteAt(packet, 7),
    dscp: trafficClass >> 2,
    ecn: trafficClass & 3,
    length: payloadLength + 40,
    protocol: place?.protocol ?? byteAt(packet, 6),
  };
  if (place === undefined) return summary;
  if (place.fragmented) {
    const more = fragmentField(packet);
    if (more !== undefined) summary.fragment = more;
  }
  if (place.fragmentOffset === 0) {
    const end = Math.min(packet.length, 40 + payloadLength);
    const whole = !partial && !place.fragmented && packet.length >= 40 + payloadLength;
    addTransport(summary, packet, place.protocol, place.offset, end, whole);
  }
  return summary;
}

function fragmentField(packet: Uint8Array): { offset: number; more: boolean } | undefined {
  let number = byteAt(packet, 6);
  let offset = 40;
  while (
    number === protocol.hopopts ||
    number === protocol.routing ||
    number === protocol.dstopts
  ) {
    if (offset + 8 > packet.length) return undefined;
    number = byteAt(packet, offset);
    offset += (byteAt(packet, offset + 1) + 1) * 8;
  }
  if (number !== protocol.fragment) return undefined;
  const field = read16(packet, offset + 2);
  return { offset: field & 0xfff8, more: (field & 1) !== 0 };
}

function addTransport(
  summary: Draft,
  packet: Uint8Array,
  number: number,
  offset: number,
  end: number,
  whole: boolean,
): void {
  const length = end - offset;
  if (hasPorts(number) && length >= 4) {
    summary.sourcePort = read16(packet, offset);
    summary.destinationPort = read16(packet, offset + 2);
  }
  if (number === protocol.tcp && length >= 14) {
    summary.sequence = read32(packet, offset + 4);
    summary.acknowledgement = read32(packet, offset + 8);
    summary.flags = flagText(byteAt(packet, offset + 13));
  }
  if (number === protocol.icmp || number === protocol.icmpv6)
    addIcmp(summary, packet, number, offset, end);
  if (whole) addChecksum(summary, packet, number, offset, end);
}

function flagText(bits: number): string {
  let text = '';
  for (let index = 0; index < tcpFlagLetters.length; index++)
    if (((bits >> index) & 1) !== 0) text += tcpFlagLetters[index];
  return text;
}

function addIcmp(
  summary: Draft,
  packet: Uint8Array,
  number: number,
  offset: number,
  end: number,
): void {
  const length = end - offset;
  if (length < 2) return;
  const type = byteAt(packet, offset);
  summary.icmpType = type;
  summary.icmpCode = byteAt(packet, offset + 1);
  const error = number === protocol.icmp ? isIcmpError(type) : type < 128;
  if (error && length >= 28) {
    const inner = summarisePacket(packet.slice(offset + 8, end), { partial: true });
    if (inner.family !== undefined) summary.inner = inner;
  } else if (!error && length >= 8) {
    summary.icmpId = read16(packet, offset + 4);
    summary.icmpSequence = read16(packet, offset + 6);
  }
}

function addChecksum(
  summary: Draft,
  packet: Uint8Array,
  number: number,
  offset: number,
  end: number,
): void {
  const checked =
    number === protocol.tcp ||
    number === protocol.udp ||
    number === protocol.icmp ||
    number === protocol.icmpv6;
  if (
    !checked ||
    (number === protocol.udp && offset + 8 <= end && read16(packet, offset + 6) === 0)
  )
    return;
  // Both addresses stand side by side.
  const addresses = summary.family === 4 ? sumWords(packet, 12, 20) : sumWords(packet, 8, 40);
  const pseudo = number === protocol.icmp ? 0 : addresses + number + (end - offset);
  const sum = sumWords(packet, offset, end, pseudo);
  summary.checksum = foldChecksum(sum) === 0 ? 'ok' : 'bad';
}

function summariseArp(packet: Uint8Array): PacketSummary {
  if (packet.length < 28) return { family: 'arp' };
  return {
    family: 'arp',
    arp: {
      operation: read16(packet, 6),
      senderMac: formatLinkLayerAddress(packet.slice(8, 14)),
      senderAddress: formatAddress(packet.slice(14, 18)),
      targetMac: formatLinkLayerAddress(packet.slice(18, 24)),
      targetAddress: formatAddress(packet.slice(24, 28)),
    },
  };
}
