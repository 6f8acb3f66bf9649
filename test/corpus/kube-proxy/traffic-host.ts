/** The node of the corpus' traffic rows: its addresses on one device, all pods behind another. */

import { parseInterfaces } from '../../../src/formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../../../src/formats/iproute2/parse-routes.ts';
import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { parseAddress } from '../../../src/generate/kubernetes/go-address.ts';
import { buildHost } from '../../../src/host/build-host.ts';
import type { Host } from '../../../src/host/host.ts';
import type { CorpusCase } from './case.ts';

export const uplink = 'eth0';
const uplinkMac = '02:00:00:00:00:01';
const podMac = '02:00:00:00:00:02';

/** Where packets of pods come in: a name that the detect-local mode knows. */
export function podDevice(run: KubeProxyRun): string {
  const { detectLocal } = run.program.context.settings;
  switch (detectLocal?.mode) {
    case 'BridgeInterface':
      return detectLocal.name;
    case 'InterfaceNamePrefix':
      return `${detectLocal.prefix}1`;
    default:
      return 'cni0';
  }
}

export function trafficHost(test: CorpusCase, run: KubeProxyRun): Host {
  const four = run.program.context.settings.family === 'ip';
  const addresses = (test.nodeIPs ?? []).flatMap((text) => {
    const address = parseAddress(text);
    if (address === undefined) return [];
    return [
      address.family === 'ip'
        ? `    inet ${text}/24 scope global ${uplink}`
        : `    inet6 ${text}/64 scope global`,
    ];
  });
  const device = (index: number, name: string, mac: string): string =>
    `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`;
  const links = [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n    inet6 ::1/128 scope host',
    device(2, uplink, uplinkMac),
    ...addresses,
    device(3, podDevice(run), podMac),
  ].join('\n');
  const pods = four ? '10.0.0.0/8' : 'fd00:10::/32';
  const routes = `default via ${four ? '192.168.0.1' : '2001:db8::ffff'} dev ${uplink}\n${pods} dev ${podDevice(run)} scope link\n`;
  const facts = {
    interfaces: parseInterfaces({ name: 'ip-addr.txt', text: `${links}\n` }).value,
    [four ? 'routes4' : 'routes6']: parseRoutes(
      { name: 'ip-route.txt', text: routes },
      four ? 4 : 6,
    ).value,
    sysctls: new Map([
      ['net.ipv4.ip_forward', '1'],
      ['net.ipv6.conf.all.forwarding', '1'],
      ['net.ipv4.conf.all.route_localnet', '1'],
      ['net.ipv4.conf.all.rp_filter', '0'],
    ]),
  };
  return buildHost(facts).value;
}

export function macOf(device: string): Uint8Array {
  const text = device === uplink ? uplinkMac : podMac;
  return Uint8Array.from(text.split(':').map((byte) => Number.parseInt(byte, 16)));
}
