/** Kubernetes NetworkPolicies as Calico's (libcalico-go, k8s/conversion). */

import { parseCidr } from '../../kubernetes/go-address.ts';
import type { LabelSelector } from '../../kubernetes/label-selector.ts';
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../kubernetes/network-policy.ts';
import type {
  CalicoPolicy,
  CalicoPort,
  CalicoRule,
  EntityRule,
  PolicyType,
} from './policy-objects.ts';

const orchestrator = "projectcalico.org/orchestrator == 'k8s'";

function requirementText({
  key,
  operator,
  values,
}: NonNullable<LabelSelector['matchExpressions']>[number]): string {
  const list = (values ?? []).join("', '");
  switch (operator) {
    case 'In':
      return `${key} in { '${list}' }`;
    case 'NotIn':
      return `${key} not in { '${list}' }`;
    case 'Exists':
      return `has(${key})`;
    case 'DoesNotExist':
      return `! has(${key})`;
  }
}

function labelTerms(selector: LabelSelector): readonly string[] {
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  return [
    ...labels.map(([key, value]) => `${key} == '${value}'`),
    ...(selector.matchExpressions ?? []).map(requirementText),
  ];
}

/** A selector of pods; an absent one selects every pod. */
export function podSelectorText(selector: LabelSelector | null | undefined): string {
  return [orchestrator, ...labelTerms(selector ?? {})].join(' && ');
}

/** A selector of namespaces; empty selects all, absent gives no text. */
export function namespaceSelectorText(selector: LabelSelector | null | undefined): string {
  if (selector === null || selector === undefined) return '';
  const terms = labelTerms(selector);
  return terms.length === 0 ? 'all()' : terms.join(' && ');
}

function maskedNetwork(network: string): string {
  return parseCidr(network)?.text ?? network;
}

function peerFields(peer: NetworkPolicyPeer | undefined): EntityRule {
  if (peer === undefined) return {};
  if (peer.ipBlock) {
    const { cidr, except } = peer.ipBlock;
    const notNets = (except ?? []).map(maskedNetwork);
    return { nets: [maskedNetwork(cidr)], ...(notNets.length === 0 ? {} : { notNets }) };
  }
  const namespaceSelector = namespaceSelectorText(peer.namespaceSelector);
  return {
    selector: podSelectorText(peer.podSelector),
    ...(namespaceSelector === '' ? {} : { namespaceSelector }),
  };
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** A numeric port or range; undefined for a name. */
export function portRangeOf(port: CalicoPort): Range | undefined {
  if (typeof port === 'number') return { first: port, last: port };
  const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(port) ?? [];
  if (first === undefined) return undefined;
  return { first: Number(first), last: Number(last ?? first) };
}

function portText({ first, last }: Range): CalicoPort {
  return first === last ? first : `${first}:${last}`;
}

/** Names first in their order, then the fewest ranges; lists with at most one number stay as they are. */
export function simplifyPorts(ports: readonly CalicoPort[]): readonly CalicoPort[] {
  const named = ports.filter((port) => portRangeOf(port) === undefined);
  const ranges = ports.flatMap((port) => portRangeOf(port) ?? []);
  const numbers = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (ports.length <= 1 || numbers <= 1) return ports;
  const merged: Range[] = [];
  for (const range of ranges.toSorted((left, right) => left.first - right.first)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) {
      merged[merged.length - 1] = {
        first: previous.first,
        last: Math.max(previous.last, range.last),
      };
    } else {
      merged.push(range);
    }
  }
  return [...named, ...merged.map(portText)];
}

function calicoPort({ port, endPort }: NetworkPolicyPort): CalicoPort | undefined {
  if (port === null || port === undefined) return undefined;
  const written = endPort === null || endPort === undefined ? port : `${port}:${endPort}`;
  const range = portRangeOf(written);
  return range === undefined ? written : portText(range);
}

/** By protocol in text order; no ports in the list means every port. */
function portsByProtocol(
  ports: readonly NetworkPolicyPort[],
): readonly (readonly [string, readonly CalicoPort[]])[] {
  const found = new Map<string, CalicoPort[] | undefined>();
  for (const entry of ports) {
    const protocol = entry.protocol ?? 'TCP';
    const port = calicoPort(entry);
    const known = found.get(protocol);
    if (port === undefined) found.set(protocol, undefined);
    else if (known !== undefined) known.push(port);
    else if (!found.has(protocol)) found.set(protocol, [port]);
  }
  return [...found]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([protocol, list]) => [protocol, simplifyPorts(list ?? [])] as const);
}

function rulesOf(
  peers: readonly NetworkPolicyPeer[],
  ports: readonly NetworkPolicyPort[],
  type: PolicyType,
): readonly CalicoRule[] {
  const sources: readonly (NetworkPolicyPeer | undefined)[] =
    peers.length === 0 ? [undefined] : peers;
  const groups: readonly (readonly [string | undefined, readonly CalicoPort[]])[] =
    ports.length === 0 ? [[undefined, []]] : portsByProtocol(ports);
  return groups.flatMap(([protocol, list]) =>
    sources.map((peer): CalicoRule => {
      const destination: EntityRule = list.length === 0 ? {} : { ports: list };
      const entity = peerFields(peer);
      return {
        action: 'Allow',
        ...(protocol === undefined ? {} : { protocol }),
        source: type === 'Ingress' ? entity : {},
        destination: type === 'Ingress' ? destination : { ...entity, ...destination },
      };
    }),
  );
}

/** The prefix of policies that Calico makes from Kubernetes' own. */
export const kubernetesPolicyPrefix = 'knp.default.';

/** The Calico policy that Felix sees for a Kubernetes policy. */
export function fromKubernetesPolicy(policy: NetworkPolicy): CalicoPolicy {
  const spec = policy.spec ?? {};
  const types = spec.policyTypes ?? [];
  const ingress = (spec.ingress ?? []).flatMap(({ from, ports }) =>
    rulesOf(from ?? [], ports ?? [], 'Ingress'),
  );
  const egress = (spec.egress ?? []).flatMap(({ to, ports }) =>
    rulesOf(to ?? [], ports ?? [], 'Egress'),
  );
  return {
    metadata: { ...policy.metadata, name: `${kubernetesPolicyPrefix}${policy.metadata.name}` },
    spec: {
      order: 1000,
      selector: podSelectorText(spec.podSelector),
      ...(ingress.length === 0 ? {} : { ingress }),
      ...(egress.length === 0 ? {} : { egress }),
      types: types.length === 0 ? ['Ingress'] : types,
    },
  };
}
