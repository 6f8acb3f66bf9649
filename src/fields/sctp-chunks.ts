/** SCTP chunks (RFC 9260, 5061, 3758). Offsets and widths in bits. */

import type { ExtensionField, ExtensionRows } from './header.ts';

const common: readonly ExtensionField[] = [
  { name: 'type', offset: 0, bits: 8, type: 'integer' },
  { name: 'flags', offset: 8, bits: 8, type: 'integer' },
  { name: 'length', offset: 16, bits: 16, type: 'integer' },
];

function integer(name: string, offset: number, bits: number): ExtensionField {
  return { name, offset, bits, type: 'integer' };
}

const initFields: readonly ExtensionField[] = [
  integer('init-tag', 32, 32),
  integer('a-rwnd', 64, 32),
  integer('num-outbound-streams', 96, 16),
  integer('num-inbound-streams', 112, 16),
  integer('initial-tsn', 128, 32),
];

const chunks: readonly (readonly [
  name: string,
  type: number,
  fields?: readonly ExtensionField[],
])[] = [
  [
    'data',
    0,
    [
      integer('tsn', 32, 32),
      integer('stream', 64, 16),
      integer('ssn', 80, 16),
      integer('ppid', 96, 32),
    ],
  ],
  ['init', 1, initFields],
  ['init-ack', 2, initFields],
  [
    'sack',
    3,
    [
      integer('cum-tsn-ack', 32, 32),
      integer('a-rwnd', 64, 32),
      integer('num-gap-ack-blocks', 96, 16),
      integer('num-dup-tsns', 112, 16),
    ],
  ],
  ['heartbeat', 4],
  ['heartbeat-ack', 5],
  ['abort', 6],
  ['shutdown', 7, [integer('cum-tsn-ack', 32, 32)]],
  ['shutdown-ack', 8],
  ['error', 9],
  ['cookie-echo', 10],
  ['cookie-ack', 11],
  ['ecne', 12, [integer('lowest-tsn', 32, 32)]],
  ['cwr', 13, [integer('lowest-tsn', 32, 32)]],
  ['shutdown-complete', 14],
  ['asconf-ack', 0x80, [integer('seqno', 32, 32)]],
  ['forward-tsn', 0xc0, [integer('new-cum-tsn', 32, 32)]],
  ['asconf', 0xc1, [integer('seqno', 32, 32)]],
];

export const sctpChunks: readonly ExtensionRows[] = chunks.map(([name, type, fields = []]) => ({
  name,
  type,
  fields: [...common, ...fields],
}));

export const sctpChunkByName: ReadonlyMap<string, ExtensionRows> = new Map(
  sctpChunks.map((rows) => [rows.name, rows]),
);
