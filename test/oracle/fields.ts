/** Every expression that a rule can match or write, with the datatype of its values: the rows of `fields/`, spelled. */

import { fieldDatatype } from '../../src/datatypes/registry.ts';
import { ctKeys } from '../../src/fields/ct.ts';
import { extensionHeaders } from '../../src/fields/extension-headers.ts';
import { headers } from '../../src/fields/headers.ts';
import { metaKeys } from '../../src/fields/meta.ts';
import { ipOptions, tcpOptions } from '../../src/fields/options.ts';
import { fibResults, ipsecKeys, osfKeys, rtKeys, socketKeys } from '../../src/fields/other-keys.ts';
import { sctpChunks } from '../../src/fields/sctp-chunks.ts';
import type { Dice } from './dice.ts';
import type { Kind } from './values.ts';

export interface Selector extends Kind {
  readonly text: string;
  readonly settable: boolean;
}

interface Row {
  readonly type: string;
  readonly bits: number;
  readonly byteOrder?: 'host' | 'big';
}

function selector(text: string, row: Row, settable = false): Selector {
  const type = fieldDatatype(row.type, row.byteOrder ?? 'big');
  return { text, type, bits: row.bits, settable };
}

const metaSelectors = metaKeys.flatMap((row) => [
  selector(`meta ${row.name}`, row, row.settable ?? false),
  ...(row.bare === true ? [selector(row.name, row, row.settable ?? false)] : []),
]);

const ctSelectors = ctKeys.flatMap((row) => [
  ...(row.direction === 'required' ? [] : [selector(`ct ${row.name}`, row, row.settable ?? false)]),
  ...(row.direction === 'never'
    ? []
    : [selector(`ct original ${row.name}`, row), selector(`ct reply ${row.name}`, row)]),
]);

const headerSelectors = headers
  .filter(({ protocol }) => !['vxlan', 'geneve', 'gretap'].includes(protocol))
  .flatMap(({ protocol, fields }) =>
    fields.map((row) => selector(`${protocol} ${row.name}`, row, true)),
  );

const innerHeaders = [
  'ip saddr',
  'ip6 daddr',
  'tcp dport',
  'udp sport',
  'icmp type',
  'ether saddr',
  'ip protocol',
  'vlan id',
  'ether type',
  'th dport',
  'meta l4proto',
  'ip dscp',
  'tcp flags',
];
const tunnelSelectors = headers
  .filter(({ protocol }) => ['vxlan', 'geneve', 'gretap', 'gre'].includes(protocol))
  .flatMap(({ protocol, fields }) => [
    ...fields.map((row) => selector(`${protocol} ${row.name}`, row, true)),
    ...headerSelectors
      .filter(({ text }) => innerHeaders.includes(text))
      .map((inner) => ({ ...inner, text: `${protocol} ${inner.text}` })),
  ]);

const extensionSelectors = [
  ...extensionHeaders.flatMap(({ name, fields }) =>
    fields.map((row) =>
      selector(`${name} ${row.name}${row.stride === undefined ? '' : '[1]'}`, row, true),
    ),
  ),
  ...tcpOptions.flatMap(({ name, fields }) =>
    fields.map((row) => selector(`tcp option ${name} ${row.name}`, row, true)),
  ),
  ...ipOptions.flatMap(({ name, fields }) =>
    fields.map((row) => selector(`ip option ${name} ${row.name}`, row)),
  ),
  ...sctpChunks.flatMap(({ name, fields }) =>
    fields.map((row) => selector(`sctp chunk ${name} ${row.name}`, row)),
  ),
  ...[
    ...extensionHeaders.map(({ name }) => `exthdr ${name}`),
    ...tcpOptions.map(({ name }) => `tcp option ${name}`),
    ...ipOptions.map(({ name }) => `ip option ${name}`),
    ...sctpChunks.map(({ name }) => `sctp chunk ${name}`),
    'tcp option 77',
    'dccp option 5',
  ].map((text) => selector(text, { type: 'boolean', bits: 1 })),
  selector('tcp option @34,8,4', { type: 'integer', bits: 4 }),
  selector('tcp option 6 length', { type: 'integer', bits: 8 }),
];

const fibKeys = [
  'saddr',
  'daddr',
  'saddr . iif',
  'daddr . iif',
  'saddr . mark',
  'daddr . oif',
  'saddr . mark . iif',
  'iif',
  'saddr . daddr',
  'daddr . oif . iif',
];
const otherSelectors = [
  ...fibKeys.flatMap((keys) => fibResults.map((row) => selector(`fib ${keys} ${row.name}`, row))),
  ...rtKeys.map((row) => selector(`rt ${row.name}`, row)),
  selector('rt nexthop', { type: 'ipv4_addr', bits: 32 }),
  ...socketKeys.map((row) =>
    selector(`socket ${row.name === 'cgroupv2' ? 'cgroupv2 level 1' : row.name}`, row),
  ),
  ...ipsecKeys.flatMap((row) => [
    selector(`ipsec in ${row.name}`, row),
    selector(`ipsec out spnum 1 ${row.name}`, row),
  ]),
  ...osfKeys.map((row) => selector(`osf ${row.name}`, row)),
  selector('osf ttl skip name', { type: 'string', bits: 128 }),
  selector('numgen inc mod 2', { type: 'integer', bits: 32 }),
  selector('numgen random mod 10 offset 100', { type: 'integer', bits: 32 }),
  selector('jhash ip saddr mod 2', { type: 'integer', bits: 32 }),
  selector('jhash ip saddr . tcp dport mod 7 seed 0xdeadbeef offset 5', {
    type: 'integer',
    bits: 32,
  }),
  selector('symhash mod 2', { type: 'integer', bits: 32 }),
  selector('@th,16,16', { type: 'integer', bits: 16 }),
  selector('@nh,0,4', { type: 'integer', bits: 4 }),
  selector('@nh,8,64', { type: 'integer', bits: 64 }),
  selector('@ll,0,48', { type: 'integer', bits: 48 }),
  selector('@ih,5,3', { type: 'integer', bits: 3 }),
  selector('@nh,160,128', { type: 'integer', bits: 128 }),
  selector('@th,1,1', { type: 'integer', bits: 1 }),
  selector('tunnel path', { type: 'boolean', bits: 8 }),
  selector('tunnel id', { type: 'integer', bits: 32 }),
];

/** By group, so that groups of many rows do not crowd out the others. */
const groups: readonly (readonly Selector[])[] = [
  metaSelectors,
  metaSelectors,
  ctSelectors,
  headerSelectors,
  headerSelectors,
  headerSelectors,
  tunnelSelectors,
  extensionSelectors,
  otherSelectors,
];

const common = new Set([
  'ip saddr',
  'ip daddr',
  'tcp dport',
  'udp sport',
  'iifname',
  'oifname',
  'meta mark',
  'ct state',
  'meta l4proto',
  'ip6 saddr',
  'ip protocol',
  'th dport',
  'ct mark',
  'ip dscp',
  'ether saddr',
  'tcp flags',
  'icmp type',
  'vlan id',
]);
const commonSelectors = groups
  .slice(1)
  .flat()
  .filter(({ text }) => common.has(text));

export function anySelector(dice: Dice): Selector {
  const rows = dice.chance(35)
    ? commonSelectors
    : (groups[dice.below(groups.length)] ?? metaSelectors);
  return rows[dice.below(rows.length)] ?? selector('meta mark', { type: 'mark', bits: 32 });
}

const settable = [
  ...metaSelectors,
  ...ctSelectors,
  ...headerSelectors,
  ...tunnelSelectors,
  ...extensionSelectors,
].filter((row) => row.settable);
const wellSettable = settable.filter(({ text }) =>
  /^(meta (mark|priority|pkttype)|ct (mark|zone|label|event)|ip (dscp|ttl|saddr|ecn|id)|ip6 (dscp|hoplimit|flowlabel)|tcp (dport|flags|urgptr)|udp checksum|ether saddr|vlan pcp|tcp option maxseg size)$/.test(
    text,
  ),
);

export function settableSelector(dice: Dice): Selector {
  const rows = dice.chance(50) ? wellSettable : settable;
  return rows[dice.below(rows.length)] ?? selector('meta mark', { type: 'mark', bits: 32 }, true);
}
