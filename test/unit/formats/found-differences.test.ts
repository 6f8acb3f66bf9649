/** What test:nft once found different: each with what nft 1.1.7 says. */

import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printNft } from '../../../src/formats/nft/print.ts';
import { lower } from '../../../src/lower/lower.ts';
import { raise } from '../../../src/raise/raise.ts';

interface Asked {
  readonly listing: string;
  readonly errors: readonly Diagnostic[];
}

/** `ip p:`: a chain of that family at prerouting; input otherwise. */
function ask(place: string, rule: string): Asked {
  const [family = 'ip', hook = 'input'] = place.split(' ');
  const at = family === 'netdev' ? 'ingress device lo' : hook;
  const head = `table ${family} t {\nsynproxy sp1 {\nmss 1460\nwscale 7\n}\nset dyn {\ntype ipv4_addr\nsize 100\nflags dynamic,timeout\n}\nchain other {\n}\nchain c {\ntype filter hook ${at} priority 0\n}\n}\n`;
  const loaded = loadNft(`${head}add rule ${family} t c ${rule}\n`);
  if (loaded.diagnostics.length > 0) return { listing: '', errors: loaded.diagnostics };
  const lowered = lower(loaded.value);
  const text = printNft(raise(lowered.value, loaded.value), { stateless: true });
  const body = /\tchain c \{\n\t\ttype .*\n([\s\S]*?)\t\}/.exec(text)?.[1] ?? '';
  return { listing: body.trim(), errors: lowered.diagnostics };
}

const listed: readonly (readonly [place: string, rule: string, listing: string])[] = [
  ['inet', 'ah reserved { 23, sctp }', 'ah reserved { 23, 132 }'],
  ['inet', 'meta iiftype { icmpv6, ppp }', 'meta iiftype { 58, ppp }'],
  [
    'inet',
    'meta mark set meta mark map { tcp : udp }',
    'meta mark set meta mark map { 0x00000006 : 0x00000011 }',
  ],
  ['inet', 'synproxy mss 65537 wscale 3', 'synproxy mss 1 wscale 3'],
  ['ip', 'ct count 4294967296', 'ct count 0'],
  ['ip', 'log group 65536', 'log group 0'],
  ['ip', 'log group 65535 snaplen 0', 'log group 65535 snaplen 0'],
  ['ip', 'log group 2 snaplen 4294967296 queue-threshold 65536', 'log group 2 snaplen 0'],
  ['ip', 'meta priority 0:63', 'meta priority 0:63'],
  ['inet', 'meta nfproto ipv4 reject with icmp 254', 'reject with icmp 254'],
  ['netdev', 'tunnel id 5', 'tunnel id 5'],
  ['ip', 'meta priority aabb', 'meta priority none'],
];

const refused: readonly (readonly [place: string, rule: string, at: string])[] = [
  ['inet', 'meta oifname udp', 'udp'],
  ['inet', 'ip saddr . tcp dport { 1.1.1.1 . udp }', '{ 1.1.1.1 . udp }'],
  ['inet', 'tcp dport vmap { udp : accept }', 'udp'],
  ['inet', 'reject with icmpx 255', 'reject'],
  ['inet', 'reject with icmp 128', 'reject'],
  ['ip', 'reject with icmp 255', 'reject'],
  ['arp', 'reject with icmp host-prohibited', 'reject'],
  ['inet', 'meta mark set rt seg-left', 'seg-left'],
  ['inet', 'synproxy mss 5 wscale 15', '15'],
  ['inet', 'tunnel id 5', 'tunnel'],
  ['ip prerouting', 'synproxy name "sp1"', 'synproxy'],
  ['ip', 'meta iif 4294967295', '4294967295'],
  ['ip', 'ip saddr vmap { 1.1.1.1 limit rate 5/second : accept }', ':'],
  ['ip', 'limit rate 5/second { 1 }', '{'],
];

/** Scripts with the text at nft's first error: its evaluation comes before the kernel's answers. */
const scripts: readonly (readonly [script: string, at: string])[] = [
  ['add rule ip nope c tcp dport foo', 'foo'],
  ['add rule ip nope c tcp dport 22', 'nope'],
  ['add table ip t\nadd rule ip t nope tcp dport foo', 'foo'],
  ['add table ip t\nadd chain ip t c\nreplace rule ip t c handle 5 tcp dport foo', 'foo'],
  ['add table ip t\ncreate table ip t\nadd rule ip t c tcp dport foo', 'foo'],
  ['delete limit ip t1 o5\ncreate set ip t2 s1 { type ipv4_addr; }', 't2'],
  ['delete limit ip t1 o5\nreplace rule ip t2 c1 handle 4 ip saddr @m1', 't2'],
  ['add table ip t\nlist set ip t missing', 'missing'],
  ['table netdev t {\nchain c {\ntype filter hook input priority filter\n}\n}', 'input'],
  ['table ip t {\nchain c {\ntype nat hook input priority -300\n}\n}', '-300'],
];

describe('differences that test:nft found', () => {
  it.each(scripts)('%s', (script, at) => {
    const [error] = loadNft(`${script}\n`).diagnostics;
    expect(error?.span.source.text.slice(error.span.start, error.span.end)).toContain(at);
  });

  it.each(listed)('%s %s', (place, rule, listing) => {
    const { listing: found, errors } = ask(place, rule);
    expect(errors.map(({ message }) => message)).toEqual([]);
    expect(found).toBe(listing);
  });

  it.each(refused)('refused: %s %s', (place, rule, at) => {
    const [error] = ask(place, rule).errors;
    expect(error).toBeDefined();
    const text = error?.span.source.text.slice(error.span.start, error.span.end) ?? '';
    expect(text.includes(at)).toBe(true);
  });
});
