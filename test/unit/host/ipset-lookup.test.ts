/** Membership in ipsets, type by type. */

import { describe, expect, test } from 'vitest';
import { loadIpsetSave } from '../../../src/formats/ipset/load-ipset-save.ts';
import { prepareIpSets } from '../../../src/host/ipset-index.ts';
import {
  type IpSetDirection,
  type IpSetPacket,
  type IpSetTestOptions,
  testIpSet,
} from '../../../src/host/ipset-lookup.ts';
import { address } from './host-of.ts';

const text = `create ip hash:ip timeout 0
add ip 10.0.0.1
add ip 10.0.1.0-10.0.1.9
add ip 10.0.2.5 timeout 30
create masked hash:ip netmask 24
add masked 10.5.6.0
create bits hash:ip bitmask 255.0.255.0
add bits 10.0.6.0
create net hash:net family inet counters
add net 10.0.0.0/8 packets 3 bytes 180
add net 10.1.0.0/16 nomatch packets 0 bytes 0
add net 10.1.2.0/24 packets 9 bytes 900
create net6 hash:net family inet6
add net6 2001:db8::/32
add net6 2001:db8:1::/48 nomatch
create ipport hash:ip,port
add ipport 10.0.0.1,tcp:80
add ipport 10.0.0.1,udp:53
add ipport 10.0.0.1,8080
add ipport 10.0.0.1,icmp:echo-request
add ipport 10.0.0.1,gre:0
add ipport 10.0.0.1,sctp:9-11
create ipport6 hash:ip,port family inet6
add ipport6 2001:db8::1,ipv6-icmp:echo-request
create triple hash:ip,port,ip
add triple 10.0.0.1,tcp:80,10.0.0.9
create tripnet hash:ip,port,net
add tripnet 10.0.0.1,tcp:80,10.9.0.0/16
add tripnet 10.0.0.1,tcp:80,10.9.9.0/24 nomatch
create netport hash:net,port
add netport 10.0.0.0/8,tcp:80
add netport 10.1.0.0/16,tcp:80 nomatch
create netnet hash:net,net
add netnet 10.0.0.0/8,11.0.0.0/8
add netnet 10.1.0.0/16,11.0.0.0/8 nomatch
create netportnet hash:net,port,net
add netportnet 10.0.0.0/8,tcp:80,11.0.0.0/8
create netiface hash:net,iface
add netiface 10.0.0.0/8,eth0
add netiface 10.1.0.0/16,eth0 nomatch
add netiface 172.16.0.0/12,cali wildcard
create mac hash:mac
add mac 02:00:00:00:00:01
create ipmac hash:ip,mac
add ipmac 10.0.0.1,02:00:00:00:00:01
create ipmark hash:ip,mark markmask 0x0000ffff
add ipmark 10.0.0.1,0x00001234
create bm bitmap:ip range 10.0.0.0-10.0.255.255 netmask 24
add bm 10.0.7.0
create bmmac bitmap:ip,mac range 10.0.0.0-10.0.0.255
add bmmac 10.0.0.1
add bmmac 10.0.0.2,02:00:00:00:00:01
create ports bitmap:port range 0-1023
add ports 80
create list list:set size 8
add list ipport
add list net
create empty list:set size 8
create broken list:set size 8
add broken nosuch
`;

const loaded = loadIpsetSave(text);
const sets = prepareIpSets(loaded.value);

const packet: IpSetPacket = {
  family: 4,
  source: address('10.0.0.1'),
  destination: address('10.0.0.9'),
  protocol: 6,
  sourcePort: 80,
  destinationPort: 4000,
  mark: 0,
  inputInterface: 'eth0',
  sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  destinationMac: Uint8Array.of(2, 0, 0, 0, 0, 2),
};

function check(
  set: string,
  flags: string,
  change: Partial<IpSetPacket> = {},
  options: IpSetTestOptions = {},
): string {
  const directions = flags
    .split(',')
    .map((flag): IpSetDirection => (flag === 'src' ? 'src' : 'dst'));
  return testIpSet(sets, set, directions, { ...packet, ...change }, options).kind;
}

test('the sets were read', () => {
  expect(loaded.diagnostics).toEqual([]);
});

describe('testIpSet', () => {
  const from = (text: string): Partial<IpSetPacket> => ({ source: address(text) });
  const icmp = { protocol: 1, icmpType: 8, icmpCode: 0 };
  const six = {
    family: 6,
    source: address('2001:db8::1'),
    destination: address('2001:db8:1::1'),
  } as const;
  test.each<[string, string, Partial<IpSetPacket>, string]>([
    ['ip', 'src', {}, 'match'],
    ['ip', 'dst', {}, 'absent'],
    ['ip', 'src', from('10.0.1.9'), 'match'],
    ['ip', 'src', from('10.0.1.10'), 'absent'],
    ['ip', 'src,dst', {}, 'match'],
    ['ip', 'src', six, 'absent'],
    ['masked', 'src', from('10.5.6.77'), 'match'],
    ['masked', 'src', from('10.5.7.77'), 'absent'],
    ['bits', 'src', from('10.9.6.77'), 'match'],
    ['net', 'src', {}, 'match'],
    ['net', 'src', from('10.1.1.1'), 'nomatch'],
    ['net', 'src', from('10.1.2.1'), 'match'],
    ['net', 'src', from('11.1.2.1'), 'absent'],
    ['net6', 'src', six, 'match'],
    ['net6', 'dst', six, 'nomatch'],
    ['ipport', 'src,src', {}, 'match'],
    ['ipport', 'src,dst', {}, 'absent'],
    ['ipport', 'src', {}, 'absent'],
    ['ipport', 'src,src', { protocol: 17 }, 'absent'],
    ['ipport', 'src,dst', { protocol: 17, destinationPort: 53 }, 'match'],
    ['ipport', 'src,dst', { destinationPort: 8080 }, 'match'],
    ['ipport', 'src,dst', icmp, 'match'],
    ['ipport', 'src,dst', { ...icmp, icmpType: 0 }, 'absent'],
    ['ipport', 'src,dst', { protocol: 47 }, 'match'],
    ['ipport', 'src,dst', { protocol: 132, destinationPort: 10 }, 'match'],
    ['ipport6', 'src,dst', { ...six, protocol: 58, icmpType: 128, icmpCode: 0 }, 'match'],
    ['triple', 'src,src,dst', {}, 'match'],
    ['triple', 'src,src,src', {}, 'absent'],
    ['tripnet', 'src,src,dst', { destination: address('10.9.1.1') }, 'match'],
    ['tripnet', 'src,src,dst', { destination: address('10.9.9.1') }, 'nomatch'],
    ['netport', 'src,src', {}, 'match'],
    ['netport', 'src,src', from('10.1.0.1'), 'nomatch'],
    ['netnet', 'src,dst', { destination: address('11.1.1.1') }, 'match'],
    ['netnet', 'src,dst', { ...from('10.1.1.1'), destination: address('11.1.1.1') }, 'nomatch'],
    ['netportnet', 'src,src,dst', { destination: address('11.1.1.1') }, 'match'],
    ['netiface', 'src,src', {}, 'match'],
    ['netiface', 'src,src', { inputInterface: 'eth1' }, 'absent'],
    ['netiface', 'src,src', from('10.1.1.1'), 'nomatch'],
    ['netiface', 'src,dst', {}, 'absent'],
    ['netiface', 'src,dst', { ...from('172.17.2.2'), outputInterface: 'cali123' }, 'match'],
    ['mac', 'src', {}, 'match'],
    ['mac', 'dst', {}, 'absent'],
    ['ipmac', 'src,src', {}, 'match'],
    ['ipmac', 'src,dst', {}, 'absent'],
    ['ipmark', 'src,dst', { mark: 0x51234 }, 'match'],
    ['ipmark', 'src,dst', { mark: 0x1235 }, 'absent'],
    ['bm', 'src', from('10.0.7.200'), 'match'],
    ['bm', 'src', from('10.0.8.200'), 'absent'],
    ['bmmac', 'src,dst', {}, 'match'],
    ['bmmac', 'src,src', from('10.0.0.2'), 'match'],
    ['bmmac', 'src,dst', from('10.0.0.2'), 'absent'],
    ['ports', 'src', {}, 'match'],
    ['ports', 'dst', {}, 'absent'],
    ['ports', 'src', { protocol: 132 }, 'absent'],
    ['list', 'src,src', {}, 'match'],
    ['list', 'src', {}, 'match'],
    ['list', 'src', from('10.1.1.1'), 'absent'],
    ['empty', 'src', {}, 'absent'],
    ['broken', 'src', {}, 'unknown-set'],
    ['nosuch', 'src', {}, 'unknown-set'],
  ])('%s %s %j: %s', (set, flags, change, expected) => {
    expect(check(set, flags, change)).toBe(expected);
  });

  test('a fragment has no ports', () => {
    const { sourcePort: _, destinationPort: __, ...fragment } = packet;
    expect(testIpSet(sets, 'ipport', ['src', 'src'], fragment).kind).toBe('absent');
  });

  test('timeouts count under a clock', () => {
    const change = { source: address('10.0.2.5') };
    expect(check('ip', 'src', change)).toBe('match');
    expect(check('ip', 'src', change, { elapsedSeconds: 29 })).toBe('match');
    expect(check('ip', 'src', change, { elapsedSeconds: 30 })).toBe('absent');
  });

  test('an element that a condition refuses gives way to a wider one', () => {
    const accepts = (element: { packets?: bigint }) => (element.packets ?? 0n) < 5n;
    expect(check('net', 'src', { source: address('10.1.2.1') }, { accepts })).toBe('nomatch');
  });
});
