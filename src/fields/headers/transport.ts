/** Transport layer headers: TCP, UDP, UDP-Lite, SCTP, DCCP, and `th` for what they share. Offsets and widths in bits. */

import type { HeaderRows } from '../header.ts';

const ports = [
  { name: 'sport', offset: 0, bits: 16, type: 'inet_service' },
  { name: 'dport', offset: 16, bits: 16, type: 'inet_service' },
] as const;

/** Ports of any transport protocol. */
export const th = {
  protocol: 'th',
  layer: 'transport',
  fields: ports,
} as const satisfies HeaderRows;

/** RFC 9293. */
export const tcp = {
  protocol: 'tcp',
  layer: 'transport',
  checksum: { type: 'inet', offset: 16 },
  fields: [
    ...ports,
    { name: 'sequence', offset: 32, bits: 32, type: 'integer' },
    { name: 'ackseq', offset: 64, bits: 32, type: 'integer' },
    { name: 'doff', offset: 96, bits: 4, type: 'integer' },
    { name: 'reserved', offset: 100, bits: 4, type: 'integer' },
    { name: 'flags', offset: 104, bits: 8, type: 'tcp_flag' },
    { name: 'window', offset: 112, bits: 16, type: 'integer' },
    { name: 'checksum', offset: 128, bits: 16, type: 'integer' },
    { name: 'urgptr', offset: 144, bits: 16, type: 'integer' },
  ],
} as const satisfies HeaderRows;

/** RFC 768. nft leaves the checksum, which may be absent, to the kernel's pseudo header update. */
export const udp = {
  protocol: 'udp',
  layer: 'transport',
  fields: [
    ...ports,
    { name: 'length', offset: 32, bits: 16, type: 'integer' },
    { name: 'checksum', offset: 48, bits: 16, type: 'integer' },
  ],
} as const satisfies HeaderRows;

/** RFC 3828. */
export const udplite = {
  protocol: 'udplite',
  layer: 'transport',
  fields: [
    ...ports,
    { name: 'csumcov', offset: 32, bits: 16, type: 'integer' },
    { name: 'checksum', offset: 48, bits: 16, type: 'integer' },
  ],
} as const satisfies HeaderRows;

/** RFC 9260. */
export const sctp = {
  protocol: 'sctp',
  layer: 'transport',
  checksum: { type: 'sctp', offset: 8 },
  fields: [
    ...ports,
    { name: 'vtag', offset: 32, bits: 32, type: 'integer' },
    { name: 'checksum', offset: 64, bits: 32, type: 'integer' },
  ],
} as const satisfies HeaderRows;

/** RFC 4340. */
export const dccp = {
  protocol: 'dccp',
  layer: 'transport',
  fields: [...ports, { name: 'type', offset: 67, bits: 4, type: 'dccp_pkttype' }],
} as const satisfies HeaderRows;
