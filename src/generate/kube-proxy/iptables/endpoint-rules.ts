/** Rules that spread traffic over endpoints (KUBE-SVC, KUBE-SVL) and rewrite it (KUBE-SEP). */

import type { RuleContext } from '../context.ts';
import type { Endpoint } from '../endpoints.ts';
import { endpointChainName } from '../names.ts';
import { probabilityText } from '../probability.ts';
import type { ServicePort } from '../service-ports.ts';

/** The KUBE-SEP chains of endpoints, in their order. */
export function endpointChains(
  port: ServicePort,
  endpoints: readonly Endpoint[],
): readonly string[] {
  return endpoints.map((endpoint) => endpointChainName(port.name, port.protocol, endpoint.text));
}

/** Each endpoint is met with probability 1/n: the i-th rule takes 1/(n-i) of what reaches it. */
export function policyRules(
  context: RuleContext,
  port: ServicePort,
  chain: string,
  endpoints: readonly Endpoint[],
  chains: readonly string[],
): string {
  const heads = endpoints.map((endpoint) =>
    context.largeCluster
      ? `-A ${chain}`
      : `-A ${chain} -m comment --comment "${port.name} -> ${endpoint.text}"`,
  );
  const count = endpoints.length;
  let rules = '';
  if (port.affinitySeconds !== undefined) {
    for (let index = 0; index < count; index++) {
      const name = chains[index];
      rules += `${heads[index]} -m recent --name ${name} --rcheck --seconds ${port.affinitySeconds} --reap -j ${name}\n`;
    }
  }
  for (let index = 0; index < count - 1; index++) {
    rules += `${heads[index]} -m statistic --mode random --probability ${probabilityText(count - index)} -j ${chains[index]}\n`;
  }
  return count === 0 ? rules : `${rules}${heads[count - 1]} -j ${chains[count - 1]}\n`;
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
