/** Chains and rules that do not belong to a service: the shared chains of iptables mode. */

import type { RuleContext } from '../context.ts';
import { nodePortIps } from '../node-port-addresses.ts';

/** Chain names and whole lines of rules: `head` stands before, `tail` after the rules of the services. */
export interface StaticRules {
  readonly filterChains: readonly string[];
  readonly natChains: readonly string[];
  readonly filterHead: string;
  readonly natHead: string;
  readonly filterTail: string;
  readonly natTail: string;
}

const invalidCounter = 'ct_state_invalid_dropped_pkts';
const nodePortsComment =
  '"kubernetes service nodeports; NOTE: this must be the last rule in this chain"';

export function staticRules(context: RuleContext): StaticRules {
  const { localhostNodePorts } = context;
  const filterChains = [
    'KUBE-SERVICES',
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FORWARD',
    'KUBE-NODEPORTS',
    'KUBE-PROXY-FIREWALL',
  ];
  return {
    filterChains: localhostNodePorts ? [...filterChains, 'KUBE-FIREWALL'] : filterChains,
    natChains: ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'],
    filterHead: localhostNodePorts ? localnetRule : '',
    natHead: masqueradeRules(context),
    filterTail: forwardRules(context),
    natTail: nodePortJumps(context),
  };
}

/** With route_localnet packets from outside could reach 127.0.0.0/8 (CVE-2020-8558); kubelet writes it too. */
export const localnetRule =
  '-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n';

function masqueradeRules({ settings }: RuleContext): string {
  const mark = settings.masqueradeMark;
  const random = settings.randomFully ? ' --random-fully' : '';
  return [
    `-A KUBE-POSTROUTING -m mark ! --mark ${mark}/${mark} -j RETURN`,
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${mark}`,
    `-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE${random}`,
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${mark}`,
    '',
  ].join('\n');
}

function forwardRules({ settings }: RuleContext): string {
  const mark = settings.masqueradeMark;
  const counter = settings.nfacctCounters.includes(invalidCounter)
    ? ` -m nfacct --nfacct-name ${invalidCounter}`
    : '';
  const invalid = `-A KUBE-FORWARD -m conntrack --ctstate INVALID${counter} -j DROP\n`;
  return [
    `${settings.conntrackTcpLiberal ? '' : invalid}-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${mark}/${mark} -j ACCEPT`,
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '',
  ].join('\n');
}

/** The last rules of KUBE-SERVICES: what is addressed to the node may be for a node port. */
function nodePortJumps(context: RuleContext): string {
  const { nodePortAddresses, localhostNodePorts, node, settings } = context;
  const rule = (match: string): string =>
    `-A KUBE-SERVICES -m comment --comment ${nodePortsComment} ${match} -j KUBE-NODEPORTS\n`;
  if (!nodePortAddresses.matchesAll) {
    const ips = nodePortIps(nodePortAddresses, node, localhostNodePorts);
    return ips.map((ip) => rule(`-d ${ip}`)).join('');
  }
  const localhost = settings.family === 'ip' ? '127.0.0.0/8' : '::1/128';
  const exception = localhostNodePorts ? '' : ` ! -d ${localhost}`;
  return rule(`-m addrtype --dst-type LOCAL${exception}`);
}
