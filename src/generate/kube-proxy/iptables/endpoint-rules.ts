/** Rules that spread traffic over endpoints (KUBE-SVC, KUBE-SVL) and rewrite it (KUBE-SEP). */

import type { RuleContext } from '../context.ts';
import type { Endpoint } from '../endpoints.ts';
import { endpointChainName } from '../names.ts';
import { probabilityText } from '../probability.ts';
import type { ServicePort } from '../service-ports.ts';

/** The KUBE-SEP chain of each endpoint, in the order of the endpoints. */
export function endpointChains(
  port: ServicePort,
  endpoints: readonly Endpoint[],
): ReadonlyMap<Endpoint, string> {
  const chains = new Map<Endpoint, string>();
  for (const endpoint of endpoints) {
    chains.set(endpoint, endpointChainName(port.name, port.protocol, endpoint.text));
  }
  return chains;
}

/** Each endpoint is met with probability 1/n: the i-th rule takes 1/(n-i) of what reaches it. */
export function policyRules(
  context: RuleContext,
  port: ServicePort,
  chain: string,
  endpoints: readonly Endpoint[],
  chains: ReadonlyMap<Endpoint, string>,
): string {
  const comment = (endpoint: Endpoint): string =>
    context.largeCluster ? '' : ` -m comment --comment "${port.name} -> ${endpoint.text}"`;
  let rules = '';
  if (port.affinitySeconds !== undefined) {
    for (const endpoint of endpoints) {
      const name = chains.get(endpoint);
      rules += `-A ${chain}${comment(endpoint)} -m recent --name ${name} --rcheck --seconds ${port.affinitySeconds} --reap -j ${name}\n`;
    }
  }
  let left = endpoints.length;
  for (const endpoint of endpoints) {
    const random =
      left > 1 ? ` -m statistic --mode random --probability ${probabilityText(left)}` : '';
    rules += `-A ${chain}${comment(endpoint)}${random} -j ${chains.get(endpoint)}\n`;
    left--;
  }
  return rules;
}

/** An endpoint that reaches itself through the service is masqueraded, or the reply would not come back. */
export function endpointRules(
  context: RuleContext,
  port: ServicePort,
  endpoint: Endpoint,
  chain: string,
): string {
  const head = context.largeCluster
    ? `-A ${chain}`
    : `-A ${chain} -m comment --comment ${port.name}`;
  const affinity = port.affinitySeconds === undefined ? '' : ` -m recent --name ${chain} --set`;
  return `${head} -s ${endpoint.address} -j KUBE-MARK-MASQ\n${head}${affinity} -m ${port.protocol} -p ${port.protocol} -j DNAT --to-destination ${endpoint.text}\n`;
}
