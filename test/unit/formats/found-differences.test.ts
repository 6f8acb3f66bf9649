/** What test:nft once found different: each with what nft 1.1.7 says. */

import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printNft } from '../../../src/formats/nft/print.ts';
import { writeNftJson } from '../../../src/formats/nft-json/write.ts';
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
  const synproxy = family === 'netdev' ? '' : 'synproxy sp1 {\nmss 1460\nwscale 7\n}\n';
  const head = `table ${family} t {\n${synproxy}set dyn {\ntype ipv4_addr\nsize 100\nflags dynamic,timeout\n}\nchain other {\n}\nchain c {\ntype filter hook ${at} priority 0\n}\n}\n`;
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
  ['ip', 'meta hour 90000', 'meta hour "01:00"'],
  ['ip', 'meta hour 4294967295', 'meta hour "23:59:59"'],
  ['ip', 'meta hour 200000', 'meta hour "31:33:20"'],
  ['ip', 'socket cgroupv2 level 1 7', 'socket cgroupv2 level 1 7'],
  ['ip', 'ip saddr 10.0.0.0/8,1.2.3.4', 'ip saddr & 1.2.3.12 == 10.0.0.0'],
  ['ip', 'ct state <= new', 'ct state <= 0x8'],
  ['ip', 'ct state != new', 'ct state != new'],
  ['ip', 'meta iiftype > ether', 'meta iiftype > 1'],
  ['ip', 'tcp flags >= syn', 'tcp flags >= syn'],
  ['ip', 'tcp flags { syn, 4-63 }', 'tcp flags { syn, 0x4-0x3f }'],
  ['ip', 'ct state != { new, 0x40/24 }', 'ct state != { 0x0-0xff }'],
  ['netdev', 'fib daddr type local', 'fib daddr type local'],
  ['ip', 'meta priority 4294967297', 'meta priority 0:1'],
  ['ip', 'meta priority 18446744073709551616', 'meta priority root'],
  ['ip', 'meta hour 4294967297', 'meta hour "00:00:01"'],
  ['ip', 'meta hour 1/3', 'meta hour & "1043939:39:44" == "00:00"'],
  ['ip', 'meta time 18446744073', 'meta time "2554-07-21 23:34:33"'],
  ['ip', 'meta iif 08', 'iif 8'],
  ['ip', 'tcp dport 08', 'tcp dport 8'],
  ['ip', 'meter mt { ip saddr timeout 0s counter }', 'add @mt { ip saddr counter }'],
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
  ['ip', 'limit rate 10/second burst 0 packets', 'burst 0 packets'],
  ['ip', 'quota until 512 bytes used 513 bytes', 'quota'],
  ['ip', 'tcp option window count set 5', 'tcp option window count'],
  ['ip', 'queue to symhash mod 0', 'symhash mod 0'],
  ['ip', 'update @dyn { ip saddr ct count over 5 } accept masquerade', 'masquerade'],
  ['ip', 'limit rate 0/second tcp dport foo', 'foo'],
  ['ip', 'dup to 10.0.0.1-10.0.0.9 device "nosuch"', '"nosuch"'],
  ['netdev', 'fib daddr . oif type local', 'fib'],
  ['ip', 'meta day 1/3', '1/3'],
  ['ip', 'symhash mod 10 1/3', '1/3'],
  ['ip', 'meta skgid 08', '08'],
  ['ip', 'meta priority "::a"', '::a'],
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
  ['table ip t {\nset s {\ntype nonsense . 5 .\n}\n}\nlist set ip x y', '5'],
  ['destroy chain inet t c', 't'],
  ['destroy rule inet t c handle 4', 't'],
  ['export ruleset json', 'export'],
  ['table ip t {\nchain c {\n}\n}\nflush ruleset\nadd element ip t s { 1 }', 's'],
  ['table ip t {\nchain c {\n}\n}\nflush ruleset\nlist chain ip t d', 'd'],
  ['import ruleset json', 'import'],
  ['table ip t {\nset s {\ntype dscp\n}\n}\ndestroy element ip t s { 1.2.3.4 }', '1.2.3.4'],
  ['table ip t {\nset s {\ntype ipv4_addr\n}\n}\nget element ip t s { 1.2.3.4 }', 'get'],
  ['table ip t {\nset s {\ntype mark\n}\n}\ncreate set ip t s { type ipv4_addr; }', '{ type'],
  ['add table ip t\nlist ct helper ip t x', 'x'],
  ['table ip t {\nchain c {\njump d\n}\n}\nadd chain ip t d', 'jump d'],
  ['table ip t {\nchain c {\nip saddr @x\n}\n}\nflush ruleset', '@x'],
  ['table ip t {\nchain c {\ncounter name "x"\n}\n}\ndelete table ip t', 'counter name'],
];

const intervals = (body: string, rest = '') =>
  `table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\tflags interval\n${body}\t}\n}\n${rest}`;
const elements = (list: string) => `\t\telements = { ${list} }\n`;
const both = elements('10.0.0.1, 10.0.1.0/24');

/** Scripts and what is listed then. */
const results: readonly (readonly [script: string, listing: string])[] = [
  ['table ip t {\n\tchain c {\n\t}\n}\nflush ruleset\nlist chain ip t c\n', ''],
  [intervals(both, 'delete element ip t s { 10.0.1.0/24 }\n'), intervals(both)],
  [
    intervals(both, 'delete element ip t s { 10.0.0.1 }\ndelete element ip t s { 10.0.0.1 }\n'),
    intervals(elements('10.0.1.0/24')),
  ],
  [
    intervals(both, 'add element ip t s { 10.0.3.1 }\ndelete element ip t s { 10.0.0.1 }\n'),
    intervals(elements('10.0.1.0/24, 10.0.3.1')),
  ],
];

const chainOf = (rules: string): string => `table ip t {\n\tchain c {\n${rules}\t}\n}\n`;

/** Handle 0 is none: a place at the edge, or all rules. */
const withoutHandle: typeof results = [
  [
    `${chainOf('drop\n')}insert rule ip t c position 0 continue\nadd rule ip t c handle 0 accept\n`,
    chainOf('\t\tcontinue\n\t\tdrop\n\t\taccept\n'),
  ],
  [`${chainOf('drop\naccept\n')}delete rule ip t c handle 0\n`, chainOf('')],
];

/** The kernel takes a time or size of 0 for none, and sizes in 32 bits. */
const zeroes: typeof results = ['size 0', 'size 4294967296', 'timeout 0s', 'gc-interval 0s'].map(
  (line) => [
    `table ip t {\n\tset s {\n\t\ttype mark\n\t\t${line}\n\t}\n}\n`,
    'table ip t {\n\tset s {\n\t\ttype mark\n\t}\n}\n',
  ],
);

/** Duplicates and the element for all others need no room; a constant set has no size. */
const roomy: typeof results = [
  [
    'table ip t {\n\tset s {\n\t\ttype mark\n\t\tsize 1\n\t\telements = { 0x1, 1, * }\n\t}\n}\n',
    'table ip t {\n\tset s {\n\t\ttype mark\n\t\tsize 1\t# count 1\n\t\telements = { 0x00000001, * }\n\t}\n}\n',
  ],
  [
    'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 1.1.1.1 timeout 0s }\n\t}\n}\n',
    'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 1.1.1.1 }\n\t}\n}\n',
  ],
];

/** What nft keeps of `typeof`. */
const kept: typeof results = [
  [
    'table ip t {\n\tset s {\n\t\ttypeof ip saddr . socket cgroupv2 level 2\n\t}\n}\n',
    'table ip t {\n\tset s {\n\t\ttypeof ip saddr . socket cgroupv2 level 0\n\t}\n}\n',
  ],
];

const map = (elements: string): string =>
  `table ip t {\nmap m {\ntype inet_service : mark\nelements = { ${elements} }\n}\n}`;
const set = (lines: string): string => `table ip t {\nset s {\ntype ipv4_addr\n${lines}\n}\n}`;

const lowered: typeof scripts = [
  [map('22, 23 : 5'), '22'],
  [set('size 1\nelements = { 1.1.1.1, 2.2.2.2 }'), '2.2.2.2'],
  [set('flags constant,timeout'), 's'],
  [set('flags interval,dynamic'), 's'],
  ['table ip t {\nmap m {\ntype mark : counter\nflags dynamic\n}\n}', 'm'],
  ['table ip t {\nlimit l {\nrate 4294967296 kbytes/second\n}\n}', 'l'],
  ['table ip t {\nset s {\ntype mark\ngc-interval 10s\n}\n}', 's'],
  ['table ip t {\nset s {\ntype mark\ncounter last quota 5 bytes\n}\n}', 's'],
  ['table ip t {\nct timeout x {\nprotocol tcp\npolicy = { bogus : 5 }\n}\n}', 'bogus'],
  ['table ip t {\nquota q {\n512 bytes used 1 kbytes\n}\n}', 'q'],
];

const priorities: readonly (readonly [written: string, value: number])[] = [
  ['2147483648', -2147483648],
  ['-2147483649', 2147483647],
  ['4294967296', 0],
  ['filter + 2147483648', -2147483648],
];

describe('differences that test:nft found', () => {
  it.each(scripts)('%s', (script, at) => {
    const [error] = loadNft(`${script}\n`).diagnostics;
    expect(error?.span.source.text.slice(error.span.start, error.span.end)).toContain(at);
  });

  it.each(lowered)('%s', (script, at) => {
    const [error] = lower(loadNft(`${script}\n`).value).diagnostics;
    expect(error?.span.source.text.slice(error.span.start, error.span.end)).toBe(at);
  });

  it.each([...results, ...withoutHandle, ...zeroes, ...roomy, ...kept])('%j', (script, listing) => {
    const { value, diagnostics } = loadNft(script);
    expect(diagnostics).toEqual([]);
    expect(printNft(raise(lower(value).value, value))).toBe(listing);
  });

  it('an ICMP answer of unknown version is null in JSON', () => {
    const rule = 'vlan id 5 reject with icmp port-unreachable';
    const { value } = loadNft(
      `table netdev t {\nchain c {\ntype filter hook ingress device lo priority 0\n${rule}\n}\n}\n`,
    );
    expect(writeNftJson(raise(lower(value).value, value))).toContain('{"reject": null}');
  });

  it('JSON has signed numbers, and no names of several bytes in ranges', () => {
    const rules = 'ct original packets 18446744073709551615\nfib daddr type 1-5\nmeta day 1-3';
    const set = 'set s {\ntype mark\nsize 4294967295\n}\n';
    const { value } = loadNft(`table ip t {\n${set}chain c {\n${rules}\n}\n}\n`);
    const json = writeNftJson(raise(lower(value).value, value));
    expect(json).toContain('"right": -1}');
    expect(json).toContain('"size": -1');
    expect(json).toContain('{"range": [1, 5]}');
    expect(json).toContain('{"range": ["Monday", "Wednesday"]}');
  });

  it('[invalid type] is named', () => {
    const { diagnostics } = loadNft('add element t m { 0xa020304 [invalid type] : 1 }\n');
    expect(diagnostics[0]?.hint).toContain('[invalid type]');
  });

  it.each(priorities)('priority %s', (written, value) => {
    const { value: ruleset } = loadNft(
      `table ip t {\nchain c {\ntype filter hook input priority ${written}\n}\n}\n`,
    );
    expect(ruleset.tables[0]?.chains[0]?.base?.priority.value).toBe(value);
  });

  it('a rule cannot add to a set of intervals that comes with it', () => {
    const { value } = loadNft(
      `${set('flags interval')}\nadd chain ip t c\nadd rule ip t c add @s { ip saddr }\n`,
    );
    expect(lower(value).diagnostics.map(({ code }) => code)).toEqual(['kernel-refused']);
  });

  it('a set that was there before is not made dynamic', () => {
    const into = loadNft('table ip t {\nset s {\ntype ipv4_addr\n}\nchain c {\n}\n}\n').value;
    const { value } = loadNft('add rule ip t c add @s { ip saddr }\n', { into });
    const again = loadNft('add rule ip t c update @s { ip saddr }\n', { into: value }).value;
    const whole = loadNft(
      'table ip t {\nset s {\ntype ipv4_addr\n}\nchain c {\nadd @s { ip saddr }\n}\n}\n',
    ).value;
    const dynamic = [value, again, whole].map(
      (one) => lower(one).value.tables[0]?.sets[0]?.dynamic,
    );
    expect(dynamic).toEqual([false, false, true]);
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
