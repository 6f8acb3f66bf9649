/** IPv6 source address selection by RFC 6724, on the cases of its section 10.1 that Linux decides alike. */

import { expect, test } from 'vitest';
import { formatAddress } from '../../../src/base/address.ts';
import { selectSourceAddress6 } from '../../../src/host/source-address6.ts';
import { address, preparedOf } from './host-of.ts';

function select(addresses: readonly string[], destination: string): string {
  const lines = addresses.map((text) => `    inet6 ${text}`).join('\n');
  const prepared = preparedOf({
    'ip-addr': `2: eth0: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01\n${lines}\n3: eth1: <UP> mtu 1500\n    link/ether 02:00:00:00:00:02\n    inet6 2001:db8:99::1/64 scope global\n`,
  });
  const source = selectSourceAddress6(prepared, 'eth0', address(destination));
  return source === undefined ? 'none' : formatAddress(source);
}

test.each<[string, readonly string[], string, string]>([
  [
    'appropriate scope',
    ['2001:db8:1::1/64 scope global', 'fe80::1/64 scope link'],
    '2001:db8:2::1',
    '2001:db8:1::1',
  ],
  [
    'link-local to link-local',
    ['2001:db8:1::1/64 scope global', 'fe80::1/64 scope link'],
    'fe80::9',
    'fe80::1',
  ],
  [
    'link-local multicast',
    ['2001:db8:1::1/64 scope global', 'fe80::1/64 scope link'],
    'ff02::1',
    'fe80::1',
  ],
  [
    'same address',
    ['2001:db8:1::1/64 scope global', '2001:db8:1::2/64 scope global'],
    '2001:db8:1::2',
    '2001:db8:1::2',
  ],
  [
    'longest prefix',
    ['2001:db8:1::1/64 scope global', '2001:db8:3::1/64 scope global'],
    '2001:db8:3::9',
    '2001:db8:3::1',
  ],
  [
    'matching label',
    ['2002:c633:6401::1/64 scope global', '2001:db8:1::1/64 scope global'],
    '2002:c000:201::9',
    '2002:c633:6401::1',
  ],
  [
    'unique local to unique local',
    ['2001:db8:1::1/64 scope global', 'fd00:1::1/64 scope global'],
    'fd00:9::1',
    'fd00:1::1',
  ],
  [
    'not deprecated',
    ['2001:db8:3::1/64 scope global deprecated', '2001:db8:1::1/64 scope global'],
    '2001:db8:3::9',
    '2001:db8:1::1',
  ],
  [
    'not temporary',
    ['2001:db8:1::1/64 scope global temporary dynamic', '2001:db8:1::2/64 scope global'],
    '2001:db8:9::9',
    '2001:db8:1::2',
  ],
  [
    'not tentative',
    ['2001:db8:3::1/64 scope global tentative', '2001:db8:1::1/64 scope global'],
    '2001:db8:3::9',
    '2001:db8:1::1',
  ],
  [
    'outgoing interface first',
    ['2001:db8:1::1/64 scope global'],
    '2001:db8:99::9',
    '2001:db8:1::1',
  ],
  ['another interface if need be', [], '2001:db8:1::9', '2001:db8:99::1'],
  ['link-local stays on its link', [], 'fe80::9', 'none'],
])('%s', (_, addresses, destination, expected) => {
  expect(select(addresses, destination)).toBe(expected);
});
