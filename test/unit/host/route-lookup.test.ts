/** Policy routing: tables, rules, types, multipath, suppressors. */

import { describe, expect, test } from 'vitest';
import { formatAddress, formatPrefix } from '../../../src/base/address.ts';
import type { PreparedHost } from '../../../src/host/prepared-host.ts';
import { lookupRoute, type RouteQuery, routeErrorName } from '../../../src/host/route-lookup.ts';
import { routeOutput } from '../../../src/host/route-output.ts';
import { address, preparedOf, smallHost } from './host-of.ts';

const routes = `default via 192.0.2.1 dev eth0 proto static metric 100
default via 198.51.100.2 dev eth1 metric 200
10.0.0.0/8 via 198.51.100.3 dev eth1
10.1.0.0/16
	nexthop via 192.0.2.7 dev eth0 weight 2
	nexthop via 198.51.100.7 dev eth1 weight 1
10.2.0.0/16 tos 0x10 dev eth1 scope link
blackhole 10.3.0.0/16
unreachable 10.4.0.0/16
prohibit 10.5.0.0/16
throw 10.6.0.0/16
default dev eth1 table 100 scope link
throw 10.7.0.0/16 table 100
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10
198.51.100.0/25 dev eth1 proto kernel scope link src 198.51.100.1
`;

const rules = `0:	from all lookup local
10:	from 203.0.113.0/24 lookup 100
20:	from all fwmark 0x10/0xf0 lookup 100
30:	from all iif eth1 blackhole
40:	not from all fwmark 0x0/0x100 lookup main suppress_prefixlength 0
50:	from all ipproto udp dport 53-54 unreachable
60:	from all goto 32766
61:	from all prohibit
32766:	from all lookup main
32767:	from all lookup default
`;

function show(prepared: PreparedHost, to: string, query: Partial<RouteQuery> = {}): string {
  const found = lookupRoute(prepared, { destination: address(to), ...query });
  if (found.kind !== 'found') return found.kind === 'none' ? 'none' : found.type;
  const ways = found.nexthops.map(
    ({ device, gateway, weight }) =>
      `${gateway === undefined ? '' : `${formatAddress(gateway)} `}${device}*${weight}`,
  );
  return `${found.type} ${formatPrefix(found.route.destination)} ${ways.join(', ')}`;
}

describe('IPv4 without rules of its own', () => {
  const prepared = preparedOf({ ...smallHost, 'ip-route': routes });
  test.each([
    ['8.8.8.8', 'unicast 0.0.0.0/0 192.0.2.1 eth0*1'],
    ['10.9.9.9', 'unicast 10.0.0.0/8 198.51.100.3 eth1*1'],
    ['10.1.9.9', 'unicast 10.1.0.0/16 192.0.2.7 eth0*2, 198.51.100.7 eth1*1'],
    ['10.2.0.1', 'unicast 10.0.0.0/8 198.51.100.3 eth1*1'],
    ['10.3.0.1', 'blackhole'],
    ['10.4.0.1', 'unreachable'],
    ['10.5.0.1', 'prohibit'],
    ['10.6.0.1', 'none'],
    ['192.0.2.11', 'local 192.0.2.11 eth0*1'],
    ['192.0.2.255', 'broadcast 192.0.2.255 eth0*1'],
    ['192.0.2.0', 'unicast 192.0.2.0/24 eth0*1'],
    ['198.51.100.127', 'broadcast 198.51.100.127 eth1*1'],
    ['127.9.9.9', 'local 127.0.0.0/8 lo*1'],
  ])('%s: %s', (to, expected) => {
    expect(show(prepared, to)).toBe(expected);
  });

  test('a TOS route only takes that TOS', () => {
    expect(show(prepared, '10.2.0.1', { tos: 0x10 })).toBe('unicast 10.2.0.0/16 eth1*1');
  });

  test('an output device selects among the routes', () => {
    expect(show(prepared, '8.8.8.8', { outputInterface: 'eth1' })).toBe(
      'unicast 0.0.0.0/0 198.51.100.2 eth1*1',
    );
    expect(show(prepared, '10.1.9.9', { outputInterface: 'eth1' })).toBe(
      'unicast 10.1.0.0/16 198.51.100.7 eth1*1',
    );
  });

  test('a longer prefix of main wins over local, as both are one trie', () => {
    const more = preparedOf({
      ...smallHost,
      'ip-route': `${routes}127.0.0.5 dev eth0 scope link\n`,
    });
    expect(show(more, '127.0.0.5')).toBe('unicast 127.0.0.5 eth0*1');
    const custom = preparedOf({
      ...smallHost,
      'ip-route': `${routes}127.0.0.5 dev eth0 scope link\n`,
      'ip-rule': rules,
    });
    expect(show(custom, '127.0.0.5')).toBe('local 127.0.0.0/8 lo*1');
  });
});

describe('IPv4 with rules', () => {
  const prepared = preparedOf({ ...smallHost, 'ip-route': routes, 'ip-rule': rules });
  test.each<[string, Partial<RouteQuery>, string]>([
    ['8.8.8.8', { source: address('203.0.113.9') }, 'unicast 0.0.0.0/0 eth1*1'],
    ['10.7.0.1', { source: address('203.0.113.9') }, 'unicast 10.0.0.0/8 198.51.100.3 eth1*1'],
    ['8.8.8.8', { mark: 0x1f }, 'unicast 0.0.0.0/0 eth1*1'],
    ['8.8.8.8', { mark: 0x2f }, 'unicast 0.0.0.0/0 192.0.2.1 eth0*1'],
    ['8.8.8.8', { inputInterface: 'eth1' }, 'blackhole'],
    ['10.9.9.9', { mark: 0x100 }, 'unicast 10.0.0.0/8 198.51.100.3 eth1*1'],
    ['8.8.8.8', { mark: 0x100, ipProtocol: 17, destinationPort: 53 }, 'unreachable'],
    [
      '10.9.9.9',
      { mark: 0x100, ipProtocol: 17, destinationPort: 53 },
      'unicast 10.0.0.0/8 198.51.100.3 eth1*1',
    ],
    ['8.8.8.8', { ipProtocol: 17, destinationPort: 55 }, 'unicast 0.0.0.0/0 192.0.2.1 eth0*1'],
  ])('%s %j: %s', (to, query, expected) => {
    expect(show(prepared, to, query)).toBe(expected);
  });

  test('errors of rules and routes', () => {
    const error = (to: string, query: Partial<RouteQuery> = {}) =>
      routeErrorName(lookupRoute(prepared, { destination: address(to), ...query }));
    expect(error('10.4.0.1')).toBe('EHOSTUNREACH');
    expect(error('8.8.8.8', { ipProtocol: 17, destinationPort: 53 })).toBe('ENETUNREACH');
    expect(error('10.5.0.1')).toBe('EACCES');
    expect(error('10.3.0.1')).toBe('EINVAL');
    expect(error('10.6.0.1')).toBe('ENETUNREACH');
  });
});

describe('IPv6', () => {
  const prepared = preparedOf({
    ...smallHost,
    'ip-route6': `2001:db8::/64 dev eth0 proto kernel metric 256 pref medium
2001:db8:1::/64 dev eth1 proto kernel metric 256 pref medium
2001:db8:9::/48 via 2001:db8::fe dev eth0 metric 1024 pref medium
2001:db8:9::/48 via 2001:db8:1::fe dev eth1 metric 1024 pref high
2001:db8:a::/48 from 2001:db8:1::/64 via 2001:db8:1::fd dev eth1 metric 1024 pref medium
2001:db8:a::/48 via 2001:db8::fd dev eth0 metric 1024 pref medium
unreachable 2001:db8:b::/48 dev lo metric 1024 error -113 pref medium
default via 2001:db8::fe dev eth0 metric 1024 pref medium
default via fe80::fe dev eth1 metric 512 pref medium
`,
  });
  test.each<[string, Partial<RouteQuery>, string]>([
    ['2001:db8:9::1', {}, 'unicast 2001:db8:9::/48 2001:db8:1::fe eth1*1'],
    [
      '2001:db8:9::1',
      { outputInterface: 'eth0', strictInterface: true },
      'unicast 2001:db8:9::/48 2001:db8::fe eth0*1',
    ],
    ['2001:db8:a::1', {}, 'unicast 2001:db8:a::/48 2001:db8::fd eth0*1'],
    [
      '2001:db8:a::1',
      { source: address('2001:db8:1::5') },
      'unicast 2001:db8:a::/48 2001:db8:1::fd eth1*1',
    ],
    ['2001:db8:b::1', {}, 'unreachable'],
    ['2001:4860::1', {}, 'unicast ::/0 fe80::fe eth1*1'],
    ['2001:db8::10', {}, 'local 2001:db8::10 eth0*1'],
    ['2001:db8::', {}, 'anycast 2001:db8:: eth0*1'],
    ['ff02::1', { outputInterface: 'eth1', strictInterface: true }, 'multicast ff00::/8 eth1*1'],
  ])('%s %j: %s', (to, query, expected) => {
    expect(show(prepared, to, query)).toBe(expected);
  });
});

test('a suppressor passes over found routes, but not over rejecting ones', () => {
  const rule6 =
    '0:\tfrom all lookup local\n1:\tfrom all lookup main suppress_prefixlength 0\n2:\tfrom all prohibit\n';
  const withDefault = (text: string) =>
    preparedOf({ ...smallHost, 'ip-route6': text, 'ip-rule6': rule6 });
  expect(show(withDefault('default via fe80::1 dev eth0 metric 1\n'), '2001:4860::1')).toBe(
    'prohibit',
  );
  expect(show(withDefault('blackhole default dev lo metric 1\n'), '2001:4860::1')).toBe(
    'blackhole',
  );
});

describe('routeOutput', () => {
  const prepared = preparedOf({
    ...smallHost,
    'ip-route': `${routes}10.8.0.0/16 dev eth1 scope link src 192.0.2.11\n`,
  });
  const out = (to: string, query: Partial<RouteQuery> = {}): string => {
    const found = routeOutput(prepared, { destination: address(to), ...query });
    if (found.kind === 'error') return found.errno;
    const source = (bytes: Uint8Array | undefined) =>
      bytes === undefined ? 'none' : formatAddress(bytes);
    return `${found.type} ${found.choices.map((choice) => `${choice.nexthop.device} ${source(choice.source)}`).join(', ')}`;
  };
  test.each<[string, Partial<RouteQuery>, string]>([
    ['8.8.8.8', {}, 'unicast eth0 192.0.2.10'],
    ['10.9.9.9', {}, 'unicast eth1 198.51.100.1'],
    ['10.1.9.9', {}, 'unicast eth0 192.0.2.10, eth1 198.51.100.1'],
    ['10.8.0.1', {}, 'unicast eth1 192.0.2.11'],
    ['192.0.2.10', {}, 'local lo 192.0.2.10'],
    ['192.0.2.11', {}, 'local lo 192.0.2.10'],
    ['127.0.0.2', {}, 'local lo 127.0.0.1'],
    ['10.6.0.1', {}, 'ENETUNREACH'],
    ['10.6.0.1', { outputInterface: 'eth1' }, 'unicast eth1 198.51.100.1'],
    ['255.255.255.255', { outputInterface: 'eth0' }, 'broadcast eth0 192.0.2.10'],
    ['8.8.8.8', { source: address('224.0.0.1') }, 'EINVAL'],
    ['2001:db8:5::1', {}, 'ENETUNREACH'],
    ['2001:db8:1::9', {}, 'unicast eth1 2001:db8:1::1'],
  ])('%s %j: %s', (to, query, expected) => {
    expect(out(to, query)).toBe(expected);
  });
});
