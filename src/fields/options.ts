/** Options of TCP (RFC 9293, 7323, 2018, 8684, 7413, 2385), of IPv4 (RFC 791, 2113) and of DCCP. Offsets and widths in bits. */

import type { ExtensionField, ExtensionRows } from './header.ts';

const kind = { name: 'kind', offset: 0, bits: 8, type: 'integer' } as const;
const length = { name: 'length', offset: 8, bits: 8, type: 'integer' } as const;

/** Edges of the nth block of a SACK option. */
function sackBlock(index: number): readonly ExtensionField[] {
  return [
    { name: 'left', offset: 16 + index * 64, bits: 32, type: 'integer' },
    { name: 'right', offset: 48 + index * 64, bits: 32, type: 'integer' },
  ];
}

export const tcpOptions: readonly ExtensionRows[] = [
  { name: 'eol', type: 0, fields: [kind] },
  { name: 'nop', type: 1, fields: [kind] },
  {
    name: 'maxseg',
    aliases: ['mss'],
    type: 2,
    fields: [kind, length, { name: 'size', offset: 16, bits: 16, type: 'integer' }],
  },
  {
    name: 'window',
    type: 3,
    fields: [kind, length, { name: 'count', offset: 16, bits: 8, type: 'integer' }],
  },
  { name: 'sack-perm', aliases: ['sack-permitted'], type: 4, fields: [kind, length] },
  { name: 'sack', aliases: ['sack0'], type: 5, fields: [kind, length, ...sackBlock(0)] },
  { name: 'sack1', type: 5, fields: [kind, length, ...sackBlock(1)] },
  { name: 'sack2', type: 5, fields: [kind, length, ...sackBlock(2)] },
  { name: 'sack3', type: 5, fields: [kind, length, ...sackBlock(3)] },
  { name: 'echo', type: 6, fields: [kind, length] },
  {
    name: 'timestamp',
    type: 8,
    fields: [
      kind,
      length,
      { name: 'tsval', offset: 16, bits: 32, type: 'integer' },
      { name: 'tsecr', offset: 48, bits: 32, type: 'integer' },
    ],
  },
  { name: 'md5sig', type: 19, fields: [kind, length] },
  {
    name: 'mptcp',
    type: 30,
    fields: [kind, length, { name: 'subtype', offset: 16, bits: 4, type: 'mptcpopt_subtype' }],
  },
  { name: 'fastopen', type: 34, fields: [kind, length] },
];

const ipType = { name: 'type', offset: 0, bits: 8, type: 'integer' } as const;
const routeFields = [
  ipType,
  length,
  { name: 'ptr', offset: 16, bits: 8, type: 'integer' },
  { name: 'addr', offset: 24, bits: 32, type: 'ipv4_addr' },
] as const;

export const ipOptions: readonly ExtensionRows[] = [
  { name: 'lsrr', type: 131, fields: routeFields },
  { name: 'rr', type: 7, fields: routeFields },
  { name: 'ssrr', type: 137, fields: routeFields },
  {
    name: 'ra',
    type: 148,
    fields: [ipType, length, { name: 'value', offset: 16, bits: 16, type: 'integer' }],
  },
];

/** Every name, aliases too. */
function byNames(rows: readonly ExtensionRows[]): ReadonlyMap<string, ExtensionRows> {
  return new Map(
    rows.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
  );
}

export const tcpOptionByName: ReadonlyMap<string, ExtensionRows> = byNames(tcpOptions);
export const ipOptionByName: ReadonlyMap<string, ExtensionRows> = byNames(ipOptions);
