/** A node and settings for tests of the kube-proxy generator; the clusters are those of nft-sim/testing. */

import type { KubeProxyInput } from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { defaultSettings, type KubeProxySettings } from '../../src/generate/kube-proxy/settings.ts';
import type { EndpointSlice } from '../../src/generate/kubernetes/endpoint-slice.ts';
import type { Service } from '../../src/generate/kubernetes/service.ts';

export {
  type ServiceCluster,
  service,
  serviceClusters,
  slice,
} from '../../src/testing/arbitraries/service-clusters.ts';

export const node = {
  name: 'node-1',
  labels: { 'topology.kubernetes.io/zone': 'zone-a' },
  primaryAddresses: ['192.168.0.2'],
  interfaceAddresses: ['127.0.0.1', '192.168.0.2', '192.168.1.2'],
};

export const settings: KubeProxySettings = {
  ...defaultSettings,
  detectLocal: { mode: 'ClusterCIDR', cidrs: ['10.0.0.0/8'] },
};

export function input(
  services: readonly Service[],
  endpointSlices: readonly EndpointSlice[],
  changes: Partial<KubeProxySettings> = {},
): KubeProxyInput {
  return { services, endpointSlices, settings: { ...settings, ...changes }, node };
}
