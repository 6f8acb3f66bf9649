/** Packets in one line, spelled as tcpdump and nft do. */

import type { PacketSummary } from '../packet/summary-types.ts';
import type { TupleSummary } from '../trace/event.ts';

const protocolNames: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipip',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

export function protocolName(protocol: number): string {
  return protocolNames[protocol] ?? `protocol ${protocol}`;
}

/** `10.0.0.1:80`, `[2001:db8::1]:80`, or the address alone. */
export function endpointText(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const flagNames: Readonly<Record<string, string>> = {
  F: 'FIN',
  S: 'SYN',
  R: 'RST',
  P: 'PSH',
  A: 'ACK',
  U: 'URG',
  E: 'ECE',
  C: 'CWR',
};

function flagsText(flags: string): string {
  return [...flags].map((letter) => flagNames[letter] ?? letter).join('+');
}

function icmpText(packet: PacketSummary): string {
  const parts = [`type ${packet.icmpType}`];
  if (packet.icmpCode) parts.push(`code ${packet.icmpCode}`);
  if (packet.icmpId !== undefined) parts.push(`id ${packet.icmpId}`);
  return parts.join(' ');
}

/** `tcp 10.0.0.1:40000 > 10.0.0.2:80 SYN ttl 64`. */
export function packetText(packet: PacketSummary): string {
  if (packet.arp !== undefined) {
    const { operation, senderAddress, targetAddress } = packet.arp;
    return `arp operation ${operation} ${senderAddress} > ${targetAddress}`;
  }
  if (packet.source === undefined || packet.destination === undefined) {
    const type = packet.link?.etherType;
    return type === undefined ? 'unreadable packet' : `frame of ether type 0x${type.toString(16)}`;
  }
  const parts = [
    protocolName(packet.protocol ?? 0),
    endpointText(packet.source, packet.sourcePort),
    '>',
    endpointText(packet.destination, packet.destinationPort),
  ];
  if (packet.flags) parts.push(flagsText(packet.flags));
  if (packet.icmpType !== undefined) parts.push(icmpText(packet));
  if (packet.fragment !== undefined && packet.fragment.offset > 0) {
    parts.push(`fragment at ${packet.fragment.offset}`);
  }
  if (packet.ttl !== undefined) parts.push(`ttl ${packet.ttl}`);
  if (packet.length !== undefined) parts.push(`length ${packet.length}`);
  return parts.join(' ');
}

/** `tcp 10.0.0.1:40000 > 10.0.0.2:80`. */
export function tupleText(tuple: TupleSummary): string {
  const source = endpointText(tuple.source, tuple.sourcePort);
  const destination = endpointText(tuple.destination, tuple.destinationPort);
  const id = tuple.id === undefined ? '' : ` id ${tuple.id}`;
  return `${protocolName(tuple.protocol)} ${source} > ${destination}${id}`;
}
