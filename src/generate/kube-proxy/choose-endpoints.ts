/** Which endpoints of a service port are used for which traffic (pkg/proxy/topology.go, CategorizeEndpoints). */

import { type Endpoint, sortedByText } from './endpoints.ts';
import type { ServicePort } from './service-ports.ts';
import type { KubeProxyNode } from './settings.ts';
import type { KubeProxyFeatures } from './versions.ts';

export interface ChosenEndpoints {
  /** For traffic with policy Cluster; undefined when the service port has none. */
  readonly cluster?: readonly Endpoint[];
  /** For traffic with policy Local; undefined when the service port has none. */
  readonly local?: readonly Endpoint[];
  /** Every endpoint that needs a chain on this node. */
  readonly allReachable: readonly Endpoint[];
  /** Whether any endpoint exists anywhere that could serve. */
  readonly hasAny: boolean;
}

type TopologyMode = 'node' | 'zone' | undefined;

const zoneLabel = 'topology.kubernetes.io/zone';

export function chooseEndpoints(
  servicePort: ServicePort,
  endpoints: readonly Endpoint[],
  node: KubeProxyNode,
  features: KubeProxyFeatures,
): ChosenEndpoints {
  const mode = servicePort.usesCluster
    ? topologyModeOf(servicePort, endpoints, node, features)
    : undefined;
  const cluster = servicePort.usesCluster ? clusterEndpoints(endpoints, mode, node) : undefined;
  if (!servicePort.usesLocal) {
    const used = cluster ?? [];
    return { cluster: used, allReachable: used, hasAny: used.length > 0 };
  }
  const readyLocal = endpoints.filter((endpoint) => endpoint.isLocal && endpoint.isReady);
  const local =
    readyLocal.length > 0 ? readyLocal : endpoints.filter((one) => one.isLocal && isDraining(one));
  const hasAny = endpoints.some((endpoint) => endpoint.isReady || isDraining(endpoint));
  if (cluster === undefined) return { local, allReachable: local, hasAny };
  const fallsBack = readyLocal.length === 0 && local.length > 0;
  const clusterHoldsLocal = mode === undefined && !fallsBack;
  const allReachable = clusterHoldsLocal
    ? cluster
    : sortedByText([...new Set([...cluster, ...local])]);
  return { cluster, local, allReachable, hasAny };
}

function isReady(endpoint: Endpoint): boolean {
  return endpoint.isReady;
}

function isDraining(endpoint: Endpoint): boolean {
  return endpoint.isServing && endpoint.isTerminating;
}

function clusterEndpoints(
  endpoints: readonly Endpoint[],
  mode: TopologyMode,
  node: KubeProxyNode,
): readonly Endpoint[] {
  if (mode === undefined && endpoints.every(isReady)) return endpoints;
  const ready = endpoints.filter((endpoint) => endpoint.isReady && isHinted(endpoint, mode, node));
  return ready.length > 0 ? ready : endpoints.filter(isDraining);
}

function isHinted(endpoint: Endpoint, mode: TopologyMode, node: KubeProxyNode): boolean {
  switch (mode) {
    case undefined:
      return true;
    case 'node':
      return endpoint.nodeHints.includes(node.name);
    case 'zone':
      return endpoint.zoneHints.includes(node.labels[zoneLabel] ?? '');
  }
}

/** Hints count only when every ready endpoint has them and one of them names this node or zone. */
function topologyModeOf(
  servicePort: ServicePort,
  endpoints: readonly Endpoint[],
  node: KubeProxyNode,
  features: KubeProxyFeatures,
): TopologyMode {
  if (features.hintsNeedAnnotation && !asksForHints(servicePort.topologyMode)) return undefined;
  if (features.nodeHints && isComplete(endpoints, nodeHintsOf, node.name)) return 'node';
  const zone = node.labels[zoneLabel];
  return zone && isComplete(endpoints, zoneHintsOf, zone) ? 'zone' : undefined;
}

const nodeHintsOf = (endpoint: Endpoint): readonly string[] => endpoint.nodeHints;
const zoneHintsOf = (endpoint: Endpoint): readonly string[] => endpoint.zoneHints;

function isComplete(
  endpoints: readonly Endpoint[],
  hintsOf: (endpoint: Endpoint) => readonly string[],
  name: string,
): boolean {
  let named = false;
  for (const endpoint of endpoints) {
    if (!endpoint.isReady) continue;
    const hints = hintsOf(endpoint);
    if (hints.length === 0) return false;
    named ||= hints.includes(name);
  }
  return named;
}

function asksForHints(annotation: string): boolean {
  return annotation === 'Auto' || annotation === 'auto';
}
