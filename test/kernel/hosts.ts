/** Hosts: the common one with rare settings, and one with a bridge. */

import fc from 'fast-check';
import { host } from './pools.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface LabHost {
  readonly interfaces: readonly Fields[];
  readonly routes: readonly Fields[];
  readonly rules: readonly Fields[];
  readonly sysctls?: Readonly<Record<string, number>>;
  readonly neigh?: readonly Fields[];
}

const settings: fc.Arbitrary<Readonly<Record<string, number>>> = fc.constantFrom(
  { 'net.ipv4.conf.all.rp_filter': 1 },
  { 'net.ipv4.conf.all.rp_filter': 2 },
  { 'net.ipv4.conf.eth1.rp_filter': 1 },
  { 'net.ipv4.ip_forward': 0 },
  { 'net.ipv6.conf.all.forwarding': 0 },
  { 'net.ipv4.conf.all.route_localnet': 1 },
  { 'net.netfilter.nf_conntrack_tcp_loose': 0 },
  { 'net.netfilter.nf_conntrack_tcp_be_liberal': 1 },
  { 'net.netfilter.nf_conntrack_checksum': 0 },
  { 'net.ipv4.fwmark_reflect': 1, 'net.ipv6.fwmark_reflect': 1 },
  { 'net.ipv4.conf.all.accept_local': 1 },
  { 'net.ipv4.conf.all.src_valid_mark': 1, 'net.ipv4.conf.all.rp_filter': 1 },
);

const extraRoutes: fc.Arbitrary<readonly Fields[]> = fc.subarray([
  { dst: '198.51.100.0/25', type: 'unreachable' },
  { dst: '8.8.8.8/32', type: 'prohibit' },
  { dst: '10.9.0.0/16', via: '10.0.0.6', dev: 'eth1' },
  { dst: '203.0.113.9/32', via: '172.20.0.9', dev: 'eth2' },
  { dst: '10.7.0.0/24', type: 'local', dev: 'lo' },
  { dst: '2606:4700::/32', type: 'unreachable' },
  { dst: '2a00::/16', type: 'prohibit' },
  { dst: 'fd00:9::/64', via: 'fd00:1::6', dev: 'eth1' },
]);

const extraRules: fc.Arbitrary<readonly Fields[]> = fc.subarray([
  { from: '10.0.0.5', lookup: 100, priority: 90 },
  { iif: 'eth2', lookup: 101, priority: 91 },
  { to: '198.51.100.0/24', lookup: 100, priority: 92 },
  { fwmark: '0x1', type: 'prohibit', priority: 93 },
]);

const mtus: fc.Arbitrary<Readonly<Record<string, number>>> = fc.constantFrom(
  { eth0: 1280 },
  { eth1: 1300 },
  { eth2: 1400, eth0: 1290 },
);

/** fc.option() is mostly not nil; this is mostly `none`, and shrinks to it. */
export function seldom<Value>(arbitrary: fc.Arbitrary<Value>, none: Value, weight = 1) {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(none) }, { weight, arbitrary });
}

export const routedHosts: fc.Arbitrary<LabHost> = fc
  .record({
    sysctls: seldom(settings, {}),
    more: seldom(extraRoutes, []),
    rules: seldom(extraRules, []),
    mtu: seldom(mtus, {}),
  })
  .map(({ sysctls, more, rules, mtu }) => ({
    interfaces: host.interfaces.map((device) =>
      mtu[device.name] === undefined ? device : { ...device, mtu: mtu[device.name] },
    ),
    routes: [...host.routes, { dst: 'default', via: '10.0.0.6', dev: 'eth1', table: 101 }, ...more],
    rules: [...host.rules, ...rules],
    ...(Object.keys(sysctls).length === 0 ? {} : { sysctls }),
  }));

/** Hosts behind the ports of the bridge: address and MAC. */
export const bridged = {
  port1: { address: '192.168.50.11', mac: '02:00:00:00:04:02' },
  port2: { address: '192.168.50.12', mac: '02:00:00:00:05:02' },
  port3: { address: '192.168.50.13', mac: '02:00:00:00:06:02' },
} as const;

export const bridgeAddress = '192.168.50.1';

const ports: readonly Fields[] = Object.keys(bridged).map((name) => ({
  name,
  master: 'br0',
  addrs: [],
}));

export const bridgeHosts: fc.Arbitrary<LabHost> = fc.boolean().map((filtered) => ({
  interfaces: [
    ...host.interfaces,
    {
      name: 'br0',
      type: 'bridge',
      addrs: [`${bridgeAddress}/24`],
      mac: '02:00:00:00:0b:01',
      args: 'mcast_snooping 0',
    },
    ...ports,
  ],
  routes: host.routes,
  rules: host.rules,
  neigh: Object.values(bridged).map(({ address, mac }) => ({ ip: address, mac, dev: 'br0' })),
  ...(filtered
    ? {
        sysctls: {
          'net.bridge.bridge-nf-call-iptables': 1,
          'net.bridge.bridge-nf-call-ip6tables': 1,
        },
      }
    : {}),
}));
