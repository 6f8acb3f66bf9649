/** Scripts that nft 1.1.7 or the kernel refuses, and the place of the first message; '' where they are accepted. */

import { describe, expect, it } from 'vitest';
import { loadNft } from '../../../../src/formats/nft/load.ts';
import { lower } from '../../../../src/lower/lower.ts';

/** The text that the first diagnostic points at. */
function blamed(script: string): string {
  const loaded = loadNft(`${script}\n`);
  const [first] = [...loaded.diagnostics, ...lower(loaded.value).diagnostics];
  if (first === undefined) return '';
  const { source, start, end } = first.span;
  return source.text.slice(start, end);
}

type Case = readonly [script: string, at: string];

const long = (length: number): string => 'e'.repeat(length);
const chain = 'table ip t { chain c { }\n}\n';

const names: readonly Case[] = [
  [`add table ${long(255)}`, ''],
  [`add table ${long(256)}`, long(256)],
  [`add table ${long(257)}\nadd rule t c ip saddr x/9`, long(257)],
  [`${chain}add rule t c jump ${long(256)}`, long(256)],
  [`${chain}add chain t ${long(256)}\nadd rule t c ip saddr 1.2.3.4/33`, '1.2.3.4/33'],
  [`define d = ${long(257)}\n${chain}add rule t c jump $d`, long(257)],
  ['define d = { 1024 }\ntable t { chain c { jump $d; }\n}', '{ 1024 }'],
];

const chains: readonly Case[] = [
  ['table netdev t { chain c { devices = { lo }; }\n}', 'c'],
  ['table ip t { chain c { devices = { lo }; }\n}', 'lo'],
  ['table inet t { chain c { devices = { lo, lo2 }; }\n}', 'lo, lo2'],
  ['add table netdev t\nadd chain netdev t c\nadd chain netdev t c { devices = { lo }; }', 'c'],
  ['add table netdev t\nadd chain netdev t c\ndelete chain netdev t c { devices = { lo }; }', ''],
  [
    'table netdev t { chain c { type filter hook ingress priority 0; }\n}\nadd chain netdev t c { devices = { lo }; }',
    '',
  ],
  [
    'table ip t { chain c { type filter hook input device lo priority 0; iif "none0"; }\n}',
    'device',
  ],
  [`${chain}rename chain ip t c d`, 'rename chain ip t c d'],
  ['table ip t { flowtable f { devices = { lo }; }\n}', 'f'],
];

const views: readonly Case[] = [
  [`${chain}list table t\ndelete table t`, 'list table t'],
  [`${chain}list chain t c\ndestroy table t`, 'list chain t c'],
  [`${chain}list chain t c\ndelete chain t c`, ''],
  [`${chain}list table t\ndelete table t\nadd table t`, ''],
  [`${chain}list table t\nflush ruleset`, ''],
  [`${chain}list ruleset\ndelete table t`, ''],
  [
    'table t { set s { type ipv4_addr; elements = { 1.1.1.1 }; }\n}\nget element t s { 1.1.1.1 }',
    'get element t s { 1.1.1.1 }',
  ],
];

const addresses: readonly Case[] = [
  ['table arp t { chain c { ct mark set ct saddr map { 1.2.3.4 : 5 }; }\n}', 'ct saddr'],
  ['table arp t { chain c { ct helper set ct saddr map { 1::2 : "p" }; }\n}', '{ 1::2 : "p" }'],
  ['table arp t { chain c { ct saddr 1.2.3.4; }\n}', '1.2.3.4'],
  [
    'table ip t { set s { type ipv4_addr; }\nchain c { ct original saddr @s; }\n}',
    'ct original saddr',
  ],
  ['table bridge t { chain c { ether type ip ct original saddr 1.2.3.4; }\n}', 'ct original saddr'],
  ['table ip t { set s { typeof ip saddr . ct original saddr; }\n}', 'ct original saddr'],
  ['table ip t { set s { typeof ct original saddr; }\n}', 's { typeof ct original saddr; }'],
];

const prefixes: readonly Case[] = [
  [`${chain}add rule t c iifname "ab*c"/24`, '"ab*c"/24'],
  [`${chain}add rule t c ct helper "a**c"/16`, '"a**c"/16'],
  [`${chain}add rule t c iifname "ab*c"/16`, ''],
];

describe('scripts that are refused', () => {
  it.each([...names, ...chains, ...views, ...addresses, ...prefixes])('%j at %j', (script, at) => {
    expect(blamed(script)).toBe(at);
  });
});
