/** `fib type` and source validation. */

import { describe, expect, test } from 'vitest';
import { addressType } from '../../../src/host/address-type.ts';
import { type SourceCheck, validateSource } from '../../../src/host/reverse-path.ts';
import { address, preparedOf, smallHost } from './host-of.ts';

describe('addressType', () => {
  const prepared = preparedOf({
    ...smallHost,
    'ip-route':
      'blackhole 10.3.0.0/16\ndefault via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 scope link\n',
    'ip-route6': `2001:db8::/64 dev eth0 metric 256
2001:db8:1::/64 dev eth1 metric 256
blackhole 2001:db8:b::/48 dev lo metric 1024
prohibit 2001:db8:c::/48 dev lo metric 1024
`,
  });
  test.each([
    ['192.0.2.10', undefined, 'local'],
    ['192.0.2.10', 'eth0', 'local'],
    ['192.0.2.10', 'eth1', 'unicast'],
    ['192.0.2.255', undefined, 'broadcast'],
    ['255.255.255.255', 'eth1', 'broadcast'],
    ['0.1.2.3', undefined, 'broadcast'],
    ['224.0.0.251', undefined, 'multicast'],
    ['127.1.2.3', undefined, 'local'],
    ['10.3.0.1', undefined, 'unicast'],
    ['8.8.8.8', undefined, 'unicast'],
    ['2001:db8::10', undefined, 'local'],
    ['2001:db8::10', 'eth0', 'local'],
    ['2001:db8::10', 'eth1', 'unicast'],
    ['2001:db8::99', undefined, 'unicast'],
    ['2001:db8::', undefined, 'anycast'],
    ['ff02::1', undefined, 'multicast'],
    ['2001:db8:b::1', undefined, 'blackhole'],
    ['2001:db8:c::1', undefined, 'prohibit'],
    ['2001:db8:d::1', undefined, 'unreachable'],
  ])('%s on %s: %s', (text, device, expected) => {
    expect(addressType(prepared, address(text), device === undefined ? {} : { device })).toBe(
      expected,
    );
  });
});

describe('validateSource', () => {
  const route =
    'default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 scope link\n198.51.100.0/25 dev eth1 scope link\nblackhole 10.3.0.0/16\n';
  const check = (sysctl: string, source: string, device: string, more: Partial<SourceCheck> = {}) =>
    validateSource(preparedOf({ ...smallHost, 'ip-route': route, sysctl }), {
      source: address(source),
      destination: address('192.0.2.10'),
      device,
      ...more,
    });
  const off = 'net.ipv4.conf.all.send_redirects = 0\n';
  const strict = `${off}net.ipv4.conf.eth1.rp_filter = 1\n`;
  const loose = `${off}net.ipv4.conf.all.rp_filter = 2\n`;
  test.each([
    ['off: any source', off, '10.9.9.9', 'eth1', 'valid'],
    ['off: an address of the host', off, '198.51.100.1', 'eth0', 'martian'],
    ['off: a broadcast address', off, '198.51.100.127', 'eth0', 'valid'],
    ['accept_local', `${off}net.ipv4.conf.all.accept_local = 1`, '198.51.100.1', 'eth0', 'valid'],
    ['strict: from the network of the device', strict, '198.51.100.9', 'eth1', 'valid'],
    ['strict: from behind another device', strict, '192.0.2.99', 'eth1', 'reverse-path'],
    ['strict: only on that device', strict, '198.51.100.9', 'eth0', 'valid'],
    ['strict: a broadcast address', strict, '192.0.2.255', 'eth1', 'martian'],
    ['loose: from behind another device', loose, '192.0.2.99', 'eth1', 'valid'],
    ['loose: no route back', loose, '10.3.0.1', 'eth1', 'reverse-path'],
  ])('%s', (_, sysctl, source, device, expected) => {
    expect(check(sysctl, source, device)).toBe(expected);
  });

  test('out by the way it came in, with redirects on, is checked wholly', () => {
    expect(check('', '198.51.100.127', 'eth0', { outputInterface: 'eth0' })).toBe('martian');
    expect(check(off, '198.51.100.127', 'eth0', { outputInterface: 'eth0' })).toBe('valid');
  });
});
