/** A case file of the kube-proxy corpus, and the input of the generator that it describes. */

import type {
  DetectLocal,
  KubeProxyNode,
  KubeProxySettings,
} from '../../../src/generate/kube-proxy/settings.ts';
import {
  featuresOf,
  type KubeProxyFeatures,
  type NftablesLayout,
} from '../../../src/generate/kube-proxy/versions.ts';
import type { EndpointSlice } from '../../../src/generate/kubernetes/endpoint-slice.ts';
import { parseAddress } from '../../../src/generate/kubernetes/go-address.ts';
import type { Service } from '../../../src/generate/kubernetes/service.ts';

export interface CorpusConfig {
  readonly masqueradeAll?: boolean;
  readonly masqueradeMark?: string;
  readonly randomFully?: boolean;
  readonly localhostNodePorts?: boolean;
  readonly conntrackTCPLiberal?: boolean;
  readonly nfacct?: readonly string[];
  readonly nodePortAddresses?: readonly string[];
  readonly detectLocal?: {
    readonly mode: string;
    readonly value: string;
    readonly nftKeyword?: 'iif' | 'iifname';
  } | null;
  readonly serviceCIDRs?: readonly string[];
  readonly nftFlavour?: string;
  readonly preferSameTrafficDistribution?: boolean;
}

export interface TrafficRow {
  readonly name: string;
  readonly sourceIP: string;
  readonly destIP: string;
  readonly protocol: string;
  readonly port: number;
  readonly from: 'pod' | 'node' | 'external';
  readonly outcome: 'DNAT' | 'DROP' | 'REJECT' | 'ACCEPT' | 'PASS';
  readonly endpoints?: readonly string[];
  readonly masquerade?: boolean;
}

export interface CorpusExpectation {
  readonly format?: string;
  readonly text?: string;
  readonly textSha256?: string;
  readonly iptablesSave?: string;
  readonly nftList?: string;
  readonly nftListSeedWording?: string;
  readonly loadError?: string;
  readonly restoreWritten?: string;
  readonly deletedChains?: readonly string[];
  readonly chains?: Readonly<Record<string, readonly string[]>>;
  readonly containsLines?: readonly string[];
  readonly endpointChains?: number;
  readonly endpointComments?: boolean;
  readonly filterRules?: number;
  readonly natRules?: number;
  readonly lbRuleExists?: boolean;
  readonly noLocalEndpointsInternal?: number;
  readonly noLocalEndpointsExternal?: number;
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly clusterEndpoints?: readonly string[] | null;
  readonly localEndpoints?: readonly string[] | null;
  readonly allReachableEndpoints?: readonly string[] | null;
  readonly hasAnyEndpoints?: boolean;
  readonly servicePorts?: number;
  readonly healthCheckNodePorts?: Readonly<Record<string, number>>;
}

export interface CorpusCase {
  readonly id: string;
  readonly kind: string;
  readonly source: { readonly case?: string };
  readonly version: string;
  readonly mode: 'iptables' | 'nftables' | 'any';
  readonly ipFamily?: 'IPv4' | 'IPv6';
  readonly nodeName?: string;
  readonly nodeIP?: string;
  readonly nodeIPs?: readonly string[];
  readonly interfaceIPs?: readonly string[];
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly config?: CorpusConfig;
  readonly services?: readonly Service[];
  readonly endpointSlices?: readonly EndpointSlice[];
  readonly expect: CorpusExpectation;
  readonly traffic?: readonly TrafficRow[];
}

const layouts: Readonly<Record<string, NftablesLayout>> = {
  '1.33.5': 'early',
  '1.33.6': 'post-dnat',
  '1.34': 'no-port',
};

export function settingsOf(test: CorpusCase): KubeProxySettings {
  const config = test.config ?? {};
  const detectLocal = detectLocalOf(config.detectLocal);
  return {
    mode: test.mode === 'nftables' ? 'nftables' : 'iptables',
    family: test.ipFamily === 'IPv6' ? 'ip6' : 'ip',
    features: featuresFor(config),
    masqueradeAll: config.masqueradeAll ?? false,
    masqueradeMark: config.masqueradeMark ?? '0x00004000',
    randomFully: config.randomFully ?? true,
    localhostNodePorts: config.localhostNodePorts ?? true,
    conntrackTcpLiberal: config.conntrackTCPLiberal ?? false,
    nfacctCounters: config.nfacct ?? [],
    nodePortAddresses: config.nodePortAddresses ?? [],
    ...(detectLocal === undefined ? {} : { detectLocal }),
    serviceCidrs: config.serviceCIDRs ?? [],
  };
}

function featuresFor(config: CorpusConfig): KubeProxyFeatures {
  const features = featuresOf({ minor: 33, patch: 5 });
  const flavour = config.nftFlavour ?? '1.33.5';
  return {
    ...features,
    nftablesLayout: layouts[flavour] ?? 'no-port',
    interfaceKeyword: config.detectLocal?.nftKeyword ?? features.interfaceKeyword,
    nodeHints: config.preferSameTrafficDistribution ?? features.nodeHints,
  };
}

function detectLocalOf(given: CorpusConfig['detectLocal']): DetectLocal | undefined {
  if (!given) return undefined;
  switch (given.mode) {
    case 'BridgeInterface':
      return { mode: 'BridgeInterface', name: given.value };
    case 'InterfaceNamePrefix':
      return { mode: 'InterfaceNamePrefix', prefix: given.value };
    case 'NodeCIDR':
      return { mode: 'NodeCIDR', cidrs: given.value.split(',') };
    default:
      return { mode: 'ClusterCIDR', cidrs: given.value.split(',') };
  }
}

export function nodeOf(test: CorpusCase): KubeProxyNode {
  return {
    name: test.nodeName ?? '',
    labels: test.nodeLabels ?? {},
    primaryAddresses: primaryAddressesOf(test),
    interfaceAddresses: test.interfaceIPs ?? [],
  };
}

/** The corpus names the IPv4 address even for IPv6 cases; upstream's fake node has both. */
function primaryAddressesOf(test: CorpusCase): readonly string[] {
  return test.nodeIP && parseAddress(test.nodeIP) ? [test.nodeIP] : [];
}
