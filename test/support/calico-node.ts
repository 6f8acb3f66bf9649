/** The node of a test cluster as the simulator needs it: host facts, programs, packets. */

import { expect } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { readHostFacts } from '../../src/formats/snapshot/read-host-facts.ts';
import type { GeneratedCalico } from '../../src/generate/calico/generate-calico.ts';
import { ipSetRestore } from '../../src/generate/calico/ip-set-restore.ts';
import { workloadInterfaceName } from '../../src/generate/calico/names.ts';
import { nftCommands } from '../../src/generate/calico/nft-table.ts';
import { restoreTable } from '../../src/generate/calico/restore-text.ts';
import type { Host } from '../../src/host/host.ts';
import type { SnapshotKind } from '../../src/host/snapshot-files.ts';
import { lowerIptables } from '../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import { buildFrame, buildPacket } from '../../src/packet/build.ts';
import type { SimulationState } from '../../src/simulate/api.ts';
import type { CompiledProgram } from '../../src/simulate/compile.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import type { ClusterPod, PolicyCluster } from '../../src/testing/arbitraries/policy-clusters.ts';

const hardware = 'ee:ee:ee:ee:ee:ee';
const gateway = '02:00:00:00:00:01';

const deviceOf = (pod: ClusterPod): string =>
  pod.local ? workloadInterfaceName('cali', pod.namespace, pod.name) : 'eth0';

function link(index: number, name: string, address: string | undefined): string {
  const inet = address === undefined ? '' : `    inet ${address} scope global ${name}\n`;
  return `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n    link/ether ${hardware} brd ff:ff:ff:ff:ff:ff\n${inet}`;
}

/** The node n1: a veth for every local pod, the others behind eth0. */
export function hostOf({ pods }: PolicyCluster, generated: GeneratedCalico): Host {
  const local = pods.filter((pod) => pod.local);
  const veths = local.map((pod, index) => link(10 + index, deviceOf(pod), undefined));
  const routes = [
    'default via 10.9.0.254 dev eth0',
    '10.9.0.0/24 dev eth0 proto kernel scope link src 10.9.0.1',
    '10.0.2.0/24 via 10.9.0.2 dev eth0',
    ...local.map((pod) => `${pod.address} dev ${deviceOf(pod)} scope link`),
    '',
  ];
  const texts: readonly (readonly [SnapshotKind, string])[] = [
    ['ip-addr', link(2, 'eth0', '10.9.0.1/24') + veths.join('')],
    ['ip-route', routes.join('\n')],
    ['sysctl', 'net.ipv4.ip_forward = 1\n'],
    ['ipset', `${ipSetRestore(generated.model).join('\n')}\n`],
  ];
  const files = new Map(texts.map(([kind, text]) => [kind, { name: kind, text }]));
  return readHostFacts(files).value;
}

/** What Felix restores on top of the tables that are there, as `iptables-restore --noflush` does. */
function restoredOnto(existing: string, { model, tables }: GeneratedCalico): string {
  const sections = new Map(
    [...existing.matchAll(/^\*(\w+)\n([\s\S]*?)^COMMIT$/gm)].map(([, name = '', body = '']) => [
      name,
      body,
    ]),
  );
  const names = new Set([...sections.keys(), ...tables.map(({ name }) => name)]);
  return [...names]
    .map((name) => {
      const table = tables.find((own) => own.name === name);
      const restored = table === undefined ? [] : restoreTable(table, model.insertMode);
      // Felix writes no counters, which the listing's reader wants.
      const [, ...lines] = restored.map((line) => line.replace(/^(:\S+ -) -$/, '$1 [0:0]'));
      const own = lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join('');
      return `*${name}\n${sections.get(name) ?? ''}${own}COMMIT\n`;
    })
    .join('');
}

/** The rules of the node; `existing` is what others programmed before, in the language of the mode. */
export function programOf(generated: GeneratedCalico, existing = ''): Program {
  const { output } = generated;
  if (output.mode === 'iptables') {
    const loaded = loadIptablesSave(restoredOnto(existing, generated), { family: 'ip' });
    expect(loaded.diagnostics).toEqual([]);
    return lowerIptables(loaded.value, { loader: 'iptables-nft' }).value;
  }
  const own = nftCommands(output.table, { setElements: true }).join('\n');
  const loaded = loadNft(`${existing}\n${own}\n`);
  expect(loaded.diagnostics).toEqual([]);
  return lower(loaded.value).value;
}

const bytesOf = (address: string): Uint8Array => parseAddress(address) ?? new Uint8Array(4);
const macOf = (text: string): Uint8Array =>
  Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));

export interface Leg {
  readonly from: ClusterPod;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: string;
  readonly protocol: 'TCP' | 'UDP';
}

/** Sends one packet of a pod into the node. */
export function send(compiled: CompiledProgram, state: SimulationState, leg: Leg) {
  const packet = buildPacket({
    source: bytesOf(leg.from.address),
    destination: bytesOf(leg.destination),
    protocol: leg.protocol === 'TCP' ? 6 : 17,
    sourcePort: leg.sourcePort,
    destinationPort: leg.destinationPort,
    flags: leg.flags,
  });
  const frame = buildFrame(packet, { source: macOf(gateway), destination: macOf(hardware) });
  const input = { kind: 'received', device: deviceOf(leg.from), frame } as const;
  const { fate, state: next } = simulate(compiled, state, input, { clock: 0 });
  const sent = fate.kind === 'forwarded' ? fate.out[0]?.packet : undefined;
  return { fate, state: next, sent };
}

/** Source and destination of an IPv4 packet. */
export function endsOf(packet: Uint8Array): readonly [source: string, destination: string] {
  return [packet.subarray(12, 16).join('.'), packet.subarray(16, 20).join('.')];
}
