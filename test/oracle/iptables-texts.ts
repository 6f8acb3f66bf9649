/** Texts of iptables rules from the option rows of every match and target. */

import { matchExtensions } from '../../src/fields/iptables/match-table.ts';
import { targetExtensions } from '../../src/fields/iptables/target-table.ts';
import type { Dice } from './dice.ts';
import type { IptablesRule } from './iptables-tools.ts';

interface Row {
  readonly name: string;
  readonly value: { readonly words: number };
  readonly required?: boolean;
  readonly invert?: boolean;
}

interface Extension {
  readonly name: string;
  readonly family?: 'ip' | 'ip6';
  readonly protocols?: readonly number[];
  readonly tables?: readonly string[];
  readonly optionByName: ReadonlyMap<string, Row>;
}

const matches: readonly Extension[] = matchExtensions;
const targets: readonly Extension[] = targetExtensions;

const numbers = [
  '0',
  '1',
  '2',
  '5',
  '10',
  '63',
  '64',
  '100',
  '255',
  '256',
  '1024',
  '65535',
  '65536',
  '0x10',
  '0xff',
  '4294967295',
  '4294967296',
  '010',
  '1000000',
] as const;
const numberRanges = [
  '1:5',
  '10:',
  ':20',
  '0:65535',
  '5:1',
  '0x1:0x10',
  '1:1',
  ':',
  '0:',
  '0:0',
  '100:200',
  '1-5',
  '0/0xff',
  '0x5/0xf',
  '0x1/0xffffffff',
  '1,2,3',
  '22,80:90,443',
  '4/0',
] as const;
const words = [
  'tcp',
  'udp',
  'ssh',
  'http',
  'domain',
  'lo',
  'eth0',
  'eth+',
  'root',
  'bm',
  'kmp',
  'syn',
  'SYN,ACK SYN',
  'ALL NONE',
  'any',
  'in',
  'out',
  'ipsec',
  'none',
  'transport',
  'tunnel',
  'esp',
  'both',
  'original',
  'reply',
  'packets',
  'bytes',
  'avgpkt',
  'random',
  'nth',
  'foo',
  'src',
  'dst',
  'src,dst',
  'srcip,srcport',
  'echo-request',
  'NEW',
  'NEW,ESTABLISHED',
  'RELATED',
  'ASSURED',
  'LOCAL',
  'UNICAST,LOCAL',
  'broadcast',
  'multicast',
  'unicast',
  'ORIGINAL',
  'Mon,Tue',
  '1,2,3',
  '10:00',
  '23:59:59',
  '2020-01-01T00:00:00',
  '2038-01-19',
  'cs1',
  'AF41',
  'EF',
  'Minimize-Delay',
  '10/sec',
  '5/minute',
  '1000/hour',
  '1/day',
  '10kb/s',
  '1mb/s',
  '512kb/s',
  '1000000b/s',
  'srcip',
  'srcip,dstport',
  'INIT,DATA any',
  'all INIT',
  'REQUEST',
  'debug',
  'warning',
  'tcp-reset',
  'icmp-host-unreachable',
  'icmp6-adm-prohibited',
  'port-unreach',
  '"a b"',
  "it's",
  '|0a|x',
  'abc',
  'Linux',
  'ftp',
  '1:2',
  '10:20',
  'fragment',
  'hop',
  'prot',
  'all',
  '0.5',
  '0.001',
  '1',
  '64',
  '3',
  '--',
  'invalid',
  '5s',
  '1h',
] as const;
const addresses = {
  ip: [
    '10.0.0.1',
    '10.0.0.0/8',
    '192.168.1.0/255.255.255.0',
    '0.0.0.0/0',
    '1.2.3.4',
    '10.0.0.1-10.0.0.9',
    '10.0.0.1:80',
    '10.0.0.1:80-90',
    '10.0.0.1-10.0.0.5:1000-2000',
    '1.1.1.1,2.2.2.2',
    '10.0.0.0/255.0.255.0',
    '10.0.0.1:80-90/5',
    ':80',
    '00:11:22:33:44:55',
  ],
  ip6: [
    'fe80::1',
    '2001:db8::/32',
    '::1',
    '::/0',
    '2001:db8::1-2001:db8::9',
    '[fe80::1]:80',
    '[fe80::1]:80-90',
    '[fe80::1-fe80::5]',
    '::ffff:1.2.3.4',
    'fe80::/ffff::',
    '[2001:db8::1-2001:db8::2]:5-6',
    '00:11:22:33:44:55',
    '2001:db8::1,2001:db8::2',
  ],
} as const;

export interface IptablesPools {
  /** Values that are known to stand behind an option, by its name. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function valueFor(dice: Dice, pools: IptablesPools, family: 'ip' | 'ip6', option: string): string {
  const known = pools.values.get(option) ?? [];
  if (known.length > 0 && dice.chance(60)) return known[dice.below(known.length)] ?? '1';
  const roll = dice.below(10);
  if (roll < 4) return dice.pick(numbers);
  if (roll < 6) return dice.pick(numberRanges);
  if (roll < 8) return dice.pick(words);
  const other = dice.chance(8) ? (family === 'ip' ? 'ip6' : 'ip') : family;
  return dice.pick(addresses[other]);
}

function optionText(
  dice: Dice,
  pools: IptablesPools,
  family: 'ip' | 'ip6',
  name: string,
  row: Row,
): string {
  const negated = (row.invert === true && dice.chance(25)) || dice.chance(2);
  const values = Array.from({ length: row.value.words }, () =>
    valueFor(dice, pools, family, row.name),
  );
  return `${negated ? '! ' : ''}${name}${values.map((value) => ` ${value}`).join('')}`;
}

/** Only some options, so that most rules are accepted. */
function extensionText(
  dice: Dice,
  pools: IptablesPools,
  family: 'ip' | 'ip6',
  extension: Extension,
): string {
  const rows = [...extension.optionByName].map(([name, row]) => ({ name, row }));
  const required = rows.filter(({ row, name }) => row.required === true && row.name === name);
  const count = rows.length === 0 ? 0 : dice.pick([1, 1, 1, 2, 2, 3, 0]);
  const chosen = Array.from({ length: count }, () => rows[dice.below(rows.length)]);
  const unique = [...new Set([...(dice.chance(95) ? required : []), ...chosen])];
  return unique
    .flatMap((one) =>
      one === undefined ? [] : [optionText(dice, pools, family, one.name, one.row)],
    )
    .map((text) => ` ${text}`)
    .join('');
}

const protocolNames = [
  'tcp',
  'udp',
  'icmp',
  'ipv6-icmp',
  'sctp',
  'dccp',
  'ah',
  'esp',
  '89',
  'all',
  'udplite',
  'gre',
  'ipcomp',
  'mh',
  '0',
  '256',
] as const;
const needed: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  udp: 'udp',
  icmp: 'icmp',
  icmp6: 'ipv6-icmp',
  sctp: 'sctp',
  dccp: 'dccp',
  ah: 'ah',
  esp: 'esp',
  multiport: 'tcp',
  tcpmss: 'tcp',
  mh: 'mh',
  ipcomp: 'ipcomp',
  ecn: 'tcp',
  TCPMSS: 'tcp',
  TCPOPTSTRIP: 'tcp',
  REDIRECT: 'tcp',
  DNAT: 'tcp',
  SNAT: 'udp',
  MASQUERADE: 'tcp',
  TPROXY: 'tcp',
  SYNPROXY: 'tcp --syn',
  HMARK: 'tcp',
};

function headerText(dice: Dice, family: 'ip' | 'ip6', names: readonly string[]): string {
  const address = () =>
    dice.pick(addresses[family].slice(0, 4) as unknown as readonly [string, ...string[]]);
  const parts: string[] = [];
  if (dice.chance(15)) parts.push(`${dice.chance(25) ? '! ' : ''}-s ${address()}`);
  if (dice.chance(15)) parts.push(`${dice.chance(25) ? '! ' : ''}-d ${address()}`);
  if (dice.chance(10))
    parts.push(`${dice.chance(25) ? '! ' : ''}-i ${dice.pick(['lo', 'eth0', 'eth+', '+'])}`);
  if (dice.chance(10))
    parts.push(`${dice.chance(25) ? '! ' : ''}-o ${dice.pick(['lo', 'eth0', 'eth+', '+'])}`);
  if (dice.chance(4) && family === 'ip') parts.push(dice.pick(['-f', '! -f']));
  const wanted = names.map((name) => needed[name]).find((name) => name !== undefined);
  if (wanted !== undefined && dice.chance(88)) parts.push(`-p ${wanted}`);
  else if (dice.chance(15))
    parts.push(`${dice.chance(15) ? '! ' : ''}-p ${dice.pick(protocolNames)}`);
  return parts.join(' ');
}

export function iptablesRule(dice: Dice, pools: IptablesPools): IptablesRule {
  const family = dice.chance(50) ? 'ip' : 'ip6';
  const fits = (one: Extension) => one.family === undefined || one.family === family;
  const fitting = matches.filter(fits);
  const count = dice.pick([0, 1, 1, 1, 1, 2]);
  const used = Array.from({ length: count }, () => fitting[dice.below(fitting.length)]).flatMap(
    (one) => (one === undefined ? [] : [one]),
  );
  const goals = targets.filter(fits);
  const target = count === 0 || dice.chance(35) ? goals[dice.below(goals.length)] : undefined;
  const header = headerText(
    dice,
    family,
    [...used, ...(target === undefined ? [] : [target])].map(({ name }) => name),
  );
  const body = used
    .map((one) => `-m ${one.name}${extensionText(dice, pools, family, one)}`)
    .join(' ');
  const plain = dice.pick(['-j ACCEPT', '-j DROP', '', '-j RETURN', '-j ACCEPT']);
  const goal =
    target === undefined ? plain : `-j ${target.name}${extensionText(dice, pools, family, target)}`;
  const table = target?.tables?.[0] ?? dice.pick(['filter', 'filter', 'mangle', 'nat', 'raw']);
  return { family, table, rule: [header, body, goal].filter((text) => text !== '').join(' ') };
}
