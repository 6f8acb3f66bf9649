/** `ipset save` text is read and printed back. */

import { describe, expect, test } from 'vitest';
import { loadIpsetSave } from '../../../../src/formats/ipset/load-ipset-save.ts';
import { printIpsetSave } from '../../../../src/formats/ipset/print-ipset-save.ts';

const saved = `create a1 hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xb59c847c
add a1 10.0.0.1
create a2 hash:ip family inet6 hashsize 1024 maxelem 65536 timeout 300 counters comment skbinfo bucketsize 12 initval 0xd6466944
add a2 ::ffff:1.2.3.4 timeout 0 packets 0 bytes 0
add a2 2001:db8::1 timeout 19 packets 5 bytes 18446744073709551615 comment "hello \\ wor ld" skbmark 0x1/0xff skbprio 1:a skbqueue 3
create a3 hash:ip family inet hashsize 64 maxelem 100 forceadd netmask 24
add a3 10.5.6.0
create a4 hash:net family inet hashsize 1024 maxelem 65536 timeout 9 counters comment skbinfo
add a4 10.0.0.0/8 timeout 8 nomatch packets 1 bytes 2 comment "" skbmark 0x7
add a4 1.2.3.4 timeout 1 packets 0 bytes 0
create a5 hash:ip,port family inet hashsize 1024 maxelem 65536
add a5 10.0.0.1,gre:0
add a5 10.0.0.1,tcp:80
add a5 10.0.0.1,udp:53
add a5 10.0.0.1,icmp:77/5
add a5 10.0.0.1,icmp:echo-request
add a5 10.0.0.1,6:81
add a5 10.0.0.1,200:0
create a5b hash:ip,port family inet6 hashsize 1024 maxelem 65536
add a5b 2001:db8::1,ipv6-icmp:port-unreachable
add a5b 2001:db8::1,ipv6-icmp:200/0
create a6 hash:ip,port,ip family inet hashsize 1024 maxelem 65536
add a6 10.0.0.1,tcp:80,10.0.0.2
create a7 hash:ip,port,net family inet hashsize 1024 maxelem 65536
add a7 10.0.0.1,tcp:80,10.0.5.0/24 nomatch
create a8 hash:net,port family inet hashsize 1024 maxelem 65536
add a8 10.0.0.0/8,tcp:80
create a9 hash:net,net family inet hashsize 1024 maxelem 65536
add a9 10.0.0.0/8,11.0.0.0/8
create a10 hash:net,port,net family inet hashsize 1024 maxelem 65536
add a10 10.0.0.0/8,tcp:80,11.0.0.0/8
create a11 hash:net,iface family inet hashsize 1024 maxelem 65536
add a11 10.0.0.0/8,physdev:eth1
add a11 10.2.0.0/16,eth nomatch wildcard
create a12 hash:mac hashsize 1024 maxelem 65536
add a12 02:00:00:00:00:0A
create a13 hash:ip,mac hashsize 1024 maxelem 65536
add a13 10.0.0.1,02:00:00:00:00:01
create a14 hash:ip,mark family inet markmask 0x000000ff hashsize 1024 maxelem 65536
add a14 10.0.0.1,0x00000034
create a15 bitmap:ip range 10.0.0.0-10.0.255.255 netmask 24 timeout 9
add a15 10.0.5.0 timeout 8
create a16 bitmap:ip,mac range 10.0.0.0-10.0.0.255
add a16 10.0.0.5
add a16 10.0.0.6,02:00:00:00:00:01
create a17 bitmap:port range 80-90
add a17 80
create we ird hash:ip family inet hashsize 1024 maxelem 65536
add we ird 10.0.0.1
create a18 list:set size 16 timeout 60 comment
add a18 a1 timeout 59
add a18 a4 timeout 4 comment "z"
`;

test('a save of every type is printed back exactly', () => {
  const { value, diagnostics } = loadIpsetSave(saved);
  expect(diagnostics).toEqual([]);
  expect(printIpsetSave(value)).toBe(saved);
});

test('what it means', () => {
  const { value } = loadIpsetSave(saved);
  const set = (name: string) => value.find((candidate) => candidate.name === name);
  expect([
    set('a1')?.family,
    set('a2')?.family,
    set('a17')?.family,
    set('we ird')?.elements.length,
  ]).toEqual([4, 6, 'any', 1]);
  expect(set('a2')?.elements[1]).toEqual({
    parts: [
      {
        kind: 'net',
        address: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
        prefixLength: 128,
      },
    ],
    nomatch: false,
    timeoutSeconds: 19,
    packets: 5n,
    bytes: 18446744073709551615n,
    comment: 'hello \\ wor ld',
    skbMark: { mark: 1, mask: 255 },
    skbPriority: { major: 1, minor: 10 },
    skbQueue: 3,
  });
  expect(set('a5')?.elements[4]?.parts[1]).toEqual({
    kind: 'port',
    protocol: 1,
    protocolName: 'icmp',
    from: 0x800,
    to: 0x800,
  });
});

describe('hand-written restore files', () => {
  test('ranges, bare ports, old commands, -exist', () => {
    const { value, diagnostics } = loadIpsetSave(
      'create s hash:ip -exist\nadd s 10.0.0.1-10.0.0.9\nadd s 10.0.1.0/24 -exist\ncreate p hash:ip,port\nadd p 10.0.0.1,80-90\n-N l list:set\n-A l s\nCOMMIT\n# done\n',
    );
    expect(diagnostics).toEqual([]);
    expect(value.map((set) => [set.name, set.elements.length])).toEqual([
      ['s', 2],
      ['p', 1],
      ['l', 1],
    ]);
  });

  test('what is not understood is a warning, and the rest is read', () => {
    const { value, diagnostics } = loadIpsetSave(
      'create s hash:ip\nadd s 10.0.0.1\nadd s zappa\nadd t 1.2.3.4\nadd s 10.0.0.2 colour red\ncreate u hash:zappa\ncreate s hash:ip\ncreate v hash:ip colour red\nflush s\nadd s 10.0.0.3\n',
    );
    expect(value.map((set) => [set.name, set.elements.length])).toEqual([['s', 2]]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "not an element of hash:ip: 'add s zappa'",
      "no set of this name: 'add t 1.2.3.4'",
      "unknown extension of an element: 'add s 10.0.0.2 colour red'",
      "unknown set type: 'create u hash:zappa'",
      "a set of this name was created before: 's'",
      "unknown option of a set: 'create v hash:ip colour red'",
      "not a line of ipset save: 'flush s'",
    ]);
  });
});

describe('elements that ipset 7.17 refuses', () => {
  test.each([
    ['hash:ip', '1.2.3.4 timeout 5', 'created without timeout support'],
    ['hash:ip timeout 0', '1.2.3.4 timeout 5', ''],
    ['hash:ip timeout 5', '1.2.3.4 timeout 2147484', 'at most 2147483'],
    ['hash:ip', '1.2.3.4 packets 5', 'created without counter support'],
    ['hash:ip', '1.2.3.4 comment "a"', 'created without comment support'],
    ['hash:ip', '1.2.3.4 skbmark 0x1', 'created without skbinfo support'],
    ['hash:ip', '1.2.3.4 nomatch', 'hash:ip has no nomatch'],
    ['hash:net', '0.0.0.0/0', 'length 0 is invalid'],
    ['hash:net family inet6', '::/0', 'length 0 is invalid'],
    ['hash:ip,port,net', '1.2.3.4,80,0.0.0.0/0', 'length 0 is invalid'],
    ['hash:net', '0.0.0.0/1', ''],
    ['hash:net', '0.0.0.0', ''],
    ['hash:net,iface', '0.0.0.0/0,eth0', ''],
    ['hash:ip', '0.0.0.0', 'cannot be stored'],
    ['hash:ip netmask 24', '0.0.0.1', 'cannot be stored'],
    ['hash:ip family inet6', '::1/64', 'plain address'],
    ['hash:ip,port,ip', '1.2.3.4,80,5.6.7.8/30', 'plain address'],
    ['hash:ip', '::1', 'addresses of the set are IPv4'],
    ['bitmap:ip range 10.0.0.0/24', '10.0.1.1', 'out of the range'],
    ['bitmap:ip range 10.0.0.0/24', '10.0.0.0/24', ''],
    ['bitmap:ip range 10.0.0.9-10.0.0.1', '10.0.0.5-10.0.0.12', 'out of the range'],
    ['bitmap:ip,mac range 10.0.0.0/24', '10.0.1.1,00:11:22:33:44:55', 'out of the range'],
    ['bitmap:port range 100-200', '99', 'out of the range'],
    ['bitmap:port range 200-100', '150-200', ''],
    ['bitmap:port range 100-200', '150-201', 'out of the range'],
  ])('%s: %s', (type, element, problem) => {
    const { value, diagnostics } = loadIpsetSave(`create s ${type}\nadd s ${element}\n`);
    expect(value[0]?.elements).toHaveLength(problem === '' ? 1 : 0);
    expect(diagnostics.map(({ message }) => message)).toEqual(
      problem === '' ? [] : [expect.stringContaining(problem)],
    );
  });
});
