/** kube-proxy's metric sync_proxy_rules_no_local_endpoints_total, recomputed. */

import { chooseEndpoints } from '../../../src/generate/kube-proxy/choose-endpoints.ts';
import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { trafficPoliciesOf } from '../../../src/generate/kube-proxy/policies.ts';

export interface NoLocalEndpoints {
  readonly internal: number;
  readonly external: number;
}

/** Service ports that have endpoints, but none on this node for a policy that wants one. */
export function noLocalEndpoints(run: KubeProxyRun): NoLocalEndpoints {
  const { node, settings } = run.program.context;
  let internal = 0;
  let external = 0;
  for (const { ports } of run.cluster.services) {
    for (const { port, endpoints } of ports) {
      const chosen = chooseEndpoints(port, endpoints, node, settings.features);
      const policies = trafficPoliciesOf(port, chosen);
      if (policies.hasAny && !policies.hasInternal) internal++;
      if (policies.hasAny && !policies.hasExternal) external++;
    }
  }
  return { internal, external };
}
