/** What the endpoints of a service port mean for its traffic: the decisions both modes share. */

import type { ChosenEndpoints } from './choose-endpoints.ts';
import type { ServicePort } from './service-ports.ts';

export interface TrafficPolicies {
  readonly hasAny: boolean;
  /** Traffic to the cluster IP finds an endpoint. */
  readonly hasInternal: boolean;
  /** Traffic from outside finds an endpoint. */
  readonly hasExternal: boolean;
  /** A chain for policy Cluster exists. */
  readonly clusterChain: boolean;
  /** A chain for policy Local exists. */
  readonly localChain: boolean;
  /** A chain for traffic from outside exists (also when only node and pods may use it). */
  readonly externalChain: boolean;
}

export function trafficPoliciesOf(
  servicePort: ServicePort,
  chosen: ChosenEndpoints,
): TrafficPolicies {
  const { hasAny, cluster = [], local = [] } = chosen;
  const onlyRemote = local.length === 0;
  return {
    hasAny,
    hasInternal: hasAny && !(servicePort.internalLocal && onlyRemote),
    hasExternal: hasAny && !(servicePort.externalLocal && onlyRemote),
    clusterChain: cluster.length > 0 && servicePort.usesCluster,
    localChain: local.length > 0 && servicePort.usesLocal,
    externalChain: hasAny && servicePort.isExternal,
  };
}
