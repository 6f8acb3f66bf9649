/** Numbers of protocols and header constants that the stack itself decides by. */

export const protocol = {
  hopopts: 0,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  none: 59,
  dstopts: 60,
  sctp: 132,
  udplite: 136,
} as const;

export const etherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  qinq: 0x88a8,
} as const;

/** TCP flag bits. */
export const tcpFlag = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
} as const;

export const tcpFlagLetters = 'FSRPAUEC';

/** Protocols with 16-bit ports in the first four bytes. */
export function hasPorts(number: number): boolean {
  return (
    number === protocol.tcp ||
    number === protocol.udp ||
    number === protocol.sctp ||
    number === protocol.dccp ||
    number === protocol.udplite
  );
}

/** Offset of the transport checksum that covers the pseudo header, or -1. */
export function transportChecksumOffset(number: number): number {
  if (number === protocol.tcp) return 16;
  if (number === protocol.udp || number === protocol.udplite) return 6;
  if (number === protocol.icmpv6) return 2;
  return -1;
}

/** ICMP (v4) types that quote a packet: RFC 792 errors and redirects. */
export function isIcmpError(type: number): boolean {
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}
