/** KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), and the node facts no Kubernetes object holds. */

import {
  flag,
  integer,
  listOf,
  type Maybe,
  mapOf,
  objectWith,
  oneOf,
  optional,
  text,
  textWhere,
} from '../kubernetes/check.ts';
import { parseAddress, parseCidr } from '../kubernetes/go-address.ts';
import type { ObjectKind } from '../kubernetes/objects.ts';
import { parseKubernetesVersion } from './versions.ts';

export const detectLocalModes = [
  'ClusterCIDR',
  'NodeCIDR',
  'BridgeInterface',
  'InterfaceNamePrefix',
] as const;

export interface ModeConfiguration {
  readonly masqueradeAll?: Maybe<boolean>;
  readonly masqueradeBit?: Maybe<number>;
  /** iptables only. */
  readonly localhostNodePorts?: Maybe<boolean>;
}

export interface DetectLocalConfiguration {
  readonly bridgeInterface?: Maybe<string>;
  readonly interfaceNamePrefix?: Maybe<string>;
}

export interface KubeProxyConfiguration {
  readonly mode?: Maybe<string>;
  readonly hostnameOverride?: Maybe<string>;
  /** One CIDR, or one per family joined by a comma. */
  readonly clusterCIDR?: Maybe<string>;
  readonly detectLocalMode?: Maybe<(typeof detectLocalModes)[number] | ''>;
  readonly detectLocal?: Maybe<DetectLocalConfiguration>;
  readonly nodePortAddresses?: Maybe<readonly string[]>;
  readonly iptables?: Maybe<ModeConfiguration>;
  readonly nftables?: Maybe<ModeConfiguration>;
  readonly conntrack?: Maybe<{ readonly tcpBeLiberal?: Maybe<boolean> }>;
  readonly featureGates?: Maybe<Readonly<Record<string, boolean>>>;
}

const cidrList = textWhere(
  (value) => value === '' || value.split(',').every((part) => parseCidr(part) !== undefined),
  'a CIDR, or one per family joined by a comma',
);
const nodePortAddress = textWhere(
  (value) => value === 'primary' || parseCidr(value) !== undefined,
  'a CIDR or the word primary',
);

const modeConfiguration = objectWith<ModeConfiguration>({
  masqueradeAll: optional(flag),
  masqueradeBit: optional(integer(0, 31)),
  localhostNodePorts: optional(flag),
});

export const kubeProxyConfigurationKind: ObjectKind<KubeProxyConfiguration> = {
  group: 'kubeproxy.config.k8s.io',
  kind: 'KubeProxyConfiguration',
  check: objectWith<KubeProxyConfiguration>({
    mode: optional(text),
    hostnameOverride: optional(text),
    clusterCIDR: optional(cidrList),
    detectLocalMode: optional(oneOf(...detectLocalModes, '')),
    detectLocal: optional(
      objectWith<DetectLocalConfiguration>({
        bridgeInterface: optional(text),
        interfaceNamePrefix: optional(text),
      }),
    ),
    nodePortAddresses: optional(listOf(nodePortAddress)),
    iptables: optional(modeConfiguration),
    nftables: optional(modeConfiguration),
    conntrack: optional(
      objectWith<{ readonly tcpBeLiberal?: Maybe<boolean> }>({ tcpBeLiberal: optional(flag) }),
    ),
    featureGates: optional(mapOf(flag)),
  }),
};

/** What `kubectl get configmap -n kube-system kube-proxy -o yaml` shows holds a KubeProxyConfiguration as text. */
export interface ConfigMap {
  readonly data?: Maybe<Readonly<Record<string, unknown>>>;
}

/** Facts about the node, a kind of this program: what kube-proxy finds out by looking at the node itself. */
export interface NodeFacts {
  readonly kubeProxyVersion?: Maybe<string>;
  readonly mode?: Maybe<string>;
  readonly ipFamily?: Maybe<'IPv4' | 'IPv6'>;
  readonly nodeName?: Maybe<string>;
  readonly nodeIP?: Maybe<string>;
  readonly nodeIPs?: Maybe<readonly string[]>;
  readonly interfaceIPs?: Maybe<readonly string[]>;
  readonly nodeLabels?: Maybe<Readonly<Record<string, string>>>;
  readonly podCIDRs?: Maybe<readonly string[]>;
  readonly detectLocal?: Maybe<{
    readonly mode: (typeof detectLocalModes)[number];
    readonly value: string;
  }>;
  readonly masqueradeAll?: Maybe<boolean>;
  readonly masqueradeBit?: Maybe<number>;
  readonly masqueradeMark?: Maybe<string>;
  readonly randomFully?: Maybe<boolean>;
  readonly localhostNodePorts?: Maybe<boolean>;
  readonly nodePortAddresses?: Maybe<readonly string[]>;
  readonly conntrackTCPLiberal?: Maybe<boolean>;
  readonly nfacct?: Maybe<readonly string[]>;
  readonly serviceCIDRs?: Maybe<readonly string[]>;
}

const ip = textWhere((value) => parseAddress(value) !== undefined, 'an IPv4 or IPv6 address');
const cidr = textWhere((value) => parseCidr(value) !== undefined, 'a CIDR');

export const nodeFactsKind: ObjectKind<NodeFacts> = {
  group: '',
  kind: 'NodeFacts',
  check: objectWith<NodeFacts>({
    kubeProxyVersion: optional(
      textWhere((value) => parseKubernetesVersion(value) !== undefined, 'a version 1.29 to 1.35'),
    ),
    mode: optional(text),
    ipFamily: optional(oneOf('IPv4', 'IPv6')),
    nodeName: optional(text),
    nodeIP: optional(ip),
    nodeIPs: optional(listOf(ip)),
    interfaceIPs: optional(listOf(ip)),
    nodeLabels: optional(mapOf(text)),
    podCIDRs: optional(listOf(cidr)),
    detectLocal: optional(
      objectWith<{ readonly mode: (typeof detectLocalModes)[number]; readonly value: string }>({
        mode: oneOf(...detectLocalModes),
        value: text,
      }),
    ),
    masqueradeAll: optional(flag),
    masqueradeBit: optional(integer(0, 31)),
    masqueradeMark: optional(textWhere((value) => /^0x[0-9a-f]+$/i.test(value), 'a mark 0x…')),
    randomFully: optional(flag),
    localhostNodePorts: optional(flag),
    nodePortAddresses: optional(listOf(nodePortAddress)),
    conntrackTCPLiberal: optional(flag),
    nfacct: optional(listOf(text)),
    serviceCIDRs: optional(listOf(cidr)),
  }),
};
