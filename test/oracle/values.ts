/** Texts of values for every datatype: usual ones, edges, too wide ones, symbols, and now and then those of another type. */

import type { Datatype } from '../../src/datatypes/datatype.ts';
import type { Dice } from './dice.ts';

export interface Kind {
  readonly type: Datatype;
  readonly bits: number;
}

const pools: Readonly<Record<string, readonly [string, ...string[]]>> = {
  ipv4_addr: [
    '10.0.0.1',
    '192.168.3.0/24',
    '10.0.0.0/8',
    '172.16.5.4',
    '255.255.255.255',
    '0.0.0.0',
    '127.0.0.1',
    '10.1.2.3/31',
    '1.2.3.4/32',
    '0.0.0.0/0',
    '224.0.0.1',
  ],
  ipv6_addr: [
    '::1',
    'fe80::1',
    '2001:db8::/32',
    '::',
    'ff02::/16',
    '2001:db8::1:2/127',
    '::ffff:1.2.3.4',
    '::/0',
    '1234:1234:1234:1234:1234:1234:1234:1234',
  ],
  ether_addr: [
    '00:11:22:33:44:55',
    'ff:ff:ff:ff:ff:ff',
    '02:00:00:00:00:01',
    '00:0f:54:0c:11:04',
    '0:0:0:0:0:1',
  ],
  ll_addr: ['00:11:22:33:44:55', 'aa:bb'],
  inet_service: [
    '22',
    '80',
    '443',
    'ssh',
    'http',
    '65535',
    '0',
    '65536',
    '1024',
    '"domain"',
    '0x1f90',
    'https',
  ],
  inet_proto: [
    'tcp',
    'udp',
    '17',
    'icmp',
    'icmpv6',
    'ipv6-icmp',
    '255',
    'esp',
    'sctp',
    'gre',
    '"udplite"',
    '47',
    'comp',
  ],
  ether_type: ['ip', 'arp', 'ip6', 'vlan', '0x0800', '8021q', '0x88a8', '8021ad', '2048', 'ipv6'],
  ifname: [
    'lo',
    '"lo"',
    '"eth0"',
    'eth0',
    'eth*',
    '"veth*"',
    '"a-very-long-name-of-if"',
    'dummy0',
    '"*"',
    'wg0',
    '"dummy\\*"',
  ],
  iface_index: ['lo', '1', '"lo"', 'eth7', '4294967295'],
  iface_type: ['ether', 'loopback', 'ppp', '1', 'ipip', 'sit'],
  mark: ['0x1', '1', '0x4000', '0xffffffff', '0x10/0x10', '4294967296', '0', '0x32', '100'],
  time: ['30s', '1d2h3m4s', '1m', '5', '1h30m', '"10s"', '100ms', '1w'],
  date: [
    '"2019-06-21 17:00:00"',
    '"2024-01-01"',
    '1700000000',
    '"1970-01-01 00:00:01"',
    '"2019-07-01 00:00:00"',
  ],
  day: ['"Monday"', 'Sunday', '6', '"sat"', '0', '7', '"Friday"'],
  hour: ['"17:00"', '"17:00:30"', '"04:00"', '"23:59:59"', '"00:00"', '3600', '"24:00"'],
  realm: ['default', '1', '0xf', '"cosmos"'],
  classid: ['1:2', 'none', 'root', '0xab:0xcd', 'ffff:ffff', '0001:0010', '1'],
  uid: ['root', '1000', '0', 'daemon', '"nobody"', '4294967295', '3001'],
  gid: ['root', '1000', '0', 'adm', '3001'],
  devgroup: ['default', '0', '5', '0xff'],
  dscp: ['cs1', 'af41', 'ef', '0x3f', '0x40', '0', 'be', '0x12', 'df'],
  boolean: ['exists', 'missing', 'true', 'false', '1', '0'],
  string: ['"ftp"', '"abc"', 'sip', '"0123456789abcdef0"', '"with blank"'],
  ct_label: ['1', '127', '128', '"foo"', '0'],
  cgroupsv2: ['"user.slice"', '1'],
  fib_addrtype: ['local', 'unicast', 'blackhole', '2', 'multicast', 'broadcast'],
  verdict: ['accept', 'drop', 'jump other', 'goto other', 'return', 'continue', 'jump missing'],
};

function integerText(bits: number, dice: Dice): string {
  const width = bits === 0 ? 32 : Math.min(bits, 128);
  const top = (1n << BigInt(width)) - 1n;
  const value = dice.pick([
    0n,
    1n,
    top,
    top >> 1n,
    (top >> 1n) + 1n,
    22n,
    33n,
    55n,
    233n,
    45n,
    2n,
    64n,
    BigInt(dice.below(1000)),
    ...(dice.chance(10) ? [top + 1n] : []),
  ]);
  return dice.chance(30) ? `0x${value.toString(16)}` : `${value}`;
}

/** One value of a kind; with `strange` now and then of another. */
export function valueText(kind: Kind, dice: Dice, strange = 3): string {
  if (dice.chance(strange)) {
    const names = Object.keys(pools);
    return dice.pick(pools[names[dice.below(names.length)] ?? 'mark'] ?? ['1']);
  }
  const { type, bits } = kind;
  const pool = pools[type.name];
  const symbols = type.symbols ?? [];
  if (symbols.length > 0 && dice.chance(pool === undefined ? 80 : 30))
    return symbols[dice.below(symbols.length)]?.name ?? '0';
  if (pool !== undefined && dice.chance(95)) return dice.pick(pool);
  return integerText(bits === 0 ? type.bits : bits, dice);
}
