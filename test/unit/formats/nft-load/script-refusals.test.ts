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

const set = (rest: string, type = 'ipv4_addr') => `table t { set s { type ${type}; ${rest} }\n}\n`;

/** What was wrong is refused, although it is gone in the end. */
const gone: readonly Case[] = [
  ['table t { chain c { tcp dport 99999; }\n}\nflush chain t c', '99999'],
  ['table t { chain c { tcp dport 99999; }\n}\nflush ruleset', '99999'],
  ['table t { chain c { tcp dport 99999; }\n}\ndelete table t', '99999'],
  [`${chain}add rule t c limit rate 0/second\nflush chain t c`, 'limit rate 0/second'],
  [`${chain}add rule t c jump c\nflush chain t c`, ''],
  [`${chain}add rule t c masquerade\nflush chain t c`, ''],
  [`${set('elements = { 22 . 3 };')}delete table t`, '22'],
  [`${set('elements = { 1.1.1.1 timeout 4s };')}delete element t s { 1.1.1.1 }`, '1.1.1.1'],
  [`${set('elements = { 1.1.1.1 timeout 4s };')}flush set t s`, ''],
  [`${set('')}add element t s { 1.1.1.1 timeout 4s }\nflush set t s`, '1.1.1.1'],
  [
    `${set('', 'ipv6_addr')}${chain}add rule t c ip saddr @s\nflush chain t c\ndelete set t s`,
    '@s',
  ],
  [`${set('flags interval; elements = { 1.1.1.0/24 };')}flush set t s`, ''],
  ['add table t\nadd quota t q { 5 bytes used 10 bytes; }\ndelete quota t q', 'q'],
  [
    'table t { chain c { type filter hook input priority 0; }\nchain d { jump c; }\n}\nflush chain t d',
    'jump c',
  ],
];

const kernel: readonly Case[] = [
  ['table t { flags persist; }\nadd table t', 'add table t'],
  ['table t { flags persist; }\ntable t { flags persist; }', ''],
  ['add table t\ntable t { flags owner; }', 'table t'],
  ['table t { flags dormant; }\nadd table t', ''],
  ['table t { flags dormant; }\nadd table t\ntable t { flags dormant; }', 'table t'],
  [set('elements = { 1.1.1.1 timeout 1h };'), '1.1.1.1'],
  [set('timeout 5s; elements = { 1.1.1.1 timeout 1h };'), ''],
  [set('size 10; ct count 5;'), 's'],
  [set('size 10; flags dynamic; ct count 5;'), ''],
  [set('flags timeout; ct count 5;'), 's'],
  [set('flags interval; ct count 5;'), ''],
  [`${chain}add rule t c ct event new`, 'ct event'],
  [`${chain}add rule t c ct event set new`, ''],
  ['add table arp t\nadd synproxy arp t o { mss 1; wscale 2; }', 'o'],
  ['table netdev t { ct helper o { type "ftp" protocol tcp; }\n}', 'o'],
  ['table ip t { ct helper o { type "ftp" protocol tcp; l3proto inet; }\n}', ''],
  ['table ip t { ct helper o { type "ftp" protocol tcp; l3proto ip6; }\n}', 'o'],
  ['table ip t { ct timeout o { protocol tcp; l3proto ip6; policy = { close : 5 }; }\n}', ''],
];

const hooked = (rule: string) =>
  `table bridge t { chain c { type filter hook input priority 0; ${rule}; }\n}`;

/** Only what a base chain reaches is looked at when all is done. */
const families: readonly Case[] = [
  ['table bridge t { chain c { rt classid 1; meta ipsec exists; }\n}', ''],
  [hooked('rt classid 1'), 'rt classid 1'],
  [hooked('meta ipsec exists'), 'meta ipsec exists'],
  ['table bridge t { chain c { socket transparent 1; }\n}', 'socket transparent 1'],
  ['table t { chain c { iif "eth7"; }\n}\nflush table t', ''],
];

const expectation = 'ct expectation o { protocol tcp; dport 9; timeout 2m; size 12;';

const expectations: readonly Case[] = [
  [`table ip t { ${expectation.replace('12', '257')} }\n}`, ''],
  [`table ip t { ${expectation.replace('12', '256')} }\n}`, 'o'],
  [`table ip t { ${expectation} }\n}`, ''],
  [`table ip t { ${expectation} l3proto ip6; }\n}`, 'o'],
  [`table inet t { ${expectation} l3proto ip6; }\n}`, ''],
  [`table inet t { ${expectation} }\n}`, 'o'],
  [`table bridge t { ${expectation} l3proto ip; }\n}`, 'o'],
];

describe('scripts that are refused', () => {
  it.each([...kernel, ...expectations, ...families])('by the kernel: %j at %j', (script, at) => {
    expect(blamed(script)).toBe(at);
  });

  it.each([...names, ...chains, ...views, ...addresses, ...prefixes, ...gone])(
    '%j at %j',
    (script, at) => {
      expect(blamed(script)).toBe(at);
    },
  );
});
