/** Settings from options, node facts, configuration and Node, in this order of weight. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { generatedSpan } from '../../base/span.ts';
import type { AddressFamily } from '../kubernetes/go-address.ts';
import type { Node } from '../kubernetes/node.ts';
import type { KubeProxyConfiguration, NodeFacts } from './configuration.ts';
import {
  type DetectLocal,
  defaultSettings,
  type KubeProxyMode,
  type KubeProxySettings,
  masqueradeMarkOf,
} from './settings.ts';
import { featuresOf, type KubeProxyFeatures, parseKubernetesVersion } from './versions.ts';

/** What the command line may say. */
export interface KubeProxyOptions {
  readonly mode?: string;
  readonly kubernetesVersion?: string;
  readonly nodeName?: string;
  readonly families?: readonly AddressFamily[];
  readonly clusterCidr?: string;
}

/** Everything that was read, before it is decided what counts. */
export interface KubeProxySources {
  readonly options: KubeProxyOptions;
  readonly facts: NodeFacts;
  readonly configuration: KubeProxyConfiguration;
  readonly node?: Node;
  readonly serviceCidrs: readonly string[];
}

export function mergeSettings(
  sources: KubeProxySources,
  family: AddressFamily,
): Result<KubeProxySettings> {
  const diagnostics: Diagnostic[] = [];
  const { facts, configuration } = sources;
  const mode = modeOf(sources, diagnostics);
  const ofMode = mode === 'nftables' ? configuration.nftables : configuration.iptables;
  const bit = facts.masqueradeBit ?? ofMode?.masqueradeBit ?? 14;
  const detectLocal = detectLocalOf(sources);
  const value: KubeProxySettings = {
    mode,
    family,
    features: featuresFor(sources, diagnostics),
    masqueradeAll: facts.masqueradeAll ?? ofMode?.masqueradeAll ?? false,
    masqueradeMark: facts.masqueradeMark ?? masqueradeMarkOf(bit),
    randomFully: facts.randomFully ?? true,
    localhostNodePorts:
      facts.localhostNodePorts ?? configuration.iptables?.localhostNodePorts ?? true,
    conntrackTcpLiberal:
      facts.conntrackTCPLiberal ?? configuration.conntrack?.tcpBeLiberal ?? false,
    nfacctCounters: facts.nfacct ?? [],
    nodePortAddresses: nodePortAddressesOf(sources, mode),
    ...(detectLocal === undefined ? {} : { detectLocal }),
    serviceCidrs: facts.serviceCIDRs ?? sources.serviceCidrs,
  };
  return { value, diagnostics };
}

function settingProblem(message: string, hint: string): Diagnostic {
  return { code: 'kube-proxy-setting', span: generatedSpan, message, hint };
}

function modeOf(
  { options, facts, configuration }: KubeProxySources,
  diagnostics: Diagnostic[],
): KubeProxyMode {
  const mode = options.mode ?? facts.mode ?? (configuration.mode || 'iptables');
  if (mode === 'iptables' || mode === 'nftables') return mode;
  diagnostics.push(
    settingProblem(
      `the proxy mode ${mode} is not supported`,
      'use --mode iptables or --mode nftables',
    ),
  );
  return defaultSettings.mode;
}

/** Since 1.31 nodes do not report kubeProxyVersion; kubelet's is normally the same. */
function featuresFor(
  { options, facts, configuration, node }: KubeProxySources,
  diagnostics: Diagnostic[],
): KubeProxyFeatures {
  const info = node?.status?.nodeInfo;
  const reported = info?.kubeProxyVersion || info?.kubeletVersion;
  const text = options.kubernetesVersion ?? facts.kubeProxyVersion ?? reported;
  const version = text ? parseKubernetesVersion(text) : undefined;
  if (text && version === undefined) {
    const hint = 'versions 1.29 to 1.35 are known; give one with --kubernetes-version';
    diagnostics.push(settingProblem(`Kubernetes ${text} is not a known version`, hint));
  }
  const features = version === undefined ? defaultSettings.features : featuresOf(version);
  const gate = configuration.featureGates?.PreferSameTrafficDistribution;
  return gate === undefined ? features : { ...features, nodeHints: gate };
}

/** kube-proxy's own default is everything in iptables mode and the primary addresses in nftables mode. */
function nodePortAddressesOf(
  { facts, configuration }: KubeProxySources,
  mode: KubeProxyMode,
): readonly string[] {
  const given = facts.nodePortAddresses ?? configuration.nodePortAddresses ?? [];
  if (given.length > 0 || facts.nodePortAddresses) return given;
  return mode === 'nftables' ? ['primary'] : [];
}

function detectLocalOf(sources: KubeProxySources): DetectLocal | undefined {
  const { options, facts, configuration } = sources;
  if (options.clusterCidr !== undefined) return cidrDetector('ClusterCIDR', options.clusterCidr);
  const told = facts.detectLocal;
  const mode = told?.mode ?? (configuration.detectLocalMode || 'ClusterCIDR');
  switch (mode) {
    case 'ClusterCIDR':
      return cidrDetector(mode, told?.value ?? configuration.clusterCIDR);
    case 'NodeCIDR':
      return cidrDetector(mode, told?.value ?? podCidrsOf(sources));
    case 'BridgeInterface': {
      const name = told?.value ?? configuration.detectLocal?.bridgeInterface;
      return name ? { mode, name } : undefined;
    }
    case 'InterfaceNamePrefix': {
      const prefix = told?.value ?? configuration.detectLocal?.interfaceNamePrefix;
      return prefix ? { mode, prefix } : undefined;
    }
  }
}

function podCidrsOf({ facts, node }: KubeProxySources): string {
  const { podCIDR, podCIDRs } = node?.spec ?? {};
  return (facts.podCIDRs ?? podCIDRs ?? (podCIDR ? [podCIDR] : [])).join(',');
}

function cidrDetector(
  mode: 'ClusterCIDR' | 'NodeCIDR',
  text: string | null | undefined,
): DetectLocal | undefined {
  return text ? { mode, cidrs: text.split(',') } : undefined;
}
