/** What kube-proxy programs for one family: the public entry of this folder. */

import type { IptablesRuleset } from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { generatedSpan } from '../../base/span.ts';
import type { EndpointSlice } from '../kubernetes/endpoint-slice.ts';
import type { Service } from '../kubernetes/service.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { type IptablesProgram, iptablesProgram } from './iptables/generate.ts';
import { iptablesKernelState } from './iptables/kernel-state.ts';
import type { KernelStateOptions } from './iptables/kernel-tables.ts';
import { lacksFamily } from './local-traffic.ts';
import { generatedNft, type NftablesProgram, nftablesProgram } from './nftables/generate.ts';
import type { GeneratedNft } from './nftables/model.ts';
import type { KubeProxyNode, KubeProxySettings } from './settings.ts';

export interface KubeProxyInput {
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly settings: KubeProxySettings;
  readonly node: KubeProxyNode;
}

/** A run that can be printed in several forms, and that makes the next run of the same node cheap. */
export type KubeProxyRun =
  | { readonly mode: 'iptables'; readonly cluster: Cluster; readonly program: IptablesProgram }
  | { readonly mode: 'nftables'; readonly cluster: Cluster; readonly program: NftablesProgram };

/**
 * Computes the rules of all services. With `previous`, a run of the same settings and node, only what belongs to
 * services whose objects are not the same objects is computed again.
 */
export function runKubeProxy(input: KubeProxyInput, previous?: KubeProxyRun): KubeProxyRun {
  const { services, endpointSlices, settings, node } = input;
  const cluster = clusterOf(services, endpointSlices, settings, node, previous?.cluster);
  if (settings.mode === 'nftables') {
    const before = previous?.mode === 'nftables' ? previous.program : undefined;
    return { mode: 'nftables', cluster, program: nftablesProgram(cluster, settings, node, before) };
  }
  const before = previous?.mode === 'iptables' ? previous.program : undefined;
  return { mode: 'iptables', cluster, program: iptablesProgram(cluster, settings, node, before) };
}

/** The ruleset of the node: iptables tables as iptables-save shows them, or the nftables table as data. */
export function generateKubeProxy(
  input: KubeProxyInput,
  options: KernelStateOptions = {},
): Result<IptablesRuleset | GeneratedNft> {
  const run = runKubeProxy(input);
  const value =
    run.mode === 'iptables' ? iptablesKernelState(run.program, options) : generatedNft(run.program);
  return { value, diagnostics: [...inputDiagnostics(input), ...conflictDiagnostics(run.cluster)] };
}

/** What is odd about the input although rules can be made. */
export function inputDiagnostics({ settings }: KubeProxyInput): readonly Diagnostic[] {
  const { detectLocal, family } = settings;
  if (detectLocal !== undefined && !lacksFamily(detectLocal, family)) return [];
  const version = family === 'ip' ? 'IPv4' : 'IPv6';
  return [
    {
      code: 'kube-proxy-detect-local',
      span: generatedSpan,
      message: `no ${version} range or interface says what a local pod is, so cluster IPs are not masqueraded`,
      hint: 'give the clusterCIDR of the KubeProxyConfiguration, or --cluster-cidr',
    },
  ];
}

/** Addresses and ports that two services claim; kube-proxy visits services in random order. */
export function conflictDiagnostics(cluster: Cluster): readonly Diagnostic[] {
  const owners = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const claim = (what: string, owner: string): void => {
    const other = owners.get(what);
    if (other === undefined) owners.set(what, owner);
    else if (other !== owner) diagnostics.push(conflict(what, other, owner));
  };
  for (const { ports } of cluster.services) {
    for (const { port } of ports) {
      const { name, protocol } = port;
      claim(`${port.clusterIp} ${protocol} ${port.port}`, name);
      for (const ip of port.externalIps) claim(`${ip} ${protocol} ${port.port}`, name);
      for (const ip of port.loadBalancerIps) claim(`${ip} ${protocol} ${port.port}`, name);
      if (port.nodePort !== 0) claim(`node port ${protocol} ${port.nodePort}`, name);
    }
  }
  return diagnostics;
}

function conflict(claim: string, first: string, second: string): Diagnostic {
  return {
    code: 'kube-proxy-conflict',
    span: generatedSpan,
    message: `${first} and ${second} both claim ${claim}`,
    hint: 'on a node the winner depends on the order in which kube-proxy visits services',
  };
}
