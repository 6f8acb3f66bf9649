/** `ip route`, `ip rule`, `ip neigh` and `bridge fdb`, text and JSON. */

import { describe, expect, test } from 'vitest';
import { formatAddress, formatPrefix } from '../../../../src/base/address.ts';
import { parseForwarding } from '../../../../src/formats/iproute2/parse-forwarding.ts';
import { parseNeighbours } from '../../../../src/formats/iproute2/parse-neighbours.ts';
import { parseRoutes } from '../../../../src/formats/iproute2/parse-routes.ts';
import { parseRules } from '../../../../src/formats/iproute2/parse-rules.ts';
import type { Route } from '../../../../src/host/route.ts';

const source = (text: string) => ({ name: 'input', text });

function show(route: Route): string {
  const hops = route.nexthops.map(
    ({ via, device, weight, flags }) =>
      `${via === undefined ? '' : `${formatAddress(via)} `}${device}${weight === 1 ? '' : `*${weight}`}${flags.length === 0 ? '' : ` (${flags})`}`,
  );
  const preferred =
    route.preferredSource === undefined ? '' : ` src ${formatAddress(route.preferredSource)}`;
  return `${route.table} ${route.type} ${formatPrefix(route.destination)} [${hops}] scope ${route.scope} metric ${route.metric}${preferred}`;
}

const routes4 = `default linkdown
	nexthop via 10.0.0.1 dev eth0 weight 2 linkdown
	nexthop via 10.0.0.5 dev eth0 weight 1 linkdown
default via 10.0.0.1 dev eth0 proto static metric 100 mtu 1400
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2
10.55.0.0/16 via inet6 2001:db8::9 dev eth0
blackhole 10.66.0.0/16 proto 80
throw 10.69.0.0/16 table 99
10.70.0.0/16 via 172.99.0.1 dev eth0 src 10.0.0.3 onlink
10.71.0.0/16 tos 0x10 dev br0 table 100 scope link mtu lock 1300 features ecn
10.75.0.0/16  encap ip id 5 src 0.0.0.0 dst 10.0.0.9 ttl 0 tos 0 dev eth0 scope link
local 10.0.0.2 dev eth0 table local proto kernel scope host src 10.0.0.2
broadcast 10.0.0.255 dev eth0 table 255 proto kernel scope link src 10.0.0.2
`;

describe('ip route', () => {
  test('text', () => {
    const { value, diagnostics } = parseRoutes(source(routes4), 4);
    expect(diagnostics).toEqual([]);
    expect(value.map(show)).toEqual([
      'main unicast 0.0.0.0/0 [10.0.0.1 eth0*2 (linkdown),10.0.0.5 eth0 (linkdown)] scope 0 metric 0',
      'main unicast 0.0.0.0/0 [10.0.0.1 eth0] scope 0 metric 100',
      'main unicast 10.0.0.0/24 [eth0] scope 253 metric 0 src 10.0.0.2',
      'main unicast 10.55.0.0/16 [2001:db8::9 eth0] scope 0 metric 0',
      'main blackhole 10.66.0.0/16 [] scope 0 metric 0',
      '99 throw 10.69.0.0/16 [] scope 0 metric 0',
      'main unicast 10.70.0.0/16 [172.99.0.1 eth0 (onlink)] scope 0 metric 0 src 10.0.0.3',
      '100 unicast 10.71.0.0/16 [br0] scope 253 metric 0',
      'main unicast 10.75.0.0/16 [eth0] scope 253 metric 0',
      'local local 10.0.0.2 [eth0] scope 254 metric 0 src 10.0.0.2',
      'local broadcast 10.0.0.255 [eth0] scope 253 metric 0 src 10.0.0.2',
    ]);
    expect([value[1]?.mtu, value[7]?.mtu, value[7]?.tos, value[4]?.protocol]).toEqual([
      1400,
      1300,
      16,
      '80',
    ]);
  });

  test('ip -o joins nexthops with backslashes', () => {
    const joined =
      'default \\\tnexthop via 10.0.0.1 dev eth0 weight 2 \\\tnexthop via 10.0.0.5 dev eth1 weight 1 \n';
    expect(parseRoutes(source(joined), 4).value.map(show)).toEqual([
      'main unicast 0.0.0.0/0 [10.0.0.1 eth0*2,10.0.0.5 eth1] scope 0 metric 0',
    ]);
  });

  test('JSON', () => {
    const json =
      '[{"dst":"default","flags":["linkdown"],"nexthops":[{"gateway":"10.0.0.1","dev":"eth0","weight":2,"flags":["linkdown"]},' +
      '{"gateway":"10.0.0.5","dev":"eth0","weight":1,"flags":["linkdown"]}]},' +
      '{"dst":"default","gateway":"10.0.0.1","dev":"eth0","protocol":"static","metric":100,"flags":[],"metrics":[{"mtu":1400}]},' +
      '{"dst":"10.55.0.0/16","via":{"family":"inet6","host":"2001:db8::9"},"dev":"eth0","flags":[]},' +
      '{"type":"blackhole","dst":"10.66.0.0/16","protocol":"80","flags":[]},' +
      '{"dst":"10.70.0.0/16","gateway":"172.99.0.1","dev":"eth0","prefsrc":"10.0.0.3","flags":["onlink"]}]';
    const lines = routes4.split('\n');
    const text = [...lines.slice(0, 4), lines[5], lines[6], lines[8]].join('\n');
    expect(parseRoutes(source(json), 4)).toEqual({
      value: parseRoutes(source(text), 4).value,
      diagnostics: [],
    });
  });

  test('JSON of an IP tunnel route hides its destination', () => {
    const json =
      '[{"dst":"10.75.0.0/16","encap":"ip","id":5,"dst":"10.0.0.9","dev":"eth0","scope":"link","flags":[]}]';
    const { value, diagnostics } = parseRoutes(source(json), 4);
    expect([value.length, diagnostics.length]).toEqual([0, 1]);
  });

  test('IPv6', () => {
    const { value, diagnostics } = parseRoutes(
      source(`2001:db8:5::/48 metric 1024 pref medium
	nexthop via 2001:db8::fe dev eth0 weight 3
	nexthop via 2001:db8::fd dev eth0 weight 1
unreachable 2001:db8:6::/48 dev lo metric 1024 error -113 pref medium
2001:db8:a::/48 from 2001:db8::/64 via 2001:db8::fe dev eth0 metric 1024 expires 299sec pref low
default via fe80::1 dev eth0 metric 512 pref high
`),
      6,
    );
    expect(diagnostics).toEqual([]);
    expect(value.map(show)).toEqual([
      'main unicast 2001:db8:5::/48 [2001:db8::fe eth0*3,2001:db8::fd eth0] scope 0 metric 1024',
      'main unreachable 2001:db8:6::/48 [lo] scope 0 metric 1024',
      'main unicast 2001:db8:a::/48 [2001:db8::fe eth0] scope 0 metric 1024',
      'main unicast ::/0 [fe80::1 eth0] scope 0 metric 512',
    ]);
    expect([value[1]?.errorNumber, value[3]?.preference, value[2]?.source?.prefixLength]).toEqual([
      113,
      'high',
      64,
    ]);
  });

  test('warnings', () => {
    const { value, diagnostics } = parseRoutes(
      source('10.0.0.0/8 dev eth0 zappa\nnonsense\n10.0.0.0/99 dev eth0\n'),
      4,
    );
    expect(value.length).toBe(1);
    expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([
      "unknown word 'zappa' in a route",
      "not a route: 'nonsense'",
      "not a route: '10.0.0.0/99 dev eth0'",
    ]);
  });
});

describe('ip rule', () => {
  const text = `0:	from all lookup local
500:	from 10.1.2.3 to 10.0.0.0/8 tos 0x10 fwmark 0x10/0xf0 iif eth0 oif br0 uidrange 1000-2000 ipproto tcp sport 80 dport 1000-2000 lookup 200
600:	not from 10.5.0.0/16 fwmark 0x7 lookup main suppress_prefixlength 0
601:	from all lookup main suppress_ifgroup 5
700:	from all to 10.6.0.0/16 blackhole
801:	from all goto 900 [unresolved]
1000:	from all lookup [l3mdev-table]
1001:	from all iif nosuch [detached] lookup 77 realms 3/4 proto bird
1002:	from all nop
32766:	from all lookup main
`;
  const json =
    '[{"priority":0,"src":"all","table":"local"},{"priority":500,"src":"10.1.2.3","dst":"10.0.0.0","dstlen":8,"tos":"0x10","fwmark":"0x10",' +
    '"fwmask":"0xf0","iif":"eth0","oif":"br0","uid_start":1000,"uid_end":2000,"ipproto":"tcp","sport":80,"dport_start":1000,"dport_end":2000,' +
    '"table":"200"},{"priority":600,"not":null,"src":"10.5.0.0","srclen":16,"fwmark":"0x7","table":"main","suppress_prefixlen":0},' +
    '{"priority":601,"src":"all","table":"main","suppress_ifgroup":"5"},{"priority":700,"src":"all","dst":"10.6.0.0","dstlen":16,"action":"blackhole"},' +
    '{"priority":801,"src":"all","goto":900,"unresolved":null},{"priority":1000,"src":"all","l3mdev":null},' +
    '{"priority":1001,"src":"all","iif":"nosuch","iif_detached":null,"table":"77","flow_from":"3","flow_to":"4","protocol":"bird"},' +
    '{"priority":1002,"src":"all","nop":null},{"priority":32766,"src":"all","table":"main"}]';

  test('text', () => {
    const { value, diagnostics } = parseRules(source(text), 4);
    expect(diagnostics).toEqual([]);
    expect(value[1]).toEqual({
      family: 4,
      priority: 500,
      not: false,
      from: { address: Uint8Array.of(10, 1, 2, 3), prefixLength: 32 },
      to: { address: Uint8Array.of(10, 0, 0, 0), prefixLength: 8 },
      inputInterface: 'eth0',
      outputInterface: 'br0',
      fwmark: { mark: 16, mask: 240 },
      tos: 16,
      ipProtocol: 6,
      sourcePorts: { from: 80, to: 80 },
      destinationPorts: { from: 1000, to: 2000 },
      userIds: { from: 1000, to: 2000 },
      action: { kind: 'lookup', table: '200' },
    });
    expect(value[2]).toMatchObject({
      not: true,
      suppressPrefixLength: 0,
      fwmark: { mark: 7, mask: 0xffffffff },
    });
    expect(value.map((rule) => rule.action.kind)).toEqual([
      'lookup',
      'lookup',
      'lookup',
      'lookup',
      'blackhole',
      'goto',
      'lookup',
      'lookup',
      'nop',
      'lookup',
    ]);
  });

  test('JSON says the same', () => {
    expect(parseRules(source(json), 4)).toEqual(parseRules(source(text), 4));
  });

  test('warnings', () => {
    const { value, diagnostics } = parseRules(
      source('0: from all lookup local\nrubbish\n5: from zappa lookup main\n6: from all\n'),
      4,
    );
    expect([value.length, diagnostics.length]).toEqual([1, 3]);
  });
});

test('ip neigh', () => {
  const text = `10.0.0.44 dev eth0 lladdr 02:00:00:00:00:44 PERMANENT
10.0.0.45 dev eth0 FAILED
fe80::1 dev eth0 lladdr 02:00:00:00:00:45 router STALE
10.0.0.46 dev eth0 proxy
10.0.0.47 dev eth0 lladdr 02:00:00:00:00:47 ref 1 used 1/2/3 probes 4 REACHABLE
`;
  const { value, diagnostics } = parseNeighbours(source(text));
  expect(diagnostics).toEqual([]);
  expect(
    value.map(
      (entry) =>
        `${formatAddress(entry.address)} ${entry.states} ${entry.router} ${entry.proxy} ${entry.mac?.[5]}`,
    ),
  ).toEqual([
    '10.0.0.44 PERMANENT false false 68',
    '10.0.0.45 FAILED false false undefined',
    'fe80::1 STALE true false 69',
    '10.0.0.46  false true undefined',
    '10.0.0.47 REACHABLE false false 71',
  ]);
  const json =
    '[{"dst":"10.0.0.44","dev":"eth0","lladdr":"02:00:00:00:00:44","state":["PERMANENT"]},{"dst":"10.0.0.45","dev":"eth0","state":["FAILED"]},' +
    '{"dst":"fe80::1","dev":"eth0","lladdr":"02:00:00:00:00:45","router":null,"state":["STALE"]}]';
  expect(parseNeighbours(source(json)).value).toEqual(value.slice(0, 3));
  expect(parseNeighbours(source('zappa\n')).diagnostics.length).toBe(1);
});

test('bridge fdb', () => {
  const text =
    '00:00:00:00:00:00 dev vx1 dst 10.0.0.9 via eth0 self permanent\n02:00:00:00:00:05 dev p1 vlan 3 master br0\nzappa\n';
  const { value, diagnostics } = parseForwarding(source(text));
  expect(diagnostics.length).toBe(1);
  expect(
    value.map((entry) => [
      entry.device,
      entry.master,
      entry.vlan,
      entry.destination?.[3],
      entry.flags,
    ]),
  ).toEqual([
    ['vx1', undefined, undefined, 9, ['self', 'permanent']],
    ['p1', 'br0', 3, undefined, []],
  ]);
  const json =
    '[{"mac":"02:00:00:00:00:05","ifname":"p1","vlan":3,"flags":[],"master":"br0","state":""}]';
  expect(parseForwarding(source(json)).value[0]).toMatchObject({
    device: 'p1',
    vlan: 3,
    master: 'br0',
  });
});
