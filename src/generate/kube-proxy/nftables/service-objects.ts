/** The chains, sets and elements of one service port in nftables mode. */

import type { ChosenEndpoints } from '../choose-endpoints.ts';
import type { RuleContext } from '../context.ts';
import type { Endpoint } from '../endpoints.ts';
import { nftEndpointName, nftServiceName } from '../names.ts';
import { type TrafficPolicies, trafficPoliciesOf } from '../policies.ts';
import type { ServicePort } from '../service-ports.ts';
import { allowsNode } from '../source-ranges.ts';
import { addressType, masqueradeChain, rejectChain } from './common-objects.ts';
import type { GeneratedChain, GeneratedElement, GeneratedRule, GeneratedSet } from './model.ts';

export interface ServiceObjects {
  readonly chains: readonly GeneratedChain[];
  readonly sets: readonly GeneratedSet[];
  readonly elements: readonly GeneratedElement[];
}

interface Subject {
  readonly context: RuleContext;
  readonly port: ServicePort;
  readonly chosen: ChosenEndpoints;
  readonly policies: TrafficPolicies;
  /** `HASH-NS/NAME/PROTO/PORT`. */
  readonly base: string;
  /** `HASH-NS/NAME/PROTO/PORT__IP/PORT` of each reachable endpoint. */
  readonly endpointBases: ReadonlyMap<Endpoint, string>;
  readonly usesFirewall: boolean;
}

export function serviceObjects(
  context: RuleContext,
  port: ServicePort,
  chosen: ChosenEndpoints,
): ServiceObjects {
  const { namespace, serviceName, protocol, portName } = port;
  const endpointBases = new Map<Endpoint, string>();
  for (const endpoint of chosen.allReachable) {
    const { address, port: number } = endpoint;
    const base = nftEndpointName(namespace, serviceName, protocol, portName, address, number);
    endpointBases.set(endpoint, base);
  }
  const subject: Subject = {
    context,
    port,
    chosen,
    policies: trafficPoliciesOf(port, chosen),
    base: nftServiceName(namespace, serviceName, protocol, portName),
    endpointBases,
    usesFirewall: port.loadBalancerIps.length > 0 && port.sourceRanges.length > 0,
  };
  return { chains: chainsOf(subject), sets: affinitySets(subject), elements: elementsOf(subject) };
}

function chainsOf(subject: Subject): readonly GeneratedChain[] {
  const { base, chosen, policies, port } = subject;
  const chains: GeneratedChain[] = [];
  const internal = internalMasqueradeRules(subject);
  for (const [endpoint, name] of subject.endpointBases) {
    chains.push({ name: `endpoint-${name}`, rules: endpointRules(subject, endpoint, name) });
  }
  if (policies.clusterChain) {
    const rules = policyRules(subject, chosen.cluster ?? []);
    chains.push({
      name: `service-${base}`,
      rules: port.internalLocal ? rules : [...internal, ...rules],
    });
  }
  if (policies.localChain) {
    const rules = policyRules(subject, chosen.local ?? []);
    chains.push({
      name: `local-${base}`,
      rules: port.internalLocal ? [...internal, ...rules] : rules,
    });
  }
  if (policies.externalChain)
    chains.push({ name: `external-${base}`, rules: externalRules(subject) });
  if (subject.usesFirewall)
    chains.push({ name: `firewall-${base}`, rules: firewallRules(subject) });
  return chains;
}

/** A set per endpoint that remembers which clients it served: the kernel forgets them by itself. */
function affinitySets({ context, port, endpointBases }: Subject): readonly GeneratedSet[] {
  const { affinitySeconds } = port;
  if (affinitySeconds === undefined) return [];
  return [...endpointBases.values()].map((name) => ({
    kind: 'set',
    name: `affinity-${name}`,
    type: addressType(context),
    flags: ['dynamic', 'timeout'],
    timeoutSeconds: affinitySeconds,
  }));
}

function elementsOf(subject: Subject): readonly GeneratedElement[] {
  const { port, policies, base } = subject;
  const failure = { comment: port.name, verdict: policies.hasAny ? 'drop' : `goto ${rejectChain}` };
  const addressKey = (ip: string): string => `${ip} . ${port.protocol} . ${port.port}`;
  const clusterKey = addressKey(port.clusterIp);
  const internal = `goto ${port.internalLocal ? 'local' : 'service'}-${base}`;
  const elements: GeneratedElement[] = [
    { set: 'cluster-ips', key: port.clusterIp },
    policies.hasInternal
      ? { set: 'service-ips', key: clusterKey, verdict: internal }
      : { set: 'no-endpoint-services', key: clusterKey, ...failure },
  ];
  const external = `goto external-${base}`;
  const offer = (found: string, missing: string, key: string): void => {
    if (policies.hasAny) elements.push({ set: found, key, verdict: external });
    if (!policies.hasExternal) elements.push({ set: missing, key, ...failure });
  };
  for (const ip of port.externalIps) offer('service-ips', 'no-endpoint-services', addressKey(ip));
  for (const ip of port.loadBalancerIps) {
    const key = addressKey(ip);
    offer('service-ips', 'no-endpoint-services', key);
    if (subject.usesFirewall) {
      elements.push({ set: 'firewall-ips', key, verdict: `goto firewall-${base}` });
    }
  }
  if (port.nodePort !== 0) {
    offer('service-nodeports', 'no-endpoint-nodeports', `${port.protocol} . ${port.nodePort}`);
  }
  return elements;
}

function internalMasqueradeRules({ context, port, policies }: Subject): readonly GeneratedRule[] {
  const { masqueradeAll, family, features } = context.settings;
  const notLocal = context.localTraffic?.nft.notLocal;
  if (!policies.hasInternal || (!masqueradeAll && notLocal === undefined)) return [];
  const service =
    features.nftablesLayout === 'no-port' ? '' : ` ${port.protocol} dport ${port.port}`;
  const source = masqueradeAll ? '' : ` ${notLocal}`;
  return [{ text: `${family} daddr ${port.clusterIp}${service}${source} jump ${masqueradeChain}` }];
}

function externalRules({ context, port, policies, base }: Subject): readonly GeneratedRule[] {
  const rules: GeneratedRule[] = [];
  if (port.externalLocal) {
    const isLocal = context.localTraffic?.nft.isLocal;
    const toCluster = `goto service-${base}`;
    const fromNode = 'fib saddr type local';
    if (isLocal !== undefined) {
      rules.push({ text: `${isLocal} ${toCluster}`, comment: 'short-circuit pod traffic' });
    }
    rules.push({
      text: `${fromNode} jump ${masqueradeChain}`,
      comment: 'masquerade local traffic',
    });
    rules.push({ text: `${fromNode} ${toCluster}`, comment: 'short-circuit local traffic' });
  } else {
    rules.push({ text: `jump ${masqueradeChain}` });
  }
  if (policies.hasExternal) {
    rules.push({ text: `goto ${port.externalLocal ? 'local' : 'service'}-${base}` });
  }
  return rules;
}

function firewallRules({ context, port }: Subject): readonly GeneratedRule[] {
  const own = allowsNode(port.sourceRanges, context.node) ? port.loadBalancerIps : [];
  const sources = [...port.sourceRanges, ...own].join(' , ');
  return [{ text: `${context.settings.family} saddr != { ${sources} } drop` }];
}

function policyRules(subject: Subject, endpoints: readonly Endpoint[]): readonly GeneratedRule[] {
  const { context, port, endpointBases } = subject;
  const rules: GeneratedRule[] = [];
  const names = endpoints.map((endpoint) => endpointBases.get(endpoint) ?? '');
  if (port.affinitySeconds !== undefined) {
    for (const name of names) {
      rules.push({
        text: `${context.settings.family} saddr @affinity-${name} goto endpoint-${name}`,
      });
    }
  }
  const choices = names.map((name, index) => `${index} : goto endpoint-${name}`).join(' , ');
  rules.push({ text: `numgen random mod ${names.length} vmap { ${choices} }` });
  return rules;
}

/** An endpoint that reaches itself through the service is masqueraded, or the reply would not come back. */
function endpointRules(
  { context, port }: Subject,
  endpoint: Endpoint,
  name: string,
): readonly GeneratedRule[] {
  const { family } = context.settings;
  const hairpin = { text: `${family} saddr ${endpoint.address} jump ${masqueradeChain}` };
  const dnat = { text: `meta l4proto ${port.protocol} dnat to ${endpoint.text}` };
  if (port.affinitySeconds === undefined) return [hairpin, dnat];
  return [hairpin, { text: `update @affinity-${name} { ${family} saddr }` }, dnat];
}
