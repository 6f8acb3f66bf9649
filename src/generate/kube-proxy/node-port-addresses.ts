/** Which addresses of the node accept node ports. */

import {
  type AddressFamily,
  cidrContains,
  type GoAddress,
  type GoCidr,
  isLoopback,
  parseAddress,
  parseCidr,
} from '../kubernetes/go-address.ts';
import type { KubeProxyNode } from './settings.ts';

export interface NodePortAddresses {
  readonly family: AddressFamily;
  readonly cidrs: readonly GoCidr[];
  /** A range covers everything, so the rule asks for "local" instead of listing addresses. */
  readonly matchesAll: boolean;
  readonly containsIpv4Loopback: boolean;
}

const ipv4Localhost: GoAddress = { family: 'ip', groups: [127, 0, 0, 1], text: '127.0.0.1' };

/** `NewNodePortAddresses`: CIDRs of the family, or everything when none is left. */
export function nodePortAddressesOf(
  texts: readonly string[],
  node: KubeProxyNode,
  family: AddressFamily,
): NodePortAddresses {
  const wanted = texts.length === 1 && texts[0] === 'primary' ? primaryCidrs(node) : texts;
  const listed = wanted.map(parseCidr).filter((cidr) => cidr?.family === family);
  const everything = parseCidr(family === 'ip' ? '0.0.0.0/0' : '::/0');
  const cidrs = (listed.length > 0 ? listed : [everything]).filter((cidr) => cidr !== undefined);
  return {
    family,
    cidrs,
    matchesAll: cidrs.some((cidr) => cidr.length === 0),
    containsIpv4Loopback: cidrs.some(coversIpv4Loopback),
  };
}

function primaryCidrs(node: KubeProxyNode): readonly string[] {
  return node.primaryAddresses.map((text) => `${text}/${text.includes(':') ? 128 : 32}`);
}

function coversIpv4Loopback(cidr: GoCidr): boolean {
  return cidr.family === 'ip' && (isLoopback(cidr) || cidrContains(cidr, ipv4Localhost));
}

/** The node's addresses inside the ranges, range by range, each once. */
export function nodePortIps(
  addresses: NodePortAddresses,
  node: KubeProxyNode,
  allowLoopback: boolean,
): readonly string[] {
  const known = node.interfaceAddresses.map(parseAddress).filter((ip) => ip !== undefined);
  const ips = new Set<string>();
  for (const cidr of addresses.cidrs) {
    for (const ip of known) {
      if (cidrContains(cidr, ip) && (allowLoopback || !isLoopback(ip))) ips.add(ip.text);
    }
  }
  return [...ips];
}
