/** A node for simulated service traffic: its addresses on one device, all pods behind another. */

import { parseAddress } from '../../src/base/address.ts';
import { parseInterfaces } from '../../src/formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../../src/formats/iproute2/parse-routes.ts';
import { buildHost } from '../../src/host/build-host.ts';
import type { Host } from '../../src/host/host.ts';
import { buildFrame, buildPacket } from '../../src/packet/build.ts';
import { protocol } from '../../src/packet/protocols.ts';
import type { PacketInput } from '../../src/simulate/api.ts';

export interface NodeDescription {
  readonly family: 'ip' | 'ip6';
  /** Addresses of the uplink. */
  readonly addresses: readonly string[];
  /** The device of the pods. */
  readonly podDevice: string;
}

const uplink = 'eth0';
const uplinkMac = '02:00:00:00:00:01';
const podMac = '02:00:00:00:00:02';

const loopback = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
    inet6 ::1/128 scope host`;

export function nodeHost({ family, addresses, podDevice }: NodeDescription): Host {
  const links = [
    loopback,
    link(2, uplink, uplinkMac),
    ...addresses.map((text) =>
      text.includes(':')
        ? `    inet6 ${text}/64 scope global`
        : `    inet ${text}/24 scope global ${uplink}`,
    ),
    link(3, podDevice, podMac),
  ].join('\n');
  const [gateway, pods] =
    family === 'ip' ? ['192.168.0.1', '10.0.0.0/8'] : ['2001:db8::ffff', 'fd00:10::/32'];
  const text = `default via ${gateway} dev ${uplink}\n${pods} dev ${podDevice} scope link\n`;
  const routes = parseRoutes({ name: 'ip-route.txt', text }, family === 'ip' ? 4 : 6).value;
  return buildHost({
    interfaces: parseInterfaces({ name: 'ip-addr.txt', text: `${links}\n` }).value,
    ...(family === 'ip' ? { routes4: routes } : { routes6: routes }),
    sysctls: new Map([
      ['net.ipv4.ip_forward', '1'],
      ['net.ipv6.conf.all.forwarding', '1'],
      ['net.ipv4.conf.all.route_localnet', '1'],
      ['net.ipv4.conf.all.rp_filter', '0'],
    ]),
  }).value;
}

function link(index: number, name: string, mac: string): string {
  return `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`;
}

export interface Flow {
  readonly source: string;
  readonly destination: string;
  /** TCP, UDP or SCTP in any case. */
  readonly protocol: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Letters of the TCP flags; S when absent. */
  readonly flags?: string;
}

export type Sender = 'pod' | 'node' | 'external';

/** RFC 9260 section 3.3.2: a tag, a window of 65536 bytes, one stream each way, a first sequence number. */
const initChunk = Uint8Array.of(1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1);

export function packetFrom(sender: Sender, flow: Flow, podDevice: string): PacketInput {
  const name = flow.protocol.toLowerCase();
  const packet = buildPacket({
    source: addressOf(flow.source),
    destination: addressOf(flow.destination),
    protocol: name === 'udp' ? protocol.udp : name === 'sctp' ? protocol.sctp : protocol.tcp,
    sourcePort: flow.sourcePort,
    destinationPort: flow.destinationPort,
    ...(flow.flags === undefined ? {} : { flags: flow.flags }),
    ...(name === 'sctp' ? { payload: initChunk } : {}),
  });
  if (sender === 'node') return { kind: 'local', packet };
  const device = sender === 'pod' ? podDevice : uplink;
  const destination = macBytes(sender === 'pod' ? podMac : uplinkMac);
  const frame = buildFrame(packet, { source: macBytes('02:00:00:00:00:09'), destination });
  return { kind: 'received', device, frame };
}

function addressOf(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return address;
}

function macBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(':').map((byte) => Number.parseInt(byte, 16)));
}
