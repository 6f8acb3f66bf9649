/** What the evaluator's benchmark runs: a host between pods, packets to services, rulesets from files. */

import { readFileSync } from 'node:fs';
import { loadProgram } from '../../src/cli/input/load-program.ts';
import { debianEnvironment } from '../../src/datatypes/environment.ts';
import { parseInterfaces } from '../../src/formats/iproute2/parse-interfaces.ts';
import { parseRoutes } from '../../src/formats/iproute2/parse-routes.ts';
import { parseSysctl } from '../../src/formats/sysctl/parse-sysctl.ts';
import { buildHost } from '../../src/host/build-host.ts';
import type { Host } from '../../src/host/host.ts';
import type { Program } from '../../src/model/program.ts';
import { buildFrame, buildPacket } from '../../src/packet/build.ts';
import type { PacketInput } from '../../src/simulate/api.ts';

export const clock = 1_700_000_000_000;

const interfaces = `2: eth0: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.255.0.1/24 scope global eth0
3: eth1: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.254.0.1/24 scope global eth1
`;

const routes = `10.128.0.0/9 via 10.254.0.2 dev eth1
10.255.0.0/24 dev eth0 proto kernel scope link src 10.255.0.1
10.254.0.0/24 dev eth1 proto kernel scope link src 10.254.0.1
`;

export const host = buildHost({
  interfaces: parseInterfaces({ name: 'addr', text: interfaces }).value,
  routes4: parseRoutes({ name: 'route', text: routes }, 4).value,
}).value;

function address(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

const ports = [80, 443, 8080, 53, 9090, 5432, 6379, 3306, 8443, 9153];
const firstService = ((10 << 24) | (96 << 16) | 10) >>> 0;
const firstClient = ((10 << 24) | (255 << 16) | 2) >>> 0;

/** The service at that place in the generated list, asked by a pod. */
export function packetTo(service: number, client: number): PacketInput {
  const isUdp = service % 10 === 3;
  const packet = buildPacket({
    source: address(firstClient + (client % 200)),
    destination: address(firstService + service),
    protocol: isUdp ? 17 : 6,
    sourcePort: 1024 + (client % 60000),
    destinationPort: ports[service % ports.length] ?? 80,
    payload: new Uint8Array(isUdp ? 18 : 0),
  });
  const link = {
    destination: Uint8Array.of(2, 0, 0, 0, 0, 1),
    source: Uint8Array.of(2, 0, 0, 0, 0, 2),
  };
  return { kind: 'received', device: 'eth0', frame: buildFrame(packet, link) };
}

export function randomPackets(services: number, count: number): readonly PacketInput[] {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  return Array.from({ length: count }, () =>
    packetTo(Math.floor(next() * services), Math.floor(next() * 60000)),
  );
}

export async function programOf(path: string): Promise<Program> {
  const source = { name: path, text: readFileSync(path, 'utf8') };
  const { program, diagnostics } = await loadProgram([{ source }], debianEnvironment);
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${path}: ${first.message}`);
  return program;
}

/** The workload devices that a Calico ruleset speaks of. */
export function workloadsOf(ruleset: string): readonly string[] {
  return [...new Set([...ruleset.matchAll(/"(cali[0-9a-f]{11})"/g)].map(([, name = '']) => name))];
}

/** A node with one route to each workload. */
export function workloadHost(names: readonly string[]): Host {
  const devices = names.map(
    (
      name,
      index,
    ) => `${index + 2}: ${name}: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
`,
  );
  const ways = names.map(
    (name, index) => `10.65.${index >> 8}.${index & 255} dev ${name} scope link\n`,
  );
  return buildHost({
    interfaces: parseInterfaces({ name: 'addr', text: devices.join('') }).value,
    routes4: parseRoutes({ name: 'route', text: ways.join('') }, 4).value,
  }).value;
}

/** New UDP flows from the first workload to the second. */
export function workloadPackets(names: readonly string[], count: number): readonly PacketInput[] {
  const link = {
    destination: Uint8Array.of(2, 0, 0, 0, 0, 1),
    source: Uint8Array.of(2, 0, 0, 0, 0, 2),
  };
  return Array.from({ length: count }, (_, index) => {
    const packet = buildPacket({
      source: Uint8Array.of(10, 65, 0, 0),
      destination: Uint8Array.of(10, 65, 0, 1),
      protocol: 17,
      sourcePort: 1024 + index,
      destinationPort: 4000,
      payload: new Uint8Array(18),
    });
    return { kind: 'received', device: names[0] ?? '', frame: buildFrame(packet, link) };
  });
}

const sampleFolder = 'samples/k8s-kube-proxy-nftables';

/** The node of the sample, with its ruleset. */
export async function sampleNode(): Promise<{ readonly program: Program; readonly host: Host }> {
  const text = (name: string) => ({ name, text: readFileSync(`${sampleFolder}/${name}`, 'utf8') });
  const node = buildHost({
    interfaces: parseInterfaces(text('ip-addr.txt')).value,
    routes4: parseRoutes(text('ip-route.txt'), 4).value,
    sysctls: parseSysctl(text('sysctl.txt')).value,
  }).value;
  return { program: await programOf(`${sampleFolder}/ruleset.nft`), host: node };
}

/** Clients from outside that ask for a node port of the sample. */
export function samplePackets(count: number): readonly PacketInput[] {
  const link = {
    destination: Uint8Array.of(2, 0, 0, 1, 0, 0x11),
    source: Uint8Array.of(2, 0, 0, 0, 0, 2),
  };
  return Array.from({ length: count }, (_, index) => {
    const packet = buildPacket({
      source: Uint8Array.of(203, 0, 113, 1 + (index % 250)),
      destination: Uint8Array.of(192, 168, 10, 11),
      protocol: 6,
      sourcePort: 1024 + index,
      destinationPort: 30080,
    });
    return { kind: 'received', device: 'eth0', frame: buildFrame(packet, link) };
  });
}
