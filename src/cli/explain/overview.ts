/** Words that stand for many expressions: a header with its fields, `meta` and `ct` with their keys. */

import { ctKeys } from '../../fields/ct.ts';
import { extensionHeaders } from '../../fields/extension-headers.ts';
import type { ExtensionField, ExtensionRows, HeaderRows } from '../../fields/header.ts';
import { headers } from '../../fields/headers.ts';
import { headerMeanings, meanings } from '../../fields/meanings.ts';
import { metaKeys } from '../../fields/meta.ts';
import { ipOptions, tcpOptions } from '../../fields/options.ts';
import {
  fibResults,
  ipsecKeys,
  type KeyRow,
  osfKeys,
  rtKeys,
  socketKeys,
  tunnelKeys,
} from '../../fields/other-keys.ts';
import { sctpChunks } from '../../fields/sctp-chunks.ts';

export interface OverviewRow {
  /** What is written. */
  readonly expression: string;
  readonly type: string;
  readonly bits: number;
  /** Bits from the start of the header; absent for keys. */
  readonly offset?: number;
  readonly meaning?: string;
}

export interface Overview {
  readonly name: string;
  readonly meaning: string;
  readonly rows: readonly OverviewRow[];
}

function ofHeader({ protocol, fields, layer }: HeaderRows): Overview {
  const rows = fields.map(({ name, type, bits, offset }) => ({
    expression: spelling(`${protocol} ${name}`),
    type: shownType(type),
    bits,
    offset,
  }));
  const meaning = `${layer} header: ${headerMeanings[protocol] ?? protocol}`;
  return { name: protocol, meaning, rows };
}

/** Fields that only nft's own tables have: `tcp option maxseg kind`, `rt0 reserved`. */
function isWritable(name: string, row: ExtensionRows, field: ExtensionField): boolean {
  if (name === 'tcp option') return field.name !== 'kind';
  return field.name !== 'reserved' || (row.name !== 'rt0' && row.name !== 'rt2');
}

/** As nft reads it where the row has a longer name. */
function spelling(expression: string): string {
  return expression.replace('icmpv6 parameter-problem', 'icmpv6 param-problem');
}

function ofExtensions(name: string, meaning: string, rows: readonly ExtensionRows[]): Overview {
  const words = (row: ExtensionRows) => (name === row.name ? name : `${name} ${row.name}`);
  return {
    name,
    meaning,
    rows: rows.flatMap((row) =>
      row.fields
        .filter((field) => isWritable(name, row, field))
        .map(({ name: field, type, bits, offset }) => ({
          expression: `${words(row)} ${field}`,
          type: shownType(type),
          bits,
          offset,
        })),
    ),
  };
}

function ofKeys(name: string, meaning: string, keys: readonly Omit<KeyRow, 'listing'>[]): Overview {
  const rows = keys.map((key) => {
    const text =
      meanings[`${name} ${key.name}`] ?? meanings[`${name} ${key.name.replace(/^ip6? /, '')}`];
    return {
      expression: `${name} ${/^ip6? /.test(key.name) && name === 'ct' ? 'original ' : ''}${key.name}`,
      type: shownType(key.type),
      bits: key.bits,
      ...(text === undefined ? {} : { meaning: text }),
    };
  });
  return { name, meaning, rows };
}

function shownType(type: string): string {
  return type === 'xinteger' || type === 'mptcpopt_subtype' ? 'integer' : type;
}

const extensions = extensionHeaders.map((row) => {
  const meaning = `extension header: ${headerMeanings[row.name] ?? row.name}`;
  return { ...ofExtensions(row.name, meaning, [row]) };
});

const all: readonly Overview[] = [
  ...headers.map(ofHeader),
  ...extensions.filter(({ name }) => name !== 'rt'),
  ofKeys('meta', 'metadata of the packet', metaKeys),
  ofKeys(
    'ct',
    'entry of the connection; the keys with addresses and ports need original or reply',
    ctKeys,
  ),
  {
    name: 'rt',
    meaning: `route of the packet; and ${headerMeanings.rt}`,
    rows: [
      ...ofKeys('rt', '', rtKeys).rows,
      ...extensions.filter(({ name }) => name === 'rt').flatMap(({ rows }) => rows),
    ],
  },
  ofKeys('socket', 'local socket that the packet belongs to', socketKeys),
  ofKeys('ipsec', 'IPsec state of the packet; in or out stands before the key', ipsecKeys),
  ofKeys('tunnel', 'metadata of the tunnel', tunnelKeys),
  ofKeys('osf', 'passive fingerprint of the operating system', osfKeys),
  ofKeys(
    'fib',
    'look-up of an address in the routing tables; saddr or daddr stands before the result',
    fibResults,
  ),
  ofExtensions('tcp option', 'options of TCP (RFC 9293)', tcpOptions),
  ofExtensions('ip option', 'options of IPv4 (RFC 791)', ipOptions),
  ofExtensions('sctp chunk', 'chunks of SCTP (RFC 9260)', sctpChunks),
];

const byName: ReadonlyMap<string, Overview> = new Map(all.map((one) => [one.name, one]));

export const overviewNames: ReadonlySet<string> = new Set(byName.keys());

export function overviewOf(name: string): Overview | undefined {
  return byName.get(name);
}
