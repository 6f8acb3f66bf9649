/** What is filled in where facts are missing, and that it is said. */

import { expect, test } from 'vitest';
import { formatPrefix } from '../../../src/base/address.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf, smallHost } from './host-of.ts';

const codes = (host: Host) => [...new Set(host.assumptions.map((assumption) => assumption.code))];
const inTable = (host: Host, table: string) =>
  host.routes
    .filter((route) => route.table === table)
    .map(
      (route) => `${route.type} ${formatPrefix(route.destination)} ${route.nexthops[0]?.device}`,
    );

test('no facts: a host with lo', () => {
  const host = hostOf({});
  expect(host.interfaces.map((device) => device.name)).toEqual(['lo']);
  expect(codes(host)).toEqual([
    'no-interfaces',
    'loopback-added',
    'local-routes-derived',
    'connected-routes-derived',
    'default-rules',
  ]);
  expect(host.rules.map((rule) => `${rule.family} ${rule.priority}`)).toEqual([
    '4 0',
    '4 32766',
    '4 32767',
    '6 0',
    '6 32766',
  ]);
  expect(host.ipsets).toBeUndefined();
});

test('local and connected routes follow from the addresses', () => {
  const host = hostOf(smallHost);
  expect(inTable(host, 'local')).toEqual([
    'local 127.0.0.1 lo',
    'local 127.0.0.0/8 lo',
    'broadcast 127.255.255.255 lo',
    'local 192.0.2.10 eth0',
    'broadcast 192.0.2.255 eth0',
    'local 192.0.2.11 eth0',
    'local 198.51.100.1 eth1',
    'broadcast 198.51.100.127 eth1',
    'local ::1 lo',
    'local 2001:db8::10 eth0',
    'anycast 2001:db8:: eth0',
    'local fe80::1 eth0',
    'anycast fe80:: eth0',
    'multicast ff00::/8 eth0',
    'local 2001:db8:1::1 eth1',
    'anycast 2001:db8:1:: eth1',
    'multicast ff00::/8 eth1',
  ]);
  expect(inTable(host, 'main')).toEqual([
    'unicast 192.0.2.0/24 eth0',
    'unicast 198.51.100.0/25 eth1',
    'unicast 2001:db8::/64 eth0',
    'unicast fe80::/64 eth0',
    'unicast 2001:db8:1::/64 eth1',
  ]);
});

test('a given local table is taken as it is', () => {
  const host = hostOf({
    ...smallHost,
    'ip-route': 'local 192.0.2.10 dev eth0 table local proto kernel scope host src 192.0.2.10\n',
    'ip-route6': 'local ::1 dev lo table local metric 0\n',
    'ip-rule': '0:\tfrom all lookup local\n',
    'ip-rule6': '0:\tfrom all lookup local\n',
  });
  expect(inTable(host, 'local')).toEqual(['local 192.0.2.10 eth0', 'local ::1 lo']);
  expect(host.assumptions).toEqual([]);
});

test('only routes: the devices are those of the routes', () => {
  const host = hostOf({
    'ip-route':
      'default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.5\n',
  });
  expect(host.interfaces.map((device) => `${device.index} ${device.name}`)).toEqual([
    '1 lo',
    '2 eth0',
  ]);
  expect(inTable(host, 'local')).toContain('local 192.0.2.5 eth0');
  expect(codes(host)).toContain('interfaces-from-routes');
});

test('ip-link adds the kinds to the addresses of ip-addr', () => {
  const host = hostOf({
    ...smallHost,
    'ip-link':
      '2: eth0@if7: <UP> mtu 1400 qdisc fq state UP mode DEFAULT group default qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0\n    veth addrgenmode eui64\n9: dm0: <BROADCAST> mtu 1500 qdisc noop state DOWN\n    link/ether 02:00:00:00:00:09 brd ff:ff:ff:ff:ff:ff\n    dummy addrgenmode eui64\n',
  });
  const eth0 = host.interfaces.find((device) => device.name === 'eth0');
  expect([eth0?.kind, eth0?.mtu, eth0?.peerName, eth0?.addresses.length]).toEqual([
    'veth',
    1400,
    'if7',
    4,
  ]);
  expect(host.interfaces.at(-1)?.kind).toBe('dummy');
});
