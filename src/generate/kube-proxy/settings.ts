/** What kube-proxy is told about itself and its node, with the defaults it uses. */

import type { AddressFamily } from '../kubernetes/go-address.ts';
import { featuresOf, type KubeProxyFeatures } from './versions.ts';

export type KubeProxyMode = 'iptables' | 'nftables';

/** How kube-proxy tells that a packet comes from a pod of this node or cluster. */
export type DetectLocal =
  | { readonly mode: 'ClusterCIDR' | 'NodeCIDR'; readonly cidrs: readonly string[] }
  | { readonly mode: 'BridgeInterface'; readonly name: string }
  | { readonly mode: 'InterfaceNamePrefix'; readonly prefix: string };

export interface KubeProxySettings {
  readonly mode: KubeProxyMode;
  readonly family: AddressFamily;
  readonly features: KubeProxyFeatures;
  readonly masqueradeAll: boolean;
  /** The mark as rules spell it: `0x00004000` for bit 14. */
  readonly masqueradeMark: string;
  /** `--random-fully`: every iptables since 1.6.2 knows it; nftables mode always writes it. */
  readonly randomFully: boolean;
  readonly localhostNodePorts: boolean;
  /** sysctl net.netfilter.nf_conntrack_tcp_be_liberal is not zero. */
  readonly conntrackTcpLiberal: boolean;
  /** The nfacct counters that exist on the node. */
  readonly nfacctCounters: readonly string[];
  /** CIDRs, or the single word `primary`; empty means all addresses of the node. */
  readonly nodePortAddresses: readonly string[];
  readonly detectLocal?: DetectLocal;
  /** The CIDRs of all ServiceCIDR objects; only nftables mode uses them. */
  readonly serviceCidrs: readonly string[];
}

export interface KubeProxyNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The addresses kube-proxy is told (one per family); decides about load balancer source ranges. */
  readonly primaryAddresses: readonly string[];
  /** All addresses of the node's interfaces, loopback included. */
  readonly interfaceAddresses: readonly string[];
}

export const defaultSettings: KubeProxySettings = {
  mode: 'iptables',
  family: 'ip',
  features: featuresOf({ minor: 33, patch: 5 }),
  masqueradeAll: false,
  masqueradeMark: masqueradeMarkOf(14),
  randomFully: true,
  localhostNodePorts: true,
  conntrackTcpLiberal: false,
  nfacctCounters: [],
  nodePortAddresses: [],
  serviceCidrs: [],
};

/** `0x00004000` for bit 14: eight digits, as kube-proxy prints it. */
export function masqueradeMarkOf(bit: number): string {
  return `0x${(2 ** bit).toString(16).padStart(8, '0')}`;
}
