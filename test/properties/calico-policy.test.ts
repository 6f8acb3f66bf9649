/** Simulating what Calico's generator writes allows exactly the connections that the policies allow. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCalico } from '../../src/generate/calico/generate-calico.ts';
import { readCalicoInput } from '../../src/generate/calico/read-input.ts';
import { runKubeProxy } from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { printSavedState } from '../../src/generate/kube-proxy/iptables/print-save.ts';
import { printNftScript } from '../../src/generate/kube-proxy/nftables/print-commands.ts';
import { readKubeProxyInputs } from '../../src/generate/kube-proxy/read-input.ts';
import { readObjects } from '../../src/generate/kubernetes/read-objects.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { initialState } from '../../src/simulate/simulate.ts';
import { clusterJson } from '../../src/testing/arbitraries/policy-cluster-objects.ts';
import {
  type ClusterPod,
  namedPort,
  type PolicyCluster,
  policyClusters,
} from '../../src/testing/arbitraries/policy-clusters.ts';
import { endsOf, hostOf, programOf, send } from '../support/calico-node.ts';
import { type Connection, isAllowed } from '../support/calico-reference.ts';

/** The first packet, and when that passes, the answer; `service` is the address the client asks for. */
function getsThrough(
  compiled: CompiledProgram,
  { from, to, protocol, port }: Connection,
  service: { readonly address: string; readonly port: number } = { address: to.address, port },
): boolean {
  const first = send(compiled, initialState(compiled), {
    from,
    destination: service.address,
    protocol,
    sourcePort: 40000,
    destinationPort: service.port,
    flags: 'S',
  });
  if (first.sent === undefined) return false;
  expect(endsOf(first.sent)).toEqual([from.address, to.address]);
  const answer = send(compiled, first.state, {
    from: to,
    destination: from.address,
    protocol,
    sourcePort: port,
    destinationPort: 40000,
    flags: 'SA',
  });
  if (answer.sent === undefined)
    throw new Error(`the answer stops: ${JSON.stringify(answer.fate)}`);
  expect(endsOf(answer.sent)).toEqual([service.address, from.address]);
  return true;
}

function pairs({ pods }: PolicyCluster): readonly (readonly [ClusterPod, ClusterPod])[] {
  return pods.flatMap((from) =>
    pods.filter((to) => from !== to && (from.local || to.local)).map((to) => [from, to] as const),
  );
}

function connections(cluster: PolicyCluster): Connection[] {
  return pairs(cluster).flatMap(([from, to]) =>
    [80, 85, 443, 8080, 9999].flatMap((port) => [
      { from, to, port, protocol: 'TCP' as const },
      { from, to, port, protocol: 'UDP' as const },
    ]),
  );
}

const show = ({ from, to, protocol, port }: Connection): string =>
  `${from.namespace}/${from.name} ${from.address} to ${to.namespace}/${to.name} ${to.address} ${protocol} ${port}`;

function generated(cluster: PolicyCluster, mode: 'iptables' | 'nftables') {
  const { value, diagnostics } = readCalicoInput([
    { name: 'cluster.json', text: clusterJson(cluster) },
  ]);
  expect(diagnostics).toEqual([]);
  return generateCalico(value, { mode, node: 'n1' }).value;
}

const serviceAddress = (index: number): string => `10.96.0.${index + 1}`;

/** A service with one endpoint for every pod, as kube-proxy is told. */
function services({ pods }: PolicyCluster): string {
  const items = pods.flatMap(({ namespace, name, address, local }, index) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        type: 'ClusterIP',
        clusterIP: serviceAddress(index),
        ipFamilies: ['IPv4'],
        ports: [{ protocol: 'TCP', port: 80 }],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [
        { addresses: [address], conditions: { ready: true }, nodeName: local ? 'n1' : 'n2' },
      ],
      ports: [{ name: '', protocol: 'TCP', port: namedPort }],
    },
  ]);
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function kubeProxyText(cluster: PolicyCluster, mode: 'iptables' | 'nftables'): string {
  const objects = readObjects([{ name: 'services.json', text: services(cluster) }]).value;
  const options = { mode, nodeName: 'n1', clusterCidr: '10.0.0.0/16', families: ['ip'] } as const;
  const [input] = readKubeProxyInputs(objects, options).value;
  if (input === undefined) throw new Error('no input for kube-proxy');
  const run = runKubeProxy(input);
  return run.mode === 'iptables' ? printSavedState(run.program) : printNftScript(run.program);
}

const modes = ['iptables', 'nftables'] as const;

describe('simulating generated rules', () => {
  it.each(modes)('%s mode allows what policies allow', (mode) => {
    fc.assert(
      fc.property(policyClusters, (cluster) => {
        const rules = generated(cluster, mode);
        const compiled = compileProgram(programOf(rules), { host: hostOf(cluster, rules) });
        const all = connections(cluster);
        const wanted = all.filter((connection) => isAllowed(cluster, connection)).map(show);
        const found = all.filter((connection) => getsThrough(compiled, connection)).map(show);
        expect(found).toEqual(wanted);
      }),
      { numRuns: 12 },
    );
  });

  it.each(modes)('%s mode together with kube-proxy: through services too', (mode) => {
    fc.assert(
      fc.property(policyClusters, (cluster) => {
        const rules = generated(cluster, mode);
        const program = programOf(rules, kubeProxyText(cluster, mode));
        const compiled = compileProgram(program, { host: hostOf(cluster, rules) });
        // Packets of pods elsewhere come with the endpoint's address already.
        for (const [from, to] of pairs(cluster).filter(([client]) => client.local)) {
          const connection: Connection = { from, to, port: namedPort, protocol: 'TCP' };
          const address = serviceAddress(cluster.pods.indexOf(to));
          const found = getsThrough(compiled, connection, { address, port: 80 });
          expect([show(connection), found]).toEqual([
            show(connection),
            isAllowed(cluster, connection),
          ]);
        }
      }),
      { numRuns: 12 },
    );
  });
});
