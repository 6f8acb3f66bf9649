/** Texts of rules, put together from every selector, operator, right side and statement. */

import type { Family } from '../../src/fields/families.ts';
import type { Dice } from './dice.ts';
import { anySelector, type Selector, settableSelector } from './fields.ts';
import { valueText } from './values.ts';

/** What stands for a part of a template. */
type Filler = (dice: Dice) => string;

const list =
  (items: readonly [string, ...string[]]): Filler =>
  (dice) =>
    dice.pick(items);

const fillers: Readonly<Record<string, Filler>> = {
  4: list(['10.0.0.1', '192.168.1.1-192.168.1.9', '1.1.1.0/24', '10.0.0.9-10.0.0.2', '0.0.0.0']),
  6: list(['fe80::1', '2001:db8::1-2001:db8::9', '[::1]', '2001:db8::/64']),
  p: list(['80', '8080-8090', 'ssh', '65536', '0', '90-80', '1-65535']),
  n: list([
    '0',
    '1',
    '2',
    '10',
    '100',
    '65535',
    '65536',
    '4294967295',
    '4294967296',
    '0x1f',
    '512',
    '255',
  ]),
  i: list(['lo', '"lo"', 'eth0', '"nosuch"']),
  u: list(['second', 'minute', 'hour', 'day', 'week', 'year']),
  b: list(['bytes', 'kbytes', 'mbytes', 'gbytes']),
  v: list([
    'accept',
    'drop',
    'return',
    'continue',
    'jump other',
    'goto other',
    'jump nowhere',
    'queue',
  ]),
  f: list([
    'random',
    'persistent',
    'fully-random',
    'random,persistent',
    'fully-random,persistent',
    'random , fully-random',
  ]),
  q: list(['"abc"', '"x y: "', '"%"', 'plain', '""']),
  l: list(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit', 'warning']),
  c: list([
    'host-unreachable',
    'port-unreachable',
    'no-route',
    'admin-prohibited',
    'net-unreachable',
    '3',
    '255',
    '256',
    'addr-unreachable',
    'policy-fail',
    'reject-route',
    'net-prohibited',
    'prot-unreachable',
    'frag-needed',
    'host-prohibited',
  ]),
  t: list(['30s', '1m', '1d2h', '10', '0s', '500ms']),
  s: (dice) => anySelector(dice).text,
  w: (dice) => settableSelector(dice).text,
  m: (dice) => matchText(dice),
  r: (dice) => rightSide(dice, settableSelector(dice)),
};

const statements: readonly string[] = [
  '%v',
  'accept',
  'drop',
  'counter',
  'counter packets %n bytes %n',
  'counter name c1',
  'counter name "c1"',
  'counter name nope',
  'quota name q1',
  'limit name l1',
  'limit name "l1"',
  'counter name tcp dport map { 80 : "c1", 443 : "c1" }',
  'counter name ip saddr map @om',
  'ct helper set "h1"',
  'ct timeout set "ti1"',
  'ct expectation set "ex1"',
  'synproxy name "sp1"',
  'ct helper set tcp dport map { 21 : "h1" }',
  'meta secmark set "sm1"',
  'meta secmark set tcp dport map { 22 : "sm1" }',
  'quota %n %b',
  'quota over %n %b',
  'quota until %n %b used %n %b',
  'limit rate %n/%u',
  'limit rate over %n/%u burst %n packets',
  'limit rate %n %b/%u',
  'limit rate over %n %b/second burst %n %b',
  'limit rate until %n/second burst %n packets',
  'ct count %n',
  'ct count over %n',
  'last',
  'last used never',
  'last used %t',
  'log',
  'log prefix %q',
  'log level %l',
  'log group %n',
  'log prefix %q group %n snaplen %n queue-threshold %n',
  'log flags all',
  'log flags tcp sequence,options',
  'log flags ip options flags skuid flags ether',
  'log prefix %q level %l flags tcp options',
  'log level %l group 2',
  'log prefix "a" prefix "b"',
  'reject',
  'reject with tcp reset',
  'reject with icmp %c',
  'reject with icmp type %c',
  'reject with icmpv6 %c',
  'reject with icmpv6 type %c',
  'reject with icmpx %c',
  'reject with icmpx type %c',
  'reject with icmp code %c',
  'meta l4proto tcp reject with tcp reset',
  'meta nfproto ipv4 reject with icmp %c',
  'ip protocol tcp reject with tcp reset',
  'snat to %4',
  'dnat to %4',
  'snat to %6',
  'dnat to %6',
  'dnat to %4:%p',
  'tcp dport 80 dnat to %4:%p',
  'tcp dport 1-100 dnat to %4:%p %f',
  'snat ip to %4',
  'dnat ip to %4 %f',
  'dnat ip6 to %6',
  'dnat ip6 to [2001:db8::1]:%p',
  'udp dport 53 dnat ip to %4:%p',
  'dnat to ip saddr map { 10.0.0.1 : 10.0.0.2, 10.0.0.3-10.0.0.5 : 1.1.1.1 }',
  'dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080, 443 : 10.0.0.2 . 8443 }',
  'dnat to tcp dport map { 80 : 10.0.0.1 . 8080 }',
  'dnat ip addr . port to tcp dport map { 80 : 10.0.0.1 . 8080 }',
  'snat ip prefix to ip saddr map { 10.0.0.0/24 : 192.168.0.0/24 }',
  'snat ip interval to ip saddr map { 10.1.1.1 : 10.2.2.1-10.2.2.9 }',
  'dnat ip to ip saddr map @am',
  'snat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
  'dnat to jhash ip saddr mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
  'snat prefix to 10.0.0.0/24',
  'dnat to :%p',
  'ip protocol tcp dnat to :%p',
  'snat to ip daddr',
  'dnat to ct mark map { 1 : 10.0.0.1 }',
  'dnat to 10.0.0.1:tcp dport map { 80 : 8080 }',
  'meta l4proto { tcp, udp } dnat to %4:%p',
  'dnat to 10.0.0.1 persistent',
  'snat to 10.0.0.1-10.0.0.9:%p random',
  'dnat to %4 . %p',
  'dnat ip to 10.0.0.1/31',
  'masquerade',
  'masquerade %f',
  'tcp dport 22 masquerade to :%p',
  'masquerade to :%p',
  'meta l4proto tcp masquerade to :%p %f',
  'redirect',
  'redirect %f',
  'tcp dport 80 redirect to :%p',
  'udp dport 53 redirect to :%p %f',
  'redirect to %p',
  'redirect to tcp dport map { 80 : 8080, 443 : 8443 }',
  'ip protocol udp redirect to :%p',
  'redirect to :tcp dport map { 22 : 8000 }',
  'tproxy to %4',
  'tproxy to :%p',
  'tproxy ip to %4:%p',
  'meta l4proto tcp tproxy to :%p',
  'meta l4proto tcp tproxy ip to 10.0.0.1:%p',
  'meta l4proto 17 tproxy ip6 to [2001:db8::1]:%p',
  'ip protocol tcp tproxy to 10.0.0.1',
  'meta l4proto tcp tproxy ip to :%p',
  'tproxy ip6 to %6',
  'notrack',
  'dup to %4',
  'dup to %4 device %i',
  'dup to ip saddr',
  'dup to ip saddr map { 10.0.0.1 : 10.0.0.2 } device lo',
  'dup to %i',
  'fwd to %i',
  'fwd ip to %4 device %i',
  'fwd to meta mark map { 1 : "lo" }',
  'fwd ip6 to fe80::1 device lo',
  'queue',
  'queue num %n',
  'queue to %n',
  'queue num 1-3',
  'queue num 0-3 bypass,fanout',
  'queue flags bypass to 1-4',
  'queue flags bypass,fanout to 5',
  'queue to symhash mod 2',
  'queue to numgen inc mod 3',
  'queue to jhash oif . meta mark mod 32',
  'queue to tcp dport map { 22 : 1 }',
  'queue num 5-2',
  'queue to oifname map { lo : 1 }',
  'synproxy',
  'synproxy mss %n',
  'synproxy mss 1460 wscale %n',
  'synproxy mss 1460 wscale 7 timestamp sack-perm',
  'synproxy timestamp',
  'tcp flags syn synproxy mss 1 wscale 2 sack-perm',
  'flow add @ft',
  'flow offload @ft',
  'reset tcp option %n',
  'reset tcp option sack-perm',
  'reset tcp option fastopen',
  'reset tcp option nosuch',
  'reset ip option ra',
  'add @dyn { ip saddr }',
  'update @dyn { ip saddr timeout %t }',
  'add @dyn { ip saddr limit rate %n/second }',
  'add @dyn { ip saddr counter }',
  'delete @dyn { ip saddr }',
  'update @dyn { ip saddr ct count over %n }',
  'set add ip saddr @dyn',
  'set update ip saddr timeout %t @dyn',
  'add @dynp { ip saddr . tcp dport }',
  'update @dynp { ip saddr . tcp dport timeout %t counter }',
  'add @dynm { ip saddr : %n }',
  'update @dynm { ip saddr timeout %t : meta mark }',
  'add @dyn { ip6 saddr }',
  'add @a4 { ip saddr }',
  'add @dyn { ip saddr & 255.255.255.0 }',
  'add @dyn { ip saddr and 255.255.0.0 timeout 5s counter }',
  'add @dynm { ip saddr : ct mark and 0xff }',
  'update @dynm { ip saddr : jhash ip saddr mod 5 }',
  'meter mt { ip saddr limit rate %n/second }',
  'meter mt size %n { ip saddr timeout %t limit rate 1/second }',
  'meter mt { ip saddr . tcp dport counter }',
  'meter mt { iif . ip saddr ct count %n }',
  'meter mt { ct mark limit rate over 10 mbytes/second }',
  'add @dyn { ip saddr quota 10 mbytes counter }',
  'add @dyn { ip saddr last }',
  'add @dyn6 { ip6 saddr }',
  'update @dynt { %s }',
  'ip saddr vmap { 10.0.0.1 : accept, 10.0.0.0/8 : %v }',
  'tcp dport vmap { 22 : %v, 80-90 : %v }',
  'ct state vmap { established : accept, related : %v, invalid : drop }',
  'ip saddr . tcp dport vmap { 10.0.0.1 . 80 : %v, 10.0.0.2 . 22 : %v }',
  'iifname vmap { "lo" : accept, "eth*" : %v }',
  'ip saddr vmap @vm',
  'meta l4proto vmap { tcp : %v, udp : %v }',
  'meta mark vmap { 1 : %v, 2-5 : %v }',
  'ip saddr vmap { 10.0.0.1 : accept, * : drop }',
  'ip saddr . tcp dport vmap { 10.0.0.0/24 . 1-1024 : %v }',
  'tcp flags vmap { syn : accept, syn|ack : drop }',
  'icmp type vmap { echo-request : accept }',
  'ct direction vmap { original : %v, reply : %v }',
  'meta nfproto vmap { ipv4 : jump other, ipv6 : %v }',
  'ip saddr vmap { 10.0.0.1 counter : accept }',
  'numgen inc mod 2 vmap { 0 : %v, 1 : %v }',
  'jhash ip saddr mod 4 vmap { 0-1 : %v, 2-3 : drop }',
  'ct mark & 0xff vmap { 1 : %v }',
  '%s vmap { %n : accept }',
  'ether saddr . vlan id vmap { 00:11:22:33:44:55 . 5 : accept }',
  'fib daddr type vmap { local : accept, blackhole : drop }',
  'jump { counter\n}',
  'goto { accept\n}',
  'jump { ip saddr 10.0.0.1 drop; counter; }',
  'comment "text"',
  'accept comment "x"',
  'ct state new',
  'ct state established,related accept',
  'ct state != { new, untracked }',
  'ct state ! new',
  'ct status snat,dnat',
  'ct status ! dnat',
  'tcp flags syn / fin,syn,rst,ack',
  'tcp flags & (fin | syn) == syn',
  'tcp flags ! syn',
  'tcp flags != syn',
  'tcp flags fin,syn',
  'tcp flags { syn, fin }',
  'tcp flags & syn != 0',
  'tcp flags (fin | syn)',
  'tcp flags == fin | syn',
  'tcp flags & (fin,syn,rst) == syn',
  'tcp flags & fin|syn == syn',
  '%m',
  '%m',
  '%m',
  '%m',
  '%m',
  '%m',
  '%w set %r',
  '%w set %r',
  '%w set %r',
  '%w set %s',
  'meta mark set %m',
  '%w set %w | 0x1',
  '%w set %w and 0xf',
  '%w set %w & 0xf0 | 0x5',
  '%w set %w xor 3',
  '%w set %w lshift 2',
  '%w set %w << 2 | 1',
  '%w set %s map { %n : %n }',
  '%w set %w or %s',
  '%w set %s & 0xff',
  '%w set jhash %s mod 16',
  '%w set numgen inc mod 4 offset 1',
  '%w set (%w & 0xff) >> 2',
  '%w set %s . %s map { %n . %n : %n }',
  'ct mark set meta mark',
  'meta mark set ct mark',
  'ct mark set meta mark & 0xffff | 0x10000',
  'meta mark set ct mark << 8',
  'meta mark set ip dscp',
  'meta mark set ip dscp << 2 | 0x10',
  'ip dscp set meta mark',
  'ct mark set ip dscp or 0x200',
  'meta mark set ip saddr',
  'ct zone set %n',
  'ct original zone set %n',
  'ct zone set meta mark map { 1 : 5, 2 : 6 }',
  'ct event set new,related',
  'ct label set 1',
  'meta priority set 1:2',
  'meta nftrace set 1',
  'meta pkttype set host',
  'ct mark set numgen random mod 5',
  'tcp option maxseg size set rt mtu',
  'tcp option maxseg size set %n',
  'ip dscp set cs1',
  'ip6 dscp set af41',
  'ip ecn set ce',
  'vlan pcp set 3',
  'vlan id set %n',
  'ether daddr set ether saddr',
  'ip ttl set %n',
  'ip saddr set 10.0.0.1',
  'ip6 daddr set ::1',
  'tcp dport set 8080',
  'udp checksum set 0',
  'ip dscp set ip dscp map { cs1 : cs2 }',
  'ip dscp set ip dscp | 0x3',
  'ip ttl set ip ttl & 0x3f',
  'meta mark set (meta mark | ct mark) & 0xff',
];

const operators = [
  '',
  '',
  '',
  '',
  '== ',
  '!= ',
  '!= ',
  '< ',
  '> ',
  '<= ',
  '>= ',
  'eq ',
  'ne ',
  'lt ',
  'ge ',
  '! ',
] as const;

function one(dice: Dice, selector: Selector): string {
  return valueText(selector, dice);
}

function range(dice: Dice, selector: Selector): string {
  return `${one(dice, selector)}-${one(dice, selector)}`;
}

function elementOf(dice: Dice, selector: Selector): string {
  const roll = dice.below(20);
  if (roll < 14) return one(dice, selector);
  if (roll < 18) return range(dice, selector);
  return roll === 18 ? '*' : `${one(dice, selector)} counter`;
}

function several(count: number, make: () => string): string {
  return Array.from({ length: count }, make).join(', ');
}

/** What may stand behind a selector and its operator. */
export function rightSide(dice: Dice, selector: Selector): string {
  const roll = dice.below(100);
  if (roll < 50) return one(dice, selector);
  if (roll < 62) return range(dice, selector);
  if (roll < 80) return `{ ${several(1 + dice.below(4), () => elementOf(dice, selector))} }`;
  if (roll < 84) return several(2, () => one(dice, selector)).replaceAll(', ', ',');
  if (roll < 88) return `${one(dice, selector)} | ${one(dice, selector)}`;
  if (roll < 90) return dice.pick(['@a4', '@i4', '@p1', '@nope', '@dyn', '@cc']);
  if (roll < 92) return anySelector(dice).text;
  if (roll < 94)
    return `${one(dice, selector)} map { ${one(dice, selector)} : ${one(dice, selector)} }`;
  if (roll < 96) return `(${one(dice, selector)} | ${one(dice, selector)})`;
  return dice.pick([
    '$undefined',
    '1 << 2',
    '0x3 & 0x1',
    '~1',
    '-1',
    '{ }',
    '""',
    '"',
    '1,2,3',
    '1-2-3',
    'exists',
  ]);
}

function concatMatch(dice: Dice): string {
  const parts = Array.from({ length: 2 + dice.below(2) }, () => anySelector(dice));
  const left = parts.map(({ text }) => text).join(' . ');
  const element = () =>
    parts.map((part) => (dice.chance(20) ? range(dice, part) : one(dice, part))).join(' . ');
  const roll = dice.below(10);
  if (roll < 6)
    return `${left} ${dice.chance(20) ? '!= ' : ''}{ ${several(1 + dice.below(3), element)} }`;
  if (roll < 7) return `${left} ${element()}`;
  if (roll < 8) return `${left} @cc`;
  return `${left} vmap { ${several(1 + dice.below(2), () => `${element()} : ${dice.pick(['accept', 'drop', 'jump other'])}`)} }`;
}

export function matchText(dice: Dice): string {
  const selector = anySelector(dice);
  const operator = dice.pick(operators);
  const roll = dice.below(100);
  if (roll < 68) return `${selector.text} ${operator}${rightSide(dice, selector)}`;
  if (roll < 80) {
    const bit = dice.pick(['&', '&', 'and', '|', '^', '<<', '>>', 'or', 'xor']);
    return `${selector.text} ${bit} ${dice.pick(['0xff', '1', one(dice, selector), '0xf0', '3'])} ${dice.pick(operators)}${one(dice, selector)}`;
  }
  if (roll < 92) return concatMatch(dice);
  if (roll < 95) return `${one(dice, selector)} ${operator}${selector.text}`;
  return `${selector.text}`;
}

export function fill(template: string, dice: Dice): string {
  return template.replace(
    /%([46pnivfqlcutbswmr])/g,
    (_, key: string) => fillers[key]?.(dice) ?? '',
  );
}

export function statementText(dice: Dice): string {
  return fill(statements[dice.below(statements.length)] ?? 'counter', dice);
}

/** A chain that rules are added to: where it stands decides what it may hold. */
export interface Place {
  readonly family: Family;
  readonly chain: string;
}

export const places: readonly [Place, ...Place[]] = [
  ...(['ip', 'ip', 'ip6', 'inet', 'inet', 'inet'] as const).flatMap((family): Place[] => [
    { family, chain: 'type filter hook input priority 0;' },
    { family, chain: 'type filter hook prerouting priority mangle;' },
    { family, chain: 'type nat hook prerouting priority dstnat;' },
    { family, chain: 'type nat hook postrouting priority srcnat;' },
    { family, chain: 'type route hook output priority 0;' },
    { family, chain: '' },
  ]),
  { family: 'arp', chain: 'type filter hook input priority 0;' },
  { family: 'bridge', chain: 'type filter hook forward priority 0;' },
  { family: 'bridge', chain: 'type filter hook prerouting priority 0;' },
  { family: 'netdev', chain: 'type filter hook ingress device lo priority 0;' },
  { family: 'netdev', chain: 'type filter hook egress device lo priority 0;' },
  { family: 'inet', chain: 'type filter hook ingress device lo priority 0;' },
].filter(Boolean) as unknown as readonly [Place, ...Place[]];

const declarations: Readonly<Record<string, string>> = {
  '@a4': 'set a4 { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 }; }',
  '@i4':
    'set i4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.0.1-192.168.0.9 }; }',
  '@p1': 'set p1 { type inet_service; elements = { 22, 80 }; }',
  '@cc':
    'set cc { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/24 . 80 }; }',
  '@dyn ': 'set dyn { type ipv4_addr; size 100; flags dynamic,timeout; }',
  '@dyn6': 'set dyn6 { type ipv6_addr; size 100; flags dynamic,timeout; }',
  '@dynp': 'set dynp { type ipv4_addr . inet_service; size 100; flags dynamic,timeout; }',
  '@dynm': 'map dynm { type ipv4_addr : mark; size 100; flags dynamic,timeout; }',
  '@dynt': 'set dynt { typeof ip saddr; size 10; flags dynamic; }',
  '@vm': 'map vm { type ipv4_addr : verdict; elements = { 10.0.0.1 : accept }; }',
  '@am': 'map am { type ipv4_addr : ipv4_addr; elements = { 10.0.0.1 : 10.0.0.2 }; }',
  '@om': 'map om { type ipv4_addr : counter; elements = { 10.0.0.1 : "c1" }; }',
  c1: 'counter c1 { }',
  q1: 'quota q1 { over 100 mbytes }',
  l1: 'limit l1 { rate 10/second }',
  h1: 'ct helper h1 { type "ftp" protocol tcp; }',
  ti1: 'ct timeout ti1 { protocol tcp; policy = { established : 100 } }',
  ex1: 'ct expectation ex1 { protocol udp; dport 9876; timeout 2m; size 12; }',
  sp1: 'synproxy sp1 { mss 1460; wscale 7; timestamp sack-perm }',
  sm1: 'secmark sm1 { "system_u:object_r:ssh_server_packet_t:s0" }',
};

/** Only what the rule names, so that listings stay small. */
export function setupFor(place: Place, text: string): string {
  const needed = Object.entries(declarations).filter(
    ([name]) =>
      text.includes(name.startsWith('@') ? name : `"${name}"`) ||
      (name === 'c1' && /\bc1\b|@om/.test(text)) ||
      text.includes(` ${name} `),
  );
  return [
    `table ${place.family} t {`,
    ...needed.map(([, declaration]) => `\t${declaration}`),
    '\tchain other {',
    '\t}',
    '\tchain c {',
    `\t\t${place.chain}`,
    '\t}',
    '}',
    '',
  ].join('\n');
}

export function ruleText(dice: Dice): string {
  const count = dice.pick([1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, () => statementText(dice)).join(' ');
}
