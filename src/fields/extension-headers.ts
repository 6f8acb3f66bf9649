/** IPv6 extension headers (RFC 8200, 6275, 8754). Offsets and widths in bits. */

import type { ExtensionRows } from './header.ts';

const nexthdr = { name: 'nexthdr', offset: 0, bits: 8, type: 'inet_proto' } as const;
const hdrlength = { name: 'hdrlength', offset: 8, bits: 8, type: 'integer' } as const;

export const extensionHeaders: readonly ExtensionRows[] = [
  { name: 'hbh', type: 0, fields: [nexthdr, hdrlength] },
  {
    name: 'rt',
    type: 43,
    fields: [
      nexthdr,
      hdrlength,
      { name: 'type', offset: 16, bits: 8, type: 'integer' },
      { name: 'seg-left', offset: 24, bits: 8, type: 'integer' },
    ],
  },
  {
    name: 'rt0',
    type: 43,
    fields: [
      { name: 'reserved', offset: 32, bits: 32, type: 'integer' },
      { name: 'addr', offset: 64, bits: 128, type: 'ipv6_addr', stride: 128 },
    ],
  },
  {
    name: 'rt2',
    type: 43,
    fields: [
      { name: 'reserved', offset: 32, bits: 32, type: 'integer' },
      { name: 'addr', offset: 64, bits: 128, type: 'ipv6_addr' },
    ],
  },
  {
    name: 'srh',
    type: 43,
    fields: [
      { name: 'last-entry', offset: 32, bits: 8, type: 'integer' },
      { name: 'flags', offset: 40, bits: 8, type: 'integer' },
      { name: 'tag', offset: 48, bits: 16, type: 'integer' },
      { name: 'sid', offset: 64, bits: 128, type: 'ipv6_addr', stride: 128 },
    ],
  },
  {
    name: 'frag',
    type: 44,
    fields: [
      nexthdr,
      { name: 'reserved', offset: 8, bits: 8, type: 'integer' },
      { name: 'frag-off', offset: 16, bits: 13, type: 'integer' },
      { name: 'reserved2', offset: 29, bits: 2, type: 'integer' },
      { name: 'more-fragments', offset: 31, bits: 1, type: 'integer' },
      { name: 'id', offset: 32, bits: 32, type: 'integer' },
    ],
  },
  { name: 'dst', type: 60, fields: [nexthdr, hdrlength] },
  {
    name: 'mh',
    type: 135,
    fields: [
      nexthdr,
      hdrlength,
      { name: 'type', offset: 16, bits: 8, type: 'mh_type' },
      { name: 'reserved', offset: 24, bits: 8, type: 'integer' },
      { name: 'checksum', offset: 32, bits: 16, type: 'integer' },
    ],
  },
];

/** Routing header type that `rt0`, `rt2` and `srh` need (`rt type`). */
export const routingTypes: ReadonlyMap<string, number> = new Map([
  ['rt0', 0],
  ['rt2', 2],
  ['srh', 4],
]);

export const extensionHeaderByName: ReadonlyMap<string, ExtensionRows> = new Map(
  extensionHeaders.map((rows) => [rows.name, rows]),
);
