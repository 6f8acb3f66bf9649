/** Generated clusters keep what the API promises: every packet to a service, simulated on the generated rules. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/base/address.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import {
  type KubeProxyRun,
  runKubeProxy,
} from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../src/generate/kube-proxy/iptables/kernel-state.ts';
import { printNftScript } from '../../src/generate/kube-proxy/nftables/print-commands.ts';
import { featuresOf } from '../../src/generate/kube-proxy/versions.ts';
import { lowerIptables } from '../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import type { Outcome } from '../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { explore } from '../../src/simulate/explore.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import {
  input,
  node,
  type ServiceCluster,
  serviceClusters,
} from '../support/kube-proxy-cluster.ts';
import { type Flow, nodeHost, packetFrom, type Sender } from '../support/kube-proxy-node.ts';
import { promised, type Question } from '../support/service-oracle.ts';
import { serviceOutcome } from '../support/service-outcome.ts';

const clock = Date.UTC(2025, 0, 1);
const podDevice = 'cni0';
const mark = 0x4000n;
const sources: Readonly<Record<Sender, string>> = {
  pod: '10.0.0.2',
  node: '192.168.0.2',
  external: '203.0.113.9',
};

function compiledRun(cluster: ServiceCluster, mode: Question['mode']): CompiledProgram {
  const { services, endpointSlices } = cluster;
  const features = featuresOf({ minor: 34, patch: 2 });
  const run = runKubeProxy(
    input(services, endpointSlices, {
      mode,
      features,
      nodePortAddresses: mode === 'nftables' ? ['primary'] : [],
    }),
  );
  const host = nodeHost({ family: 'ip', addresses: ['192.168.0.2', '192.168.1.2'], podDevice });
  return compileProgram(programOf(run), { host });
}

function programOf(run: KubeProxyRun): Program {
  if (run.mode === 'iptables') return lowerIptables(iptablesKernelState(run.program)).value;
  const loaded = loadNft(printNftScript(run.program));
  const lowered = lower(loaded.value);
  expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
  return lowered.value;
}

interface Case extends Omit<Question, 'mode'> {
  readonly flow: Flow;
}

/** Every address of every service, asked for from everywhere. */
function* casesOf({ services, endpointSlices }: ServiceCluster): Generator<Case> {
  for (const [index, service] of services.entries()) {
    const { spec, status } = service;
    const ranges = spec.loadBalancerSourceRanges ?? [];
    const targets = [
      ['cluster', spec.clusterIP ?? '', 80],
      ...(spec.externalIPs ?? []).map((ip) => ['external', ip, 80] as const),
      ...(status?.loadBalancer?.ingress ?? []).map(({ ip }) => ['balanced', ip ?? '', 80] as const),
      ...(spec.ports ?? []).flatMap(({ nodePort }) =>
        nodePort ? [['node-port', '192.168.0.2', nodePort] as const] : [],
      ),
    ] as const;
    for (const [target, destination, destinationPort] of targets) {
      for (const sender of ['pod', 'node', 'external'] as const) {
        const source = sources[sender];
        const isAllowed =
          (sender === 'node' && ranges.includes('192.168.0.0/24')) ||
          (sender === 'external' && ranges.includes('203.0.113.0/25'));
        const flow = { source, destination, protocol: 'tcp', sourcePort: 40000, destinationPort };
        const endpoints = endpointSlices[index]?.endpoints ?? [];
        yield { service, endpoints, nodeName: node.name, sender, target, isAllowed, flow };
      }
    }
  }
}

function check(compiled: CompiledProgram, asked: Case, mode: Question['mode']): void {
  const wanted = promised({ ...asked, mode });
  const packet = packetFrom(asked.sender, asked.flow, podDevice);
  const { outcomes } = explore(compiled, compiled.initial, packet, { clock });
  const chances = new Map<string, number>();
  for (const outcome of outcomes) {
    const { kind, endpoint = '', masquerade } = serviceOutcome(outcome, mark);
    expect({ kind, masquerade }).toEqual({ kind: wanted.kind, masquerade: wanted.masquerade });
    expect(outcome.assumptions).toEqual([]);
    const { numerator = 1, denominator = 1 } = outcome.probability ?? {};
    const ip = endpoint.replace(/:8080$/, '');
    chances.set(ip, (chances.get(ip) ?? 0) + numerator / denominator);
    if (kind === 'DNAT') checkReply(compiled, outcome, asked.flow);
  }
  if (wanted.kind !== 'DNAT') return;
  expect([...chances.keys()].sort()).toEqual([...wanted.endpoints].sort());
  for (const chance of chances.values()) {
    expect(Math.abs(chance - 1 / wanted.endpoints.length)).toBeLessThan(1e-8);
  }
}

/** The endpoint answers what it got; the client sees an answer from where it asked. */
function checkReply(compiled: CompiledProgram, outcome: Outcome, flow: Flow): void {
  const { fate, state } = outcome;
  if (fate.kind !== 'forwarded' && fate.kind !== 'output') throw new Error(fate.kind);
  const sent = addressing(fate.out[0]?.packet);
  const reply = {
    source: sent.destination,
    destination: sent.source,
    protocol: 'tcp',
    sourcePort: sent.destinationPort,
    destinationPort: sent.sourcePort,
    flags: 'SA',
  };
  const back = simulate(compiled, state, packetFrom('pod', reply, podDevice), { clock });
  if (back.fate.kind !== 'forwarded' && back.fate.kind !== 'local') throw new Error(back.fate.kind);
  const got = addressing(back.fate.kind === 'local' ? back.fate.packet : back.fate.out[0]?.packet);
  expect(got).toEqual({
    source: flow.destination,
    destination: flow.source,
    sourcePort: flow.destinationPort,
    destinationPort: flow.sourcePort,
  });
}

function addressing(packet: Uint8Array | undefined) {
  if (packet === undefined) throw new Error('no packet');
  const port = (at: number): number => (packet[at] ?? 0) * 256 + (packet[at + 1] ?? 0);
  return {
    source: formatAddress(packet.subarray(12, 16)),
    destination: formatAddress(packet.subarray(16, 20)),
    sourcePort: port(20),
    destinationPort: port(22),
  };
}

/** `-m recent` looks into lists of the kernel that no listing shows; its matches are choices. */
function withoutAffinity(cluster: ServiceCluster): ServiceCluster {
  const services = cluster.services.map((service) => ({
    ...service,
    spec: { ...service.spec, sessionAffinity: 'None' as const },
  }));
  return { ...cluster, services };
}

/** Mostly small ones, which shrink well; the largest have up to fifty services. */
const clustersOfManySizes = fc.constantFrom(4, 4, 4, 12, 50).chain(serviceClusters);

describe('service traffic', () => {
  it.each(['nftables', 'iptables'] as const)('%s mode keeps what the API promises', (mode) => {
    fc.assert(
      fc.property(clustersOfManySizes, (generated) => {
        const cluster = mode === 'iptables' ? withoutAffinity(generated) : generated;
        const compiled = compiledRun(cluster, mode);
        for (const asked of casesOf(cluster)) check(compiled, asked, mode);
      }),
      { numRuns: 20 },
    );
  });
});
