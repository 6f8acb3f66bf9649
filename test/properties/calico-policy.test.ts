/** Simulating what Calico's generator writes allows exactly the connections that the policies allow. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../src/formats/iptables-save/print.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { readHostFacts } from '../../src/formats/snapshot/read-host-facts.ts';
import { type GeneratedCalico, generateCalico } from '../../src/generate/calico/generate-calico.ts';
import { ipSetRestore } from '../../src/generate/calico/ip-set-restore.ts';
import { workloadInterfaceName } from '../../src/generate/calico/names.ts';
import { nftCommands } from '../../src/generate/calico/nft-table.ts';
import { readCalicoInput } from '../../src/generate/calico/read-input.ts';
import type { Host } from '../../src/host/host.ts';
import type { SnapshotKind } from '../../src/host/snapshot-files.ts';
import { lowerIptables } from '../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import { buildFrame, buildPacket } from '../../src/packet/build.ts';
import type { SimulationState } from '../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { initialState, simulate } from '../../src/simulate/simulate.ts';
import { type TestCluster, type TestPod, testCluster } from '../support/calico-cluster.ts';
import { clusterJson } from '../support/calico-objects.ts';
import { type Connection, isAllowed } from '../support/calico-reference.ts';

const hardware = 'ee:ee:ee:ee:ee:ee';
const gateway = '02:00:00:00:00:01';

const deviceOf = (pod: TestPod): string =>
  pod.local ? workloadInterfaceName('cali', pod.namespace, pod.name) : 'eth0';

function link(index: number, name: string, address: string | undefined): string {
  const inet = address === undefined ? '' : `    inet ${address} scope global ${name}\n`;
  return `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n    link/ether ${hardware} brd ff:ff:ff:ff:ff:ff\n${inet}`;
}

/** The node n1: a veth for every local pod, the others behind eth0. */
function hostOf(cluster: TestCluster, generated: GeneratedCalico): Host {
  const local = cluster.pods.filter((pod) => pod.local);
  const texts: readonly (readonly [SnapshotKind, string])[] = [
    [
      'ip-addr',
      link(2, 'eth0', '10.9.0.1/24') +
        local.map((pod, index) => link(10 + index, deviceOf(pod), undefined)).join(''),
    ],
    [
      'ip-route',
      [
        'default via 10.9.0.254 dev eth0',
        '10.9.0.0/24 dev eth0 proto kernel scope link src 10.9.0.1',
        '10.0.2.0/24 via 10.9.0.2 dev eth0',
        ...local.map((pod) => `${pod.address} dev ${deviceOf(pod)} scope link`),
        '',
      ].join('\n'),
    ],
    ['sysctl', 'net.ipv4.ip_forward = 1\n'],
    ['ipset', `${ipSetRestore(generated.model).join('\n')}\n`],
  ];
  const files = new Map(texts.map(([kind, text]) => [kind, { name: kind, text }]));
  return readHostFacts(files).value;
}

function programOf({ output }: GeneratedCalico): Program {
  if (output.mode === 'iptables') {
    const text = printIptablesSave(output.ruleset);
    const loaded = loadIptablesSave(text, { family: 'ip' });
    expect(loaded.diagnostics).toEqual([]);
    return lowerIptables(loaded.value, { loader: 'iptables-nft' }).value;
  }
  const text = `${nftCommands(output.table, { setElements: true }).join('\n')}\n`;
  const loaded = loadNft(text);
  expect(loaded.diagnostics).toEqual([]);
  return lower(loaded.value).value;
}

const addressOf = (pod: TestPod): Uint8Array => parseAddress(pod.address) ?? new Uint8Array(4);
const macOf = (text: string): Uint8Array =>
  Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));

interface Leg {
  readonly from: TestPod;
  readonly to: TestPod;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: string;
  readonly protocol: Connection['protocol'];
}

function send(compiled: CompiledProgram, state: SimulationState, leg: Leg) {
  const packet = buildPacket({
    source: addressOf(leg.from),
    destination: addressOf(leg.to),
    protocol: leg.protocol === 'TCP' ? 6 : 17,
    sourcePort: leg.sourcePort,
    destinationPort: leg.destinationPort,
    flags: leg.flags,
  });
  const frame = buildFrame(packet, { source: macOf(gateway), destination: macOf(hardware) });
  const input = { kind: 'received', device: deviceOf(leg.from), frame } as const;
  const result = simulate(compiled, state, input, { clock: 0 });
  return { passed: result.fate.kind === 'forwarded', state: result.state, fate: result.fate };
}

/** The first packet, and when that passes, the answer. */
function getsThrough(compiled: CompiledProgram, connection: Connection): boolean {
  const { from, to, protocol, port } = connection;
  const first = send(compiled, initialState(compiled), {
    from,
    to,
    protocol,
    sourcePort: 40000,
    destinationPort: port,
    flags: 'S',
  });
  if (!first.passed) return false;
  const answer = send(compiled, first.state, {
    from: to,
    to: from,
    protocol,
    sourcePort: port,
    destinationPort: 40000,
    flags: 'SA',
  });
  if (!answer.passed) throw new Error(`the answer stops: ${JSON.stringify(answer.fate)}`);
  return true;
}

function connections({ pods }: TestCluster): Connection[] {
  return pods.flatMap((from) =>
    pods
      .filter((to) => from !== to && (from.local || to.local))
      .flatMap((to) =>
        [80, 85, 443, 8080, 9999].flatMap((port) => [
          { from, to, port, protocol: 'TCP' as const },
          { from, to, port, protocol: 'UDP' as const },
        ]),
      ),
  );
}

const show = ({ from, to, protocol, port }: Connection): string =>
  `${from.namespace}/${from.name} ${from.address} to ${to.namespace}/${to.name} ${to.address} ${protocol} ${port}`;

describe('simulating generated rules', () => {
  it.each(['iptables', 'nftables'] as const)('%s mode allows what policies allow', (mode) => {
    fc.assert(
      fc.property(testCluster, (cluster) => {
        const source = { name: 'cluster.json', text: clusterJson(cluster) };
        const { value: input, diagnostics } = readCalicoInput([source]);
        expect(diagnostics).toEqual([]);
        const generated = generateCalico(input, { mode, node: 'n1' }).value;
        const compiled = compileProgram(programOf(generated), { host: hostOf(cluster, generated) });
        const all = connections(cluster);
        const wanted = all.filter((connection) => isAllowed(cluster, connection)).map(show);
        const found = all.filter((connection) => getsThrough(compiled, connection)).map(show);
        expect(found).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });
});
