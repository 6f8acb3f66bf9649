/** Scripts of commands and declarations: tables, chains, sets, maps, objects, variables, and what is done to them. */

import { datatypes } from '../../src/datatypes/registry.ts';
import type { Dice } from './dice.ts';
import { anySelector } from './fields.ts';
import { fill, ruleText } from './rule-texts.ts';
import { valueText } from './values.ts';

const families = ['ip', 'ip6', 'inet', 'inet', 'arp', 'bridge', 'netdev', ''] as const;
const chainTypes = ['filter', 'filter', 'filter', 'nat', 'route', 'bogus'] as const;
const hooks = [
  'input',
  'output',
  'forward',
  'prerouting',
  'postrouting',
  'ingress',
  'egress',
  'nohook',
] as const;
const priorities = [
  '0',
  'filter',
  '-100',
  'dstnat',
  'srcnat',
  'raw',
  'mangle + 5',
  'filter - 10',
  'security',
  'filter + 11',
  'out',
  '-300',
  'dstnat + 1',
  '50',
  '-1',
  '100',
  'mangle',
  '$prio',
  'srcnat - 5',
  '300',
  '10',
  '-200',
  '2147483647',
] as const;
const policies = ['', '', 'policy accept; ', 'policy drop; ', 'policy foo; '] as const;

function chainBlock(dice: Dice, name: string): string {
  const lines: string[] = [];
  if (dice.chance(60)) {
    const hook = dice.pick(hooks);
    const device =
      hook === 'ingress' || hook === 'egress' || dice.chance(3)
        ? dice.pick(['device lo ', 'devices = { lo } ', 'device "nosuch" ', ''])
        : '';
    lines.push(
      `type ${dice.pick(chainTypes)} hook ${hook} ${device}priority ${dice.pick(priorities)}; ${dice.pick(policies)}`,
    );
  }
  if (dice.chance(8)) lines.push(`comment "about ${name}"`);
  const count = dice.below(3);
  for (let index = 0; index < count; index++)
    lines.push(dice.chance(60) ? dice.pick(simpleRules) : ruleText(dice));
  return `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

const simpleRules = [
  'accept',
  'counter',
  'ip saddr @s1 drop',
  'tcp dport 22 accept',
  'jump c2',
  'ip saddr vmap @m1',
  'counter name "o1"',
  'tcp dport { 22, 80-90 } accept comment "x"',
  'ct state established accept',
  'meta mark set ip saddr map @m1',
  'ip daddr . tcp dport @s1 accept',
  'add @s1 { ip saddr }',
  'log prefix "a" drop',
  'iifname "lo" accept',
  'ip saddr $addr drop',
  'tcp dport $ports accept',
  'quota name "o1"',
  'limit name "o1"',
  'goto c1',
  'update @s1 { ip saddr timeout 5s }',
  'meta l4proto icmp accept',
] as const;

const typeNames = datatypes.map(({ name }) => name);
const usualTypes = [
  'ipv4_addr',
  'ipv6_addr',
  'inet_service',
  'mark',
  'ifname',
  'ether_addr',
  'inet_proto',
  'ct_state',
  'icmp_type',
];
const fittingTypes = new Map(datatypes.map((type) => [type.name, type]));

function typeName(dice: Dice): string {
  const names = dice.chance(80) ? usualTypes : typeNames;
  return names[dice.below(names.length)] ?? 'mark';
}

function value(name: string, dice: Dice): string {
  const type = fittingTypes.get(name);
  return type === undefined ? '1' : valueText({ type, bits: type.bits }, dice);
}

const setFlags = [
  '',
  '',
  '',
  'flags interval',
  'flags interval',
  'flags timeout',
  'flags constant',
  'flags dynamic',
  'flags interval,timeout',
  'flags dynamic,timeout',
  'flags constant,interval',
  'flags bogus',
] as const;
const setExtras = [
  '',
  '',
  '',
  '',
  'timeout 1h',
  'gc-interval 10s',
  'size 100',
  'auto-merge',
  'policy memory',
  'policy performance',
  'counter',
  'comment "a set"',
  'limit rate 1/second',
  'quota 10 bytes',
  'last',
  'ct count 5',
  'size 0',
  'counter quota 5 kbytes',
] as const;
const elementExtras = [
  '',
  '',
  '',
  '',
  '',
  '',
  ' timeout 30s',
  ' counter',
  ' comment "c"',
  ' timeout 1h expires 30m',
  ' counter packets 1 bytes 2',
  ' limit rate 5/minute',
] as const;

interface Keyed {
  readonly head: string;
  readonly element: () => string;
}

function keyed(dice: Dice): Keyed {
  const roll = dice.below(10);
  const part = (name: string) => () => {
    const other = dice.below(20);
    if (other === 0) return '*';
    return other < 4 ? `${value(name, dice)}-${value(name, dice)}` : value(name, dice);
  };
  if (roll < 5) {
    const name = typeName(dice);
    return { head: `type ${name}`, element: part(name) };
  }
  if (roll < 8) {
    const names = Array.from({ length: 2 + dice.below(2) }, () => typeName(dice));
    return {
      head: `type ${names.join(' . ')}`,
      element: () => names.map((name) => part(name)()).join(' . '),
    };
  }
  const fields = Array.from({ length: dice.pick([1, 1, 2]) }, () => anySelector(dice));
  return {
    head: `typeof ${fields.map(({ text }) => text).join(' . ')}`,
    element: () => fields.map((field) => valueText(field, dice)).join(' . '),
  };
}

function setBlock(dice: Dice, name: string): string {
  const key = keyed(dice);
  const lines = [key.head, dice.pick(setFlags), dice.pick(setExtras), dice.pick(setExtras)].filter(
    (line) => line !== '',
  );
  const count = dice.below(4);
  if (count > 0)
    lines.push(
      `elements = { ${Array.from({ length: count }, () => key.element() + dice.pick(elementExtras)).join(', ')} }`,
    );
  return `\tset ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function mapBlock(dice: Dice, name: string): string {
  const key = keyed(dice);
  const data = dice.pick([
    'verdict',
    'verdict',
    'mark',
    'ipv4_addr',
    'inet_service',
    'ipv4_addr . inet_service',
    'counter',
    'quota',
    'classid',
    'interval ipv4_addr',
    'ipv6_addr',
    'limit',
    'ct helper',
    'ifname',
  ]);
  const parts = data.replace('interval ', '').split(' . ');
  const item = () =>
    /counter|quota|limit|helper/.test(data)
      ? dice.pick(['"o1"', '"o2"', 'o1'])
      : parts.map((name_) => value(name_, dice)).join(' . ');
  const lines = [`${key.head} : ${data}`, dice.pick(setFlags), dice.pick(setExtras)].filter(
    (line) => line !== '',
  );
  const count = dice.below(4);
  if (count > 0)
    lines.push(
      `elements = { ${Array.from({ length: count }, () => `${key.element()}${dice.pick(elementExtras)} : ${item()}`).join(', ')} }`,
    );
  return `\tmap ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

const objects: readonly string[] = [
  'counter %o { }',
  'counter %o { packets %n bytes %n }',
  'counter %o { comment "x"; }',
  'quota %o { over %n %b }',
  'quota %o { %n %b used %n %b }',
  'quota %o { until 1 mbytes }',
  'limit %o { rate %n/%u }',
  'limit %o { rate over %n/%u burst %n packets }',
  'limit %o { rate %n %b/second burst %n %b }',
  'ct helper %o { type "ftp" protocol tcp; }',
  'ct helper %o { type "ftp" protocol tcp; l3proto ip; }',
  'ct helper %o { type "sip" protocol udp; l3proto inet; }',
  'ct helper %o { type "tftp" protocol tcp; }',
  'ct helper %o { protocol tcp; }',
  'ct timeout %o { protocol tcp; l3proto ip; policy = { established : %n, close : %t } }',
  'ct timeout %o { protocol udp; policy = { replied : %t, unreplied : 10 } }',
  'ct timeout %o { protocol tcp; policy = { bogus : 5 } }',
  'ct expectation %o { protocol udp; dport %n; timeout %t; size %n; }',
  'ct expectation %o { protocol tcp; dport 9876; timeout 2m; size 12; l3proto ip6; }',
  'synproxy %o { mss %n; wscale %n; timestamp sack-perm }',
  'synproxy %o { mss 1460; wscale 7 }',
  'secmark %o { "system_u:object_r:t:s0" }',
  'flowtable %o { hook ingress priority 0; devices = { lo }; }',
  'flowtable %o { hook ingress priority filter; devices = { lo }; flags offload; counter; }',
  'tunnel %o { id %n; ip saddr 10.0.0.1; ip daddr 10.0.0.2; }',
];

function objectBlock(dice: Dice, name: string): string {
  const template = objects[dice.below(objects.length)] ?? 'counter %o { }';
  const text = fill(template.replace('%o', name), dice);
  return `\t${text.replace(/\{ ?/, '{\n\t\t').replace(/ ?\}$/, '\n\t}')}\n`;
}

const tableLines = [
  '',
  '',
  '',
  '',
  'flags dormant;',
  'comment "t";',
  'flags persist;',
  'flags owner;',
  'flags bogus;',
] as const;

export function tableBlock(dice: Dice, family: string, name: string): string {
  const blocks: string[] = [];
  const head = dice.pick(tableLines);
  if (head !== '') blocks.push(`\t${head}\n`);
  if (dice.chance(50)) blocks.push(dice.chance(60) ? setBlock(dice, 's1') : mapBlock(dice, 's1'));
  if (dice.chance(40)) blocks.push(mapBlock(dice, 'm1'));
  if (dice.chance(40)) blocks.push(objectBlock(dice, 'o1'));
  if (dice.chance(20)) blocks.push(objectBlock(dice, 'o2'));
  if (dice.chance(50)) blocks.push(chainBlock(dice, 'c2'));
  if (dice.chance(60)) blocks.push(chainBlock(dice, 'c1'));
  return `table ${family === '' ? '' : `${family} `}${name} {\n${blocks.join('')}}\n`;
}

const commands: readonly string[] = [
  'add table %F t1',
  'create table %F t1',
  'delete table %F t1',
  'destroy table %F t1',
  'flush table %F t1',
  'list table %F t1',
  'flush ruleset',
  'flush ruleset %F',
  'list ruleset',
  'add table %F t2 { flags dormant; }',
  'add table %F t2 { comment "x"; }',
  'delete table %F nope',
  'destroy table %F nope',
  'list tables',
  'list chains',
  'list sets',
  'add chain %F t1 c3',
  'add chain %F t1 c3 { type filter hook %H priority %P; }',
  'add chain %F t1 c1 { policy drop; }',
  'create chain %F t1 c1',
  'delete chain %F t1 c1',
  'destroy chain %F t1 nope',
  'flush chain %F t1 c1',
  'rename chain %F t1 c1 c9',
  'rename chain %F t1 c1 c2',
  'delete chain %F t1 c2',
  'chain %F t1 c5 { type filter hook %H priority 0 ; policy accept ; }',
  'list chain %F t1 c1',
  'flush chain %F t1 nope',
  'add chain %F t1 c1 { comment "x"; }',
  'add chain %F nope c1',
  'add rule %F t1 c1 %R',
  'insert rule %F t1 c1 %R',
  'add rule %F t1 c1 index %D %R',
  'insert rule %F t1 c1 index %D %R',
  'add rule %F t1 c1 handle %D %R',
  'add rule %F t1 c1 position %D %R',
  'insert rule %F t1 c1 position %D %R',
  'replace rule %F t1 c1 handle %D %R',
  'delete rule %F t1 c1 handle %D',
  'destroy rule %F t1 c1 handle %D',
  'delete rule %F t1 c1 index %D',
  'create rule %F t1 c1 %R',
  'rule %F t1 c1 %R',
  'add rule %F t1 c1 %R comment "x"',
  'add rule %F t1 nope %R',
  'reset rules %F t1',
  'reset rule %F t1 c1 handle %D',
  '%F t1 c1 %R',
  'add set %F t1 s2 { type ipv4_addr; }',
  'add set %F t1 s2 { type inet_service; flags interval; elements = { 1-5, 10 }; }',
  'create set %F t1 s1 { type ipv4_addr; }',
  'add map %F t1 m2 { type ipv4_addr : verdict; }',
  'delete set %F t1 s1',
  'destroy set %F t1 nope',
  'flush set %F t1 s1',
  'delete map %F t1 m1',
  'flush map %F t1 m1',
  'list set %F t1 s1',
  'reset set %F t1 s1',
  'add set %F t1 s3 { typeof ip saddr; flags dynamic; }',
  'flush set %F t1 nope',
  'reset map %F t1 m1',
  'delete set %F t1 m1',
  'add element %F t1 s1 { %4 }',
  'add element %F t1 s1 { 10.0.0.1, 10.0.0.2 }',
  'add element %F t1 s1 { %p }',
  'add element %F t1 m1 { 10.0.0.1 : accept }',
  'delete element %F t1 s1 { 10.0.0.1 }',
  'destroy element %F t1 s1 { 10.0.0.9 }',
  'create element %F t1 s1 { 10.0.0.1 }',
  'get element %F t1 s1 { 10.0.0.1 }',
  'reset element %F t1 s1 { 10.0.0.1 }',
  'add element %F t1 s1 { 10.0.0.1 timeout 5s }',
  'add element %F t1 nope { 1 }',
  'add element %F t1 s1 $addr',
  'add element %F t1 s1 { 10.0.0.1 . 80 }',
  'add element %F t1 s1 { * }',
  'add counter %F t1 o1',
  'add counter %F t1 o3 { packets 1 bytes 2; }',
  'delete counter %F t1 o1',
  'reset counter %F t1 o1',
  'reset counters',
  'reset counters %F t1',
  'list counters',
  'destroy counter %F t1 nope',
  'create counter %F t1 o1',
  'add quota %F t1 o4 over 10 mbytes',
  'add quota %F t1 o4 { 5 bytes; }',
  'delete quota %F t1 o1',
  'reset quotas',
  'add limit %F t1 o5 rate 5/second',
  'add limit %F t1 o5 { rate 5/second; }',
  'delete limit %F t1 o5',
  'add ct helper %F t1 o6 { type "ftp" protocol tcp; }',
  'delete ct helper %F t1 o6',
  'list ct helper %F t1 o6',
  'add synproxy %F t1 o7 { mss 1; wscale 2; }',
  'delete synproxy %F t1 o7',
  'add secmark %F t1 o8 "ctx"',
  'add flowtable %F t1 ft { hook ingress priority 0; devices = { lo }; }',
  'delete flowtable %F t1 ft',
  'add ct timeout %F t1 o9 { protocol tcp; policy = { established : 5 }; }',
  'add ct expectation %F t1 oa { protocol tcp; dport 5; timeout 1m; size 1; }',
  'define addr = 10.0.0.1',
  'define ports = { 22, 80 }',
  'define prio = 5',
  'redefine addr = 10.0.0.9',
  'undefine addr',
  'define addr = { 10.0.0.1, 10.0.0.0/24 }',
  'define x = $addr',
  'define y = $nope',
  'undefine nope',
  '# a comment',
  'add rule %F t1 c1 ip saddr $addr accept',
  'add rule %F t1 c1 tcp dport $ports accept',
  'define ifs = { "lo", "eth0" }',
  'add rule %F t1 c1 iifname $ifs accept',
  'include "/nonexistent/file.nft"',
  'describe tcp dport',
  'import ruleset',
  'export ruleset json',
];

function command(dice: Dice, family: string): string {
  const template = commands[dice.below(commands.length)] ?? 'list ruleset';
  const shown = dice.chance(94) ? family : dice.pick(families);
  const text = template
    .replaceAll('%F ', shown === '' ? '' : `${shown} `)
    .replaceAll('%F', shown)
    .replaceAll('%H', dice.pick(hooks))
    .replaceAll('%P', dice.pick(priorities))
    .replaceAll('%D', `${dice.below(6)}`)
    .replaceAll('%R', () => (dice.chance(75) ? dice.pick(simpleRules) : ruleText(dice)));
  return fill(text, dice);
}

/** A table, most times, and a few commands after it. */
export function scriptText(dice: Dice): string {
  const family = dice.pick(families);
  const lines: string[] = [];
  if (dice.chance(30))
    lines.push('define addr = 10.0.0.1\ndefine ports = { 22, 80-90 }\ndefine prio = filter\n');
  if (dice.chance(85)) lines.push(tableBlock(dice, family, 't1'));
  const count = dice.below(5);
  for (let index = 0; index < count; index++) lines.push(`${command(dice, family)}\n`);
  if (dice.chance(5)) lines.push(tableBlock(dice, family, 't1'));
  return lines.join('');
}
