/** Link layer headers: Ethernet, 802.1Q, ARP. Offsets and widths in bits. */

import type { HeaderRows } from '../header.ts';

const etherTypes = [
  [0x8100, 'vlan'],
  [0x88a8, 'vlan'],
  [0x0806, 'arp'],
  [0x0800, 'ip'],
  [0x86dd, 'ip6'],
] as const;

/** IEEE 802.3. */
export const ether = {
  protocol: 'ether',
  layer: 'link',
  protocolKey: 'type',
  upper: etherTypes,
  length: 112,
  fields: [
    { name: 'daddr', offset: 0, bits: 48, type: 'ether_addr' },
    { name: 'saddr', offset: 48, bits: 48, type: 'ether_addr' },
    { name: 'type', offset: 96, bits: 16, type: 'ether_type' },
  ],
} as const satisfies HeaderRows;

/** IEEE 802.1Q tag; follows the Ethernet addresses and their type. */
export const vlan = {
  protocol: 'vlan',
  layer: 'link',
  protocolKey: 'type',
  upper: etherTypes,
  length: 32,
  fields: [
    { name: 'pcp', offset: 0, bits: 3, type: 'integer' },
    { name: 'dei', offset: 3, bits: 1, type: 'integer' },
    { name: 'id', offset: 4, bits: 12, type: 'integer' },
    { name: 'type', offset: 16, bits: 16, type: 'ether_type' },
  ],
} as const satisfies HeaderRows;

/** RFC 826 with Ethernet and IPv4 addresses. */
export const arp = {
  protocol: 'arp',
  layer: 'network',
  length: 224,
  fields: [
    { name: 'htype', offset: 0, bits: 16, type: 'integer' },
    { name: 'ptype', offset: 16, bits: 16, type: 'ether_type' },
    { name: 'hlen', offset: 32, bits: 8, type: 'integer' },
    { name: 'plen', offset: 40, bits: 8, type: 'integer' },
    { name: 'operation', offset: 48, bits: 16, type: 'arp_op' },
    { name: 'saddr ether', offset: 64, bits: 48, type: 'ether_addr' },
    { name: 'saddr ip', offset: 112, bits: 32, type: 'ipv4_addr' },
    { name: 'daddr ether', offset: 144, bits: 48, type: 'ether_addr' },
    { name: 'daddr ip', offset: 192, bits: 32, type: 'ipv4_addr' },
  ],
} as const satisfies HeaderRows;
