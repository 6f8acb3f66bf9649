/** The rules of one service port in iptables mode, as lines of iptables-restore text. */

import type { ChosenEndpoints } from '../choose-endpoints.ts';
import type { RuleContext } from '../context.ts';
import type { Endpoint } from '../endpoints.ts';
import { flattened } from '../flattened.ts';
import { servicePortHash } from '../names.ts';
import { type TrafficPolicies, trafficPoliciesOf } from '../policies.ts';
import type { ServicePort } from '../service-ports.ts';
import { allowsNode } from '../source-ranges.ts';
import { endpointChains, endpointRules, policyRules } from './endpoint-rules.ts';

/** What one service port contributes; every text is whole lines. */
export interface ServiceRules {
  /** Rules of the shared chains of the filter table. */
  readonly filter: string;
  /** Rules of KUBE-SERVICES and KUBE-NODEPORTS in the nat table. */
  readonly natShared: string;
  /** The chains of the nat table that belong to this service port alone. */
  readonly chains: readonly string[];
  /** Rules of these chains. */
  readonly natOwn: string;
}

/** What the parts of this file need to know about the service port. */
interface Subject {
  readonly context: RuleContext;
  readonly port: ServicePort;
  readonly policies: TrafficPolicies;
  readonly hash: string;
  /** `-m tcp -p tcp`. */
  readonly protocol: string;
  /** Target and comment of packets that find no endpoint. */
  readonly failTarget: string;
  readonly failComment: string;
  readonly usesFirewall: boolean;
}

export function serviceRules(
  context: RuleContext,
  port: ServicePort,
  chosen: ChosenEndpoints,
): ServiceRules {
  const subject = subjectOf(context, port, chosen);
  const { policies, hash } = subject;
  const reachable = endpointChains(port, chosen.allReachable);
  const chains: string[] = [];
  if (policies.externalChain) chains.push(`KUBE-EXT-${hash}`);
  if (subject.usesFirewall) chains.push(`KUBE-FW-${hash}`);
  if (policies.clusterChain) chains.push(`KUBE-SVC-${hash}`);
  if (policies.localChain) chains.push(`KUBE-SVL-${hash}`);
  for (const name of reachable) chains.push(name);
  let natOwn = internalMasqueradeRule(subject) + externalRules(subject) + firewallRules(subject);
  const policy = (chain: string, endpoints: readonly Endpoint[]): void => {
    const names = endpoints === chosen.allReachable ? reachable : endpointChains(port, endpoints);
    natOwn += policyRules(context, port, chain, endpoints, names);
  };
  if (policies.clusterChain) policy(`KUBE-SVC-${hash}`, chosen.cluster ?? []);
  if (policies.localChain) policy(`KUBE-SVL-${hash}`, chosen.local ?? []);
  for (let index = 0; index < reachable.length; index++) {
    const [endpoint, name] = [chosen.allReachable[index], reachable[index]];
    if (endpoint && name) natOwn += endpointRules(context, port, endpoint, name);
  }
  return {
    filter: filterRules(subject),
    natShared: flattened(sharedRules(subject)),
    chains,
    natOwn: flattened(natOwn),
  };
}

function subjectOf(context: RuleContext, port: ServicePort, chosen: ChosenEndpoints): Subject {
  const policies = trafficPoliciesOf(port, chosen);
  const missing = policies.hasAny ? 'has no local endpoints' : 'has no endpoints';
  return {
    context,
    port,
    policies,
    hash: servicePortHash(port.name, port.protocol),
    protocol: `-m ${port.protocol} -p ${port.protocol}`,
    failTarget: policies.hasAny ? 'DROP' : 'REJECT',
    failComment: `-m comment --comment "${port.name} ${missing}"`,
    usesFirewall:
      policies.hasAny && port.loadBalancerIps.length > 0 && port.sourceRanges.length > 0,
  };
}

function internalChain({ port, hash }: Subject): string {
  return `${port.internalLocal ? 'KUBE-SVL' : 'KUBE-SVC'}-${hash}`;
}

/** Rules of the nat table's KUBE-SERVICES and KUBE-NODEPORTS. */
function sharedRules(subject: Subject): string {
  const { port, policies, hash, protocol } = subject;
  const rule = (what: string, ip: string, chain: string): string =>
    `-A KUBE-SERVICES -m comment --comment "${port.name} ${what}" ${protocol} -d ${ip} --dport ${port.port} -j ${chain}\n`;
  let rules = '';
  if (policies.hasInternal) rules += rule('cluster IP', port.clusterIp, internalChain(subject));
  if (!policies.hasAny) return rules;
  const external = `KUBE-EXT-${hash}`;
  const balanced = subject.usesFirewall ? `KUBE-FW-${hash}` : external;
  for (const ip of port.externalIps) rules += rule('external IP', ip, external);
  for (const ip of port.loadBalancerIps) rules += rule('loadbalancer IP', ip, balanced);
  return port.nodePort === 0 ? rules : rules + nodePortRules(subject);
}

const localhostCounter = 'localhost_nps_accepted_pkts';

function nodePortRules({ context, port, hash, protocol }: Subject): string {
  const head = `-A KUBE-NODEPORTS -m comment --comment ${port.name} ${protocol}`;
  const jump = `-j KUBE-EXT-${hash}\n`;
  const counted =
    context.localhostNodePorts && context.settings.nfacctCounters.includes(localhostCounter)
      ? `${head} -d 127.0.0.0/8 --dport ${port.nodePort} -m nfacct --nfacct-name ${localhostCounter} ${jump}`
      : '';
  return `${counted}${head} --dport ${port.nodePort} ${jump}`;
}

/** Rules of the filter table: what finds no endpoint, what the firewall let fall through, health checks. */
function filterRules(subject: Subject): string {
  const { port, policies, protocol, failComment, failTarget, hash } = subject;
  const fail = (chain: string, match: string): string =>
    `-A ${chain} ${failComment} ${match} -j ${failTarget}\n`;
  const to = (ip: string): string => `${protocol} -d ${ip} --dport ${port.port}`;
  let rules = policies.hasInternal ? '' : fail('KUBE-SERVICES', to(port.clusterIp));
  const external = policies.hasExternal ? [] : port.externalIps;
  for (const ip of external) rules += fail('KUBE-EXTERNAL-SERVICES', to(ip));
  if (subject.usesFirewall) {
    const comment = `-m comment --comment "${port.name} traffic not accepted by KUBE-FW-${hash}"`;
    for (const ip of port.loadBalancerIps) {
      rules += `-A KUBE-PROXY-FIREWALL ${comment} ${to(ip)} -j DROP\n`;
    }
  }
  const balanced = policies.hasExternal ? [] : port.loadBalancerIps;
  for (const ip of balanced) rules += fail('KUBE-EXTERNAL-SERVICES', to(ip));
  if (port.nodePort !== 0 && !policies.hasExternal) {
    const match = `-m addrtype --dst-type LOCAL ${protocol} --dport ${port.nodePort}`;
    rules += fail('KUBE-EXTERNAL-SERVICES', match);
  }
  return rules + healthCheckRule(port);
}

/** The health check is asked by TCP, whatever the service speaks; written once per port of the service. */
function healthCheckRule(port: ServicePort): string {
  if (port.healthCheckNodePort === 0) return '';
  return `-A KUBE-NODEPORTS -m comment --comment "${port.name} health check node port" -m tcp -p tcp --dport ${port.healthCheckNodePort} -j ACCEPT\n`;
}

function internalMasqueradeRule(subject: Subject): string {
  const { context, port, protocol } = subject;
  if (!subject.policies.hasInternal) return '';
  const notLocal = context.localTraffic?.iptables.notLocal;
  if (!context.settings.masqueradeAll && notLocal === undefined) return '';
  const source = context.settings.masqueradeAll ? '' : ` ${notLocal}`;
  return `-A ${internalChain(subject)} -m comment --comment "${port.name} cluster IP" ${protocol} -d ${port.clusterIp} --dport ${port.port}${source} -j KUBE-MARK-MASQ\n`;
}

function externalRules({ context, port, policies, hash }: Subject): string {
  if (!policies.externalChain) return '';
  const rule = (what: string, match: string, target: string): string =>
    `-A KUBE-EXT-${hash} -m comment --comment "${what} ${port.name} external destinations"${match} -j ${target}\n`;
  const cluster = `KUBE-SVC-${hash}`;
  let rules = '';
  if (port.externalLocal) {
    const isLocal = context.localTraffic?.iptables.isLocal;
    const fromNode = ' -m addrtype --src-type LOCAL';
    if (isLocal !== undefined) rules += rule('pod traffic for', ` ${isLocal}`, cluster);
    rules += rule('masquerade LOCAL traffic for', fromNode, 'KUBE-MARK-MASQ');
    rules += rule('route LOCAL traffic for', fromNode, cluster);
  } else {
    rules += rule('masquerade traffic for', '', 'KUBE-MARK-MASQ');
  }
  const policy = port.externalLocal ? `KUBE-SVL-${hash}` : cluster;
  return policies.hasExternal ? `${rules}-A KUBE-EXT-${hash} -j ${policy}\n` : rules;
}

function firewallRules({ context, port, hash, usesFirewall }: Subject): string {
  if (!usesFirewall) return '';
  const head = `-A KUBE-FW-${hash} -m comment --comment "${port.name} loadbalancer IP" -s`;
  let rules = '';
  for (const range of port.sourceRanges) rules += `${head} ${range} -j KUBE-EXT-${hash}\n`;
  const own = allowsNode(port.sourceRanges, context.node) ? port.loadBalancerIps : [];
  for (const ip of own) rules += `${head} ${ip} -j KUBE-EXT-${hash}\n`;
  return `${rules}-A KUBE-FW-${hash} -m comment --comment "other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL"\n`;
}
