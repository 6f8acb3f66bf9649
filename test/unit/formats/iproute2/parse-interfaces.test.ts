/** `ip addr` and `ip link`, text and JSON. */

import { describe, expect, test } from 'vitest';
import { formatAddress, formatLinkLayerAddress } from '../../../../src/base/address.ts';
import { parseInterfaces } from '../../../../src/formats/iproute2/parse-interfaces.ts';

const read = (text: string) => parseInterfaces({ name: 'ip-addr.txt', text });

const detailed = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 numtxqueues 1
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host proto kernel_lo
       valid_lft forever preferred_lft forever
4: br0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether a6:d0:71:2c:dc:c4 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535
    bridge forward_delay 1500 hello_time 200 stp_state 0 nf_call_iptables 0 addrgenmode eui64 numtxqueues 1
    alias the 'inner' bridge
    altname inner0
    inet 192.168.7.1/31 scope site br0:x
       valid_lft forever preferred_lft forever
    inet 172.30.0.1/16 metric 500 brd 172.30.255.255 scope global dynamic noprefixroute br0
       valid_lft 1000sec preferred_lft 500sec
    inet6 2001:db8::2 peer 2001:db8::3/128 scope global nodad
       valid_lft forever preferred_lft forever
5: veth1@if3: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1450 qdisc noqueue master br0 state UP group 12 qlen 1000
    link/ether 02:00:00:00:00:05 brd ff:ff:ff:ff:ff:ff link-netns pod-a promiscuity 1 minmtu 68 maxmtu 65535
    veth
    bridge_slave state forwarding priority 32 cost 2 hairpin on guard off isolated off addrgenmode eui64 numtxqueues 1
6: vx0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default
    link/ether da:cb:2f:db:f0:4e brd ff:ff:ff:ff:ff:ff
    vxlan id 4096 local 10.0.0.2 dev eth0 srcport 0 0 dstport 4789 nolearning ttl 32 ageing 300 udpcsum addrgenmode eui64
7: tun0@NONE: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ipip 10.0.0.2 peer 10.0.0.9 promiscuity 0
    ipip remote 10.0.0.9 local 10.0.0.2 ttl inherit pmtudisc numtxqueues 1
    inet 10.9.0.1 peer 10.9.0.2/32 scope global tun0
8: wg0: <POINTOPOINT,NOARP> mtu 1420 qdisc noop state DOWN group default qlen 1000
    link/none
    wireguard numtxqueues 1 numrxqueues 1
9: eth0.5@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default qlen 1000
    link/ether 2a:a1:e5:cf:6d:89 brd ff:ff:ff:ff:ff:ff
    vlan protocol 802.1Q id 5 <REORDER_HDR> addrgenmode eui64
`;

describe('ip -d addr', () => {
  const { value, diagnostics } = read(detailed);
  const byName = new Map(value.map((device) => [device.name, device]));

  test('every line is understood', () => {
    expect(diagnostics).toEqual([]);
    expect(value.map((device) => `${device.index} ${device.name} ${device.kind}`)).toEqual([
      '1 lo loopback',
      '4 br0 bridge',
      '5 veth1 veth',
      '6 vx0 vxlan',
      '7 tun0 ipip',
      '8 wg0 wireguard',
      '9 eth0.5 vlan',
    ]);
  });

  test('addresses', () => {
    const show = (name: string) =>
      byName
        .get(name)
        ?.addresses.map(
          (entry) =>
            `${formatAddress(entry.address)}/${entry.prefixLength} ${entry.scope} ${entry.flags} ${entry.label}`,
        );
    expect(show('br0')).toEqual([
      '192.168.7.1/31 200  br0:x',
      '172.30.0.1/16 0 dynamic,noprefixroute br0',
      '2001:db8::2/128 0 nodad undefined',
    ]);
    expect(show('tun0')).toEqual(['10.9.0.1/32 0  tun0']);
    const peer = byName.get('tun0')?.addresses[0]?.peer;
    expect(peer === undefined ? '' : formatAddress(peer)).toBe('10.9.0.2');
    expect(byName.get('br0')?.addresses[1]?.metric).toBe(500);
    expect(byName.get('lo')?.addresses[1]?.protocol).toBe('kernel_lo');
  });

  test('ports, masters, names', () => {
    const port = byName.get('veth1');
    expect([port?.master, port?.peerName, port?.peerNamespace, port?.group, port?.mtu]).toEqual([
      'br0',
      'if3',
      'pod-a',
      12,
      1450,
    ]);
    expect([port?.bridgePort?.get('hairpin'), port?.bridgePort?.get('state')]).toEqual([
      'on',
      'forwarding',
    ]);
    expect([byName.get('br0')?.alias, byName.get('br0')?.alternativeNames]).toEqual([
      "the 'inner' bridge",
      ['inner0'],
    ]);
    expect(port?.flags).toEqual(['BROADCAST', 'MULTICAST', 'NOARP', 'UP', 'LOWER_UP']);
    expect(formatLinkLayerAddress(port?.mac ?? new Uint8Array())).toBe('02:00:00:00:00:05');
  });

  test('tunnels', () => {
    const vxlan = byName.get('vx0')?.details;
    expect([vxlan?.id, vxlan?.port, vxlan?.device, vxlan?.learning, vxlan?.ttl]).toEqual([
      4096,
      4789,
      'eth0',
      false,
      32,
    ]);
    expect(byName.get('tun0')?.details.remote).toEqual(Uint8Array.of(10, 0, 0, 9));
    expect(byName.get('tun0')?.mac).toBeUndefined();
    expect([byName.get('eth0.5')?.details.vlanId, byName.get('eth0.5')?.peerName]).toEqual([
      5,
      'eth0',
    ]);
    expect(byName.get('wg0')?.linkType).toBe('none');
  });
});

test('ip -s and ip -o', () => {
  const counted =
    read(`2: eth0: <UP> mtu 1500 qdisc fq state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
          2002      20      0       0       0       0
    TX:  bytes packets errors dropped carrier collsns
             0       0      0       0       0       0
`);
  expect([counted.diagnostics, counted.value.length]).toEqual([[], 1]);
  const single = read(
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n' +
      '3: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever preferred_lft forever\n' +
      '3: eth0    inet6 2001:db8::1/64 scope global nodad \\       valid_lft forever preferred_lft forever\n',
  );
  expect(single.diagnostics).toEqual([]);
  expect(single.value.map((device) => `${device.name} ${device.addresses.length}`)).toEqual([
    'lo 1',
    'eth0 2',
  ]);
});

test('ip -j -d addr says the same as the text', () => {
  const text =
    read(`3: eth0@eth0p: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000
    link/ether 2a:a1:e5:cf:6d:89 brd ff:ff:ff:ff:ff:ff
    veth addrgenmode eui64
    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0
    inet 10.0.0.3/24 scope global secondary eth0
    inet6 2001:db8::2 peer 2001:db8::3/128 scope global nodad
`);
  const json = read(
    '[{"ifindex":3,"link":"eth0p","ifname":"eth0","flags":["BROADCAST","MULTICAST","UP"],"mtu":1500,"qdisc":"noqueue","master":"br0",' +
      '"operstate":"UP","group":"default","txqlen":1000,"link_type":"ether","address":"2a:a1:e5:cf:6d:89","broadcast":"ff:ff:ff:ff:ff:ff",' +
      '"linkinfo":{"info_kind":"veth"},"addr_info":[' +
      '{"family":"inet","local":"10.0.0.2","prefixlen":24,"broadcast":"10.0.0.255","scope":"global","label":"eth0"},' +
      '{"family":"inet","local":"10.0.0.3","prefixlen":24,"scope":"global","secondary":true,"label":"eth0"},' +
      '{"family":"inet6","local":"2001:db8::2","address":"2001:db8::3","prefixlen":128,"scope":"global","nodad":true}]}]',
  );
  expect(json.diagnostics).toEqual([]);
  expect(json.value).toEqual(text.value);
});

test('what is not understood is a warning with its place, and the rest is read', () => {
  const { value, diagnostics } = read(
    '2: eth0: <UP> mtu 1500 zappa\n    link/ether 02:00:00:00:00:01\n    inet nonsense scope global eth0\nwhat is this\n',
  );
  expect(value.map((device) => device.name)).toEqual(['eth0']);
  expect(
    diagnostics.map(({ span, message }) => [span.source.text.slice(span.start, span.end), message]),
  ).toEqual([
    ['zappa', "unknown word 'zappa' of an interface"],
    [
      'inet nonsense scope global eth0',
      "not part of an interface: 'inet nonsense scope global eth0'",
    ],
    ['what is this', "not part of an interface: 'what is this'"],
  ]);
});
