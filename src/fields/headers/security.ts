/** IPsec and IPComp headers: AH (RFC 4302), ESP (RFC 4303), IPComp (RFC 3173). Offsets and widths in bits. */

import type { HeaderRows } from '../header.ts';

const inner = [
  [50, 'esp'],
  [51, 'ah'],
  [108, 'comp'],
  [17, 'udp'],
  [136, 'udplite'],
  [6, 'tcp'],
  [33, 'dccp'],
  [132, 'sctp'],
] as const;

export const ah = {
  protocol: 'ah',
  layer: 'transport',
  protocolKey: 'nexthdr',
  upper: inner,
  fields: [
    { name: 'nexthdr', offset: 0, bits: 8, type: 'inet_proto' },
    { name: 'hdrlength', offset: 8, bits: 8, type: 'integer' },
    { name: 'reserved', offset: 16, bits: 16, type: 'integer' },
    { name: 'spi', offset: 32, bits: 32, type: 'integer' },
    { name: 'sequence', offset: 64, bits: 32, type: 'integer' },
  ],
} as const satisfies HeaderRows;

export const esp = {
  protocol: 'esp',
  layer: 'transport',
  fields: [
    { name: 'spi', offset: 0, bits: 32, type: 'integer' },
    { name: 'sequence', offset: 32, bits: 32, type: 'integer' },
  ],
} as const satisfies HeaderRows;

export const comp = {
  protocol: 'comp',
  layer: 'transport',
  protocolKey: 'nexthdr',
  upper: inner,
  fields: [
    { name: 'nexthdr', offset: 0, bits: 8, type: 'inet_proto' },
    { name: 'flags', offset: 8, bits: 8, type: 'bitmask' },
    { name: 'cpi', offset: 16, bits: 16, type: 'integer' },
  ],
} as const satisfies HeaderRows;
