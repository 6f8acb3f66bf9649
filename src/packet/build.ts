/** Builds packets and frames from a description, with correct lengths and checksums. */

import { type Address, addressFamily } from '../base/address.ts';
import { concatBytes, write16, write32 } from './bytes.ts';
import {
  fillIpv4Checksum,
  fillSctpChecksum,
  foldChecksum,
  pseudoHeaderSum,
  sumWords,
} from './checksum.ts';
import { etherType, protocol, tcpFlagLetters, transportChecksumOffset } from './protocols.ts';

export interface PacketDescription {
  /** Both of one family. */
  readonly source: Address;
  readonly destination: Address;
  /** IP protocol number. */
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Letters of FSRPAUEC; default `S`. */
  readonly flags?: string;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly window?: number;
  /** Padded with zeros to a multiple of 4. */
  readonly tcpOptions?: Uint8Array;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
  readonly icmpSequence?: number;
  /** ICMP errors: the quoted packet (its first bytes). */
  readonly inner?: Uint8Array;
  /** ICMP fragmentation needed, ICMPv6 packet too big. */
  readonly mtu?: number;
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly ipOptions?: Uint8Array;
  readonly payload?: Uint8Array;
  /** Cuts the transport bytes `offset` … `offset + length` out as one fragment. */
  readonly fragment?: {
    readonly offset: number;
    readonly more: boolean;
    readonly length?: number;
  };
  /** UDP without checksum. */
  readonly noChecksum?: boolean;
}

/** The packet from its network header on. */
export function buildPacket(description: PacketDescription): Uint8Array {
  const whole = buildTransport(description);
  const { fragment } = description;
  const transport =
    fragment === undefined
      ? whole
      : whole.subarray(
          fragment.offset,
          fragment.length === undefined ? undefined : fragment.offset + fragment.length,
        );
  return addressFamily(description.source) === 4
    ? buildIpv4(description, transport)
    : buildIpv6(description, transport);
}

/** An Ethernet header before a packet; the EtherType comes from the packet's version. */
export function buildFrame(
  packet: Uint8Array,
  link: { readonly source: Uint8Array; readonly destination: Uint8Array },
  type = (packet[0] ?? 0) >> 4 === 6 ? etherType.ipv6 : etherType.ipv4,
): Uint8Array {
  return concatBytes(link.destination, link.source, Uint8Array.of(type >> 8, type & 255), packet);
}

function buildIpv4(description: PacketDescription, transport: Uint8Array): Uint8Array {
  const options = padded(description.ipOptions ?? new Uint8Array(0));
  const headerLength = 20 + options.length;
  const packet = new Uint8Array(headerLength + transport.length);
  packet[0] = 0x40 | (headerLength >> 2);
  packet[1] = ((description.dscp ?? 0) << 2) | (description.ecn ?? 0);
  write16(packet, 2, packet.length);
  write16(packet, 4, description.identification ?? 1);
  const { fragment } = description;
  const more = fragment?.more === true ? 0x2000 : 0;
  const flags = more | (description.dontFragment === true ? 0x4000 : 0);
  write16(packet, 6, ((fragment?.offset ?? 0) >> 3) | flags);
  packet[8] = description.ttl ?? 64;
  packet[9] = description.protocol;
  packet.set(description.source, 12);
  packet.set(description.destination, 16);
  packet.set(options, 20);
  packet.set(transport, headerLength);
  fillIpv4Checksum(packet, 0, headerLength);
  return packet;
}

function buildIpv6(description: PacketDescription, transport: Uint8Array): Uint8Array {
  const { fragment } = description;
  const extension = new Uint8Array(fragment === undefined ? 0 : 8);
  if (fragment !== undefined) {
    extension[0] = description.protocol;
    write16(extension, 2, fragment.offset | (fragment.more ? 1 : 0));
    write32(extension, 4, description.identification ?? 1);
  }
  const packet = new Uint8Array(40 + extension.length + transport.length);
  const trafficClass = ((description.dscp ?? 0) << 2) | (description.ecn ?? 0);
  write32(packet, 0, (6 << 28) | (trafficClass << 20));
  write16(packet, 4, packet.length - 40);
  packet[6] = fragment === undefined ? description.protocol : protocol.fragment;
  packet[7] = description.ttl ?? 64;
  packet.set(description.source, 8);
  packet.set(description.destination, 24);
  packet.set(extension, 40);
  packet.set(transport, 40 + extension.length);
  return packet;
}

function buildTransport(description: PacketDescription): Uint8Array {
  const segment = transportBytes(description);
  const number = description.protocol;
  if (number === protocol.icmp) {
    write16(segment, 2, foldChecksum(sumWords(segment, 0, segment.length)));
  } else if (number === protocol.sctp) {
    fillSctpChecksum(segment, 0, segment.length);
  } else {
    fillTransportChecksum(segment, description);
  }
  return segment;
}

function fillTransportChecksum(segment: Uint8Array, description: PacketDescription): void {
  const offset = transportChecksumOffset(description.protocol);
  if (offset < 0 || description.noChecksum === true) return;
  const { source, destination } = description;
  const pseudo = pseudoHeaderSum(source, destination, description.protocol, segment.length);
  const checksum = foldChecksum(sumWords(segment, 0, segment.length, pseudo));
  const isUdp = description.protocol === protocol.udp || description.protocol === protocol.udplite;
  write16(segment, offset, checksum === 0 && isUdp ? 0xffff : checksum);
}

function transportBytes(description: PacketDescription): Uint8Array {
  const payload = description.payload ?? new Uint8Array(0);
  switch (description.protocol) {
    case protocol.tcp:
      return concatBytes(tcpHeader(description), payload);
    case protocol.udp:
    case protocol.udplite: {
      const length = description.protocol === protocol.udp ? 8 + payload.length : 0;
      return concatBytes(portsHeader(description, 8, length), payload);
    }
    case protocol.sctp:
      return concatBytes(portsHeader(description, 12, 0), payload);
    case protocol.icmp:
    case protocol.icmpv6:
      return icmpMessage(description, payload);
    default:
      return Uint8Array.from(payload);
  }
}

function portsHeader(description: PacketDescription, size: number, length: number): Uint8Array {
  const header = new Uint8Array(size);
  write16(header, 0, description.sourcePort ?? 0);
  write16(header, 2, description.destinationPort ?? 0);
  if (size === 8) write16(header, 4, length);
  return header;
}

function tcpHeader(description: PacketDescription): Uint8Array {
  const options = padded(description.tcpOptions ?? new Uint8Array(0));
  const header = new Uint8Array(20 + options.length);
  write16(header, 0, description.sourcePort ?? 0);
  write16(header, 2, description.destinationPort ?? 0);
  write32(header, 4, description.sequence ?? 1);
  write32(header, 8, description.acknowledgement ?? 0);
  header[12] = (header.length >> 2) << 4;
  header[13] = flagBits(description.flags ?? 'S');
  write16(header, 14, description.window ?? 1000);
  header.set(options, 20);
  return header;
}

function icmpMessage(description: PacketDescription, payload: Uint8Array): Uint8Array {
  const echo = description.protocol === protocol.icmp ? 8 : 128;
  const header = new Uint8Array(8);
  header[0] = description.icmpType ?? echo;
  header[1] = description.icmpCode ?? 0;
  if (description.inner === undefined) {
    write16(header, 4, description.icmpId ?? 1);
    write16(header, 6, description.icmpSequence ?? 1);
  } else if (description.mtu !== undefined) {
    write32(header, 4, description.mtu);
  }
  return concatBytes(header, description.inner ?? payload);
}

/** Bits of flag letters; unknown letters are passed over. */
export function flagBits(letters: string): number {
  let bits = 0;
  for (const letter of letters) {
    const index = tcpFlagLetters.indexOf(letter);
    if (index >= 0) bits |= 1 << index;
  }
  return bits;
}

function padded(options: Uint8Array): Uint8Array {
  const whole = new Uint8Array((options.length + 3) & ~3);
  whole.set(options);
  return whole;
}
