/** What the rules of every service port depend on besides the service port itself. */

import { type LocalTraffic, localTrafficOf } from './local-traffic.ts';
import { type NodePortAddresses, nodePortAddressesOf } from './node-port-addresses.ts';
import type { KubeProxyNode, KubeProxySettings } from './settings.ts';

export interface RuleContext {
  readonly settings: KubeProxySettings;
  readonly node: KubeProxyNode;
  readonly localTraffic?: LocalTraffic;
  readonly nodePortAddresses: NodePortAddresses;
  /** Node ports answer on 127.0.0.1: IPv4 in iptables mode only. */
  readonly localhostNodePorts: boolean;
  /** Over 1000 endpoints: kube-proxy leaves out the comments of endpoint rules to save time. */
  readonly largeCluster: boolean;
}

/** `largeClusterEndpointsThreshold` of pkg/proxy/iptables/proxier.go. */
const largeClusterEndpoints = 1000;

export function ruleContextOf(
  settings: KubeProxySettings,
  node: KubeProxyNode,
  endpointCount: number,
): RuleContext {
  const addresses = nodePortAddressesOf(settings.nodePortAddresses, node, settings.family);
  const localTraffic = localTrafficOf(settings);
  return {
    settings,
    node,
    ...(localTraffic === undefined ? {} : { localTraffic }),
    nodePortAddresses: addresses,
    localhostNodePorts:
      settings.mode === 'iptables' &&
      settings.localhostNodePorts &&
      settings.family === 'ip' &&
      addresses.containsIpv4Loopback,
    largeCluster: endpointCount > largeClusterEndpoints,
  };
}
