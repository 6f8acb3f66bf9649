/** A test cluster as the objects that kubectl and calicoctl print. */

import {
  type ClusterPod,
  type ClusterPolicy,
  namedPort,
  namespaceTeams,
  type Peer,
  type PodQuery,
  type PolicyCluster,
  type PolicyRule,
  type PortMatch,
} from './policy-clusters.ts';

const node = (pod: ClusterPod): string => (pod.local ? 'n1' : 'n2');

function podObject(pod: ClusterPod) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.name, namespace: pod.namespace, labels: { app: pod.app } },
    spec: {
      nodeName: node(pod),
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: namedPort }] }],
    },
    status: { phase: 'Running', podIP: pod.address },
  };
}

const labelsOf = (query: PodQuery) => ({
  matchLabels: query.app === undefined ? {} : { app: query.app },
});

function kubernetesPeer(peer: Peer) {
  if (peer.kind === 'network') {
    const except = peer.except === undefined ? {} : { except: [peer.except] };
    return { ipBlock: { cidr: peer.network, ...except } };
  }
  const { team } = peer.query;
  return {
    podSelector: labelsOf(peer.query),
    ...(team === undefined ? {} : { namespaceSelector: { matchLabels: { team } } }),
  };
}

function kubernetesPorts({ protocol, ports }: PortMatch) {
  if (ports.length === 0) return [{ protocol }];
  return ports.map((port) =>
    typeof port === 'object' ? { protocol, port: port[0], endPort: port[1] } : { protocol, port },
  );
}

function kubernetesRule(rule: PolicyRule, peerField: 'from' | 'to') {
  return {
    [peerField]: rule.peers.map(kubernetesPeer),
    ports: rule.ports.flatMap(kubernetesPorts),
  };
}

function kubernetesPolicy(policy: ClusterPolicy) {
  const { ingress, egress } = policy;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: policy.name, namespace: policy.subject.namespace },
    spec: {
      podSelector: labelsOf(policy.subject),
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
      ...(ingress ? { ingress: ingress.map((rule) => kubernetesRule(rule, 'from')) } : {}),
      ...(egress ? { egress: egress.map((rule) => kubernetesRule(rule, 'to')) } : {}),
    },
  };
}

function calicoEntity(peer: Peer | undefined) {
  if (peer === undefined) return {};
  if (peer.kind === 'network') {
    return {
      nets: [peer.network],
      ...(peer.except === undefined ? {} : { notNets: [peer.except] }),
    };
  }
  const { app, notApp, team } = peer.query;
  return {
    ...(app === undefined ? {} : { selector: `app == '${app}'` }),
    ...(notApp === undefined ? {} : { selector: 'has(app)', notSelector: `app == '${notApp}'` }),
    ...(team === undefined ? {} : { namespaceSelector: `team == '${team}'` }),
  };
}

const calicoPort = (port: PortMatch['ports'][number]) =>
  typeof port === 'object' ? `${port[0]}:${port[1]}` : port;

function calicoRule({ action, peers, ports }: PolicyRule, ingress: boolean) {
  const [peer] = peers;
  const [match] = ports;
  const entity = calicoEntity(peer);
  const list =
    match === undefined || match.ports.length === 0 ? {} : { ports: match.ports.map(calicoPort) };
  return {
    action,
    ...(match === undefined ? {} : { protocol: match.protocol }),
    source: ingress ? entity : {},
    destination: ingress ? list : { ...entity, ...list },
  };
}

function globalPolicy(policy: ClusterPolicy) {
  const { app } = policy.subject;
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: policy.name },
    spec: {
      tier: policy.tier,
      order: policy.order,
      selector: app === undefined ? 'has(app)' : `app == '${app}'`,
      types: ['Ingress', 'Egress'],
      ingress: (policy.ingress ?? []).map((rule) => calicoRule(rule, true)),
      egress: (policy.egress ?? []).map((rule) => calicoRule(rule, false)),
    },
  };
}

/** JSON of a List. */
export function clusterJson({ pods, policies, securityDefault }: PolicyCluster): string {
  const items = [
    ...Object.entries(namespaceTeams).map(([name, team]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { team } },
    })),
    {
      apiVersion: 'projectcalico.org/v3',
      kind: 'Tier',
      metadata: { name: 'security' },
      spec: { order: 1, defaultAction: securityDefault },
    },
    ...pods.map(podObject),
    ...policies.map((policy) =>
      policy.kind === 'kubernetes' ? kubernetesPolicy(policy) : globalPolicy(policy),
    ),
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
