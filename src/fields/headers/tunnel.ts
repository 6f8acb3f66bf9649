/** Tunnel headers: VXLAN (RFC 7348), GENEVE (RFC 8926), GRE (RFC 2784). Offsets and widths in bits. */

import type { HeaderRows } from '../header.ts';

export const vxlan = {
  protocol: 'vxlan',
  layer: 'inner',
  tunnel: { type: 1, headerSize: 8, flags: 0xf, first: 'ether' },
  fields: [
    { name: 'flags', offset: 0, bits: 8, type: 'bitmask' },
    { name: 'vni', offset: 32, bits: 24, type: 'integer' },
  ],
} as const satisfies HeaderRows;

export const geneve = {
  protocol: 'geneve',
  layer: 'inner',
  tunnel: { type: 2, headerSize: 8, flags: 0xf, first: 'ether' },
  fields: [
    { name: 'vni', offset: 32, bits: 24, type: 'integer' },
    { name: 'type', offset: 16, bits: 16, type: 'ether_type' },
  ],
} as const satisfies HeaderRows;

export const gre = {
  protocol: 'gre',
  layer: 'transport',
  protocolKey: 'protocol',
  upper: [
    [0x0800, 'ip'],
    [0x86dd, 'ip6'],
  ],
  tunnel: { type: 3, headerSize: 4, flags: 0xc },
  fields: [
    { name: 'flags', offset: 0, bits: 5, type: 'integer' },
    { name: 'version', offset: 13, bits: 3, type: 'integer' },
    { name: 'protocol', offset: 16, bits: 16, type: 'ether_type' },
  ],
} as const satisfies HeaderRows;

/** GRE carrying Ethernet; it has no fields of its own. */
export const gretap = {
  protocol: 'gretap',
  layer: 'transport',
  tunnel: { type: 4, headerSize: 4, flags: 0xe, first: 'ether' },
  fields: [],
} as const satisfies HeaderRows;
