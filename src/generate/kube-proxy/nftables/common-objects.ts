/** The chains, rules, sets and elements of nftables mode that do not belong to a service. */

import { parseCidr } from '../../kubernetes/go-address.ts';
import type { RuleContext } from '../context.ts';
import { nodePortIps } from '../node-port-addresses.ts';
import type { NftablesLayout } from '../versions.ts';
import type {
  BaseChain,
  GeneratedChain,
  GeneratedElement,
  GeneratedRule,
  GeneratedSet,
} from './model.ts';

export const rejectChain = 'reject-chain';
export const masqueradeChain = 'mark-for-masquerade';

interface BaseRow {
  readonly name: string;
  readonly base: BaseChain;
  /** Chains jumped to, in order; `new:` limits the jump to new connections. */
  readonly jumps: readonly string[];
}

function row(
  name: string,
  type: 'filter' | 'nat',
  hook: BaseChain['hook'],
  priority: number,
  jumps: readonly string[],
): BaseRow {
  return { name, base: { type, hook, priority }, jumps };
}

const natRows: readonly BaseRow[] = [
  row('nat-prerouting', 'nat', 'prerouting', -100, ['services']),
  row('nat-output', 'nat', 'output', -100, ['services']),
  row('nat-postrouting', 'nat', 'postrouting', 100, ['masquerading']),
];

const inputJumps = ['new:nodeport-endpoints-check', 'new:service-endpoints-check'];
const forwardJumps = ['new:service-endpoints-check', 'new:cluster-ips-check'];

/** All checks stand before DNAT, except for addresses nothing was found for. */
const earlyRows: readonly BaseRow[] = [
  row('filter-prerouting', 'filter', 'prerouting', -110, ['new:firewall-check']),
  row('filter-input', 'filter', 'input', -110, inputJumps),
  row('filter-forward', 'filter', 'forward', -110, forwardJumps),
  row('filter-output', 'filter', 'output', -110, [
    'new:service-endpoints-check',
    'new:firewall-check',
  ]),
  row('filter-output-post-dnat', 'filter', 'output', -90, ['new:cluster-ips-check']),
  ...natRows,
];

const postDnatRows: readonly BaseRow[] = [
  row('filter-prerouting-pre-dnat', 'filter', 'prerouting', -110, ['new:firewall-check']),
  row('filter-output-pre-dnat', 'filter', 'output', -110, ['new:firewall-check']),
  row('filter-input', 'filter', 'input', 0, inputJumps),
  row('filter-forward', 'filter', 'forward', 0, forwardJumps),
  row('filter-output', 'filter', 'output', 0, forwardJumps),
  ...natRows,
];

const baseRows: Readonly<Record<NftablesLayout, readonly BaseRow[]>> = {
  early: earlyRows,
  'post-dnat': postDnatRows,
  'no-port': postDnatRows,
};

export function baseChains(context: RuleContext): readonly GeneratedChain[] {
  return baseRows[context.settings.features.nftablesLayout].map(({ name, base, jumps }) => ({
    name,
    base,
    rules: jumps.map(jumpRule),
  }));
}

function jumpRule(jump: string): GeneratedRule {
  const [first, chain] = jump.split(':');
  return { text: chain === undefined ? `jump ${first}` : `ct state ${first} jump ${chain}` };
}

export function commonChains(context: RuleContext): readonly GeneratedChain[] {
  const { family, masqueradeMark: mark } = context.settings;
  const lookup = `${family} daddr . meta l4proto . th dport vmap`;
  const nodePorts = `${nodePortMatch(context)} meta l4proto . th dport vmap`;
  const local = context.nodePortAddresses.matchesAll ? 'fib daddr type local ' : '';
  return [
    chain('services', `${lookup} @service-ips`, `${local}${nodePorts} @service-nodeports`),
    { name: 'cluster-ips-check', rules: clusterIpRules(context) },
    chain(
      'masquerading',
      `mark and ${mark} == 0 return`,
      `mark set mark xor ${mark}`,
      'masquerade fully-random',
    ),
    chain(masqueradeChain, `mark set mark or ${mark}`),
    {
      name: rejectChain,
      comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports',
      rules: [{ text: 'reject' }],
    },
    chain('nodeport-endpoints-check', `${nodePorts} @no-endpoint-nodeports`),
    chain('service-endpoints-check', `${lookup} @no-endpoint-services`),
    chain('firewall-check', `${lookup} @firewall-ips`),
  ];
}

function chain(name: string, ...rules: readonly string[]): GeneratedChain {
  return { name, rules: rules.map((text) => ({ text })) };
}

function nodePortMatch({ settings, nodePortAddresses }: RuleContext): string {
  if (!nodePortAddresses.matchesAll) return `${settings.family} daddr @nodeport-ips`;
  return settings.family === 'ip' ? 'ip daddr != 127.0.0.0/8' : 'ip6 daddr != ::1';
}

function clusterIpRules({ settings }: RuleContext): readonly GeneratedRule[] {
  const { family } = settings;
  const rules: GeneratedRule[] = [
    {
      text: `${family} daddr @cluster-ips reject`,
      comment: 'Reject traffic to invalid ports of ClusterIPs',
    },
  ];
  const cidrs = serviceCidrsText(settings.serviceCidrs, family);
  if (cidrs !== '') {
    rules.push({
      text: `${family} daddr { ${cidrs} } drop`,
      comment: 'Drop traffic to unallocated ClusterIPs',
    });
  }
  return rules;
}

/** The service CIDRs of a family as the rule spells them: joined by commas without blanks. */
export function serviceCidrsText(texts: readonly string[], family: string): string {
  const cidrs = texts.map(parseCidr).filter((cidr) => cidr?.family === family);
  return cidrs.map((cidr) => cidr?.text).join(',');
}

export function commonSets(context: RuleContext): readonly GeneratedSet[] {
  const address = addressType(context);
  const service = `${address} . inet_proto . inet_service : verdict`;
  const nodePort = 'inet_proto . inet_service : verdict';
  const nodePortIpSet: readonly GeneratedSet[] = context.nodePortAddresses.matchesAll
    ? []
    : [
        {
          kind: 'set',
          name: 'nodeport-ips',
          type: address,
          comment: 'IPs that accept NodePort traffic',
        },
      ];
  return [
    { kind: 'set', name: 'cluster-ips', type: address, comment: 'Active ClusterIPs' },
    ...nodePortIpSet,
    map(
      'no-endpoint-services',
      service,
      'vmap to drop or reject packets to services with no endpoints',
    ),
    map(
      'no-endpoint-nodeports',
      nodePort,
      'vmap to drop or reject packets to service nodeports with no endpoints',
    ),
    map('firewall-ips', service, 'destinations that are subject to LoadBalancerSourceRanges'),
    map('service-ips', service, 'ClusterIP, ExternalIP and LoadBalancer IP traffic'),
    map('service-nodeports', nodePort, 'NodePort traffic'),
  ];
}

export function addressType({ settings }: RuleContext): string {
  return settings.family === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
}

function map(name: string, type: string, comment: string): GeneratedSet {
  return { kind: 'map', name, type, comment };
}

export function commonElements(context: RuleContext): readonly GeneratedElement[] {
  if (context.nodePortAddresses.matchesAll) return [];
  const ips = nodePortIps(context.nodePortAddresses, context.node, false);
  return ips.map((key) => ({ set: 'nodeport-ips', key }));
}
