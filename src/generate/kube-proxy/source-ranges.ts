/** Load balancer source ranges and the node's own address. */

import { cidrContains, parseAddress, parseCidr } from '../kubernetes/go-address.ts';
import type { KubeProxyNode } from './settings.ts';

/** A node inside the ranges reaches the address with the address itself as source, so that is allowed too. */
export function allowsNode(sourceRanges: readonly string[], node: KubeProxyNode): boolean {
  const own = node.primaryAddresses.map(parseAddress).filter((address) => address !== undefined);
  return sourceRanges.some((range) => {
    const cidr = parseCidr(range);
    return cidr !== undefined && own.some((address) => cidrContains(cidr, address));
  });
}
