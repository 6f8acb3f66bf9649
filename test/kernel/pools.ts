/** The host that every scenario has, and the few addresses, ports and marks that rules and packets share. */

import { type Text, word } from './phrase.ts';

export type Version = 4 | 6;

export const devices = ['eth0', 'eth1', 'eth2'] as const;

/** eth0 leads outside, eth1 and eth2 are inner networks. */
export const host = {
  interfaces: [
    { name: 'eth0', addrs: ['203.0.113.2/24', '2001:db8::2/64'] },
    { name: 'eth1', addrs: ['10.0.0.1/24', 'fd00:1::1/64'] },
    { name: 'eth2', addrs: ['172.20.0.1/24', 'fd00:2::1/64'] },
  ],
  routes: [
    { dst: 'default', via: '203.0.113.1', dev: 'eth0' },
    { dst: 'default', via: '2001:db8::1', dev: 'eth0', family: 6 },
    { dst: 'default', via: '172.20.0.9', dev: 'eth2', table: 100 },
    { dst: '192.0.2.0/24', type: 'blackhole' },
  ],
  rules: [{ fwmark: '0x10/0x10', lookup: 100, priority: 100 }],
};

interface Pool {
  /** Hosts behind each device. */
  readonly behind: Readonly<Record<string, readonly string[]>>;
  readonly own: Readonly<Record<string, string>>;
  readonly prefixes: readonly string[];
}

export const pools: Readonly<Record<Version, Pool>> = {
  4: {
    behind: {
      eth0: ['198.51.100.7', '203.0.113.9', '8.8.8.8'],
      eth1: ['10.0.0.5', '10.0.0.6'],
      eth2: ['172.20.0.9', '172.20.0.10'],
    },
    own: { eth0: '203.0.113.2', eth1: '10.0.0.1', eth2: '172.20.0.1' },
    prefixes: [
      '10.0.0.0/29',
      '10.0.0.8-10.0.0.200',
      '172.20.0.0/24',
      '198.51.100.0/22',
      '203.0.113.2',
      '8.0.0.0/8',
    ],
  },
  6: {
    behind: {
      eth0: ['2606:4700::7', '2001:db8::9', '2a00::8'],
      eth1: ['fd00:1::5', 'fd00:1::6'],
      eth2: ['fd00:2::9', 'fd00:2::10'],
    },
    own: { eth0: '2001:db8::2', eth1: 'fd00:1::1', eth2: 'fd00:2::1' },
    prefixes: [
      'fd00:1::/125',
      'fd00:1::8-fd00:1::ff',
      'fd00:2::/64',
      '2606::/16',
      '2001:db8::2',
      '2a00::/12',
    ],
  },
};

/** Every address of a version, the host's own ones too. */
export function addressesOf(version: Version): readonly string[] {
  const { behind, own } = pools[version];
  return [...Object.values(behind).flat(), ...Object.values(own)];
}

export const address = (version: Version): Text => word(...addressesOf(version));
export const interval = (version: Version): Text => word(...pools[version].prefixes);

export const ports = [53, 80, 443, 1000, 8080, 40000];
export const port: Text = word(...ports.map(String));
export const portInterval: Text = word(
  '1-52',
  '53',
  '80-443',
  '444-1000',
  '8000-9000',
  '40000-65535',
);
export const mark: Text = word('0x0', '0x1', '0x10', '0xff00', '0x80000000', '0xffffffff');
export const device: Text = word(...devices.map((name) => `"${name}"`));
