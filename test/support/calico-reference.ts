/** A plain reading of what policies mean, from the API's documentation; it knows nothing of chains and marks. */

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
} from '../../src/testing/arbitraries/policy-clusters.ts';

export interface Connection {
  readonly from: ClusterPod;
  readonly to: ClusterPod;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

function isAsked(query: PodQuery, pod: ClusterPod): boolean {
  return (
    (query.namespace === undefined || query.namespace === pod.namespace) &&
    (query.team === undefined || query.team === namespaceTeams[pod.namespace]) &&
    (query.app === undefined || query.app === pod.app) &&
    (query.notApp === undefined || query.notApp !== pod.app)
  );
}

const numberOf = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0);

function isWithin(address: string, network: string): boolean {
  const [base = '', length = '32'] = network.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

function isPeer(peer: Peer, pod: ClusterPod): boolean {
  if (peer.kind === 'pods') return isAsked(peer.query, pod);
  const excepted = peer.except !== undefined && isWithin(pod.address, peer.except);
  return isWithin(pod.address, peer.network) && !excepted;
}

function isPort({ protocol, ports }: PortMatch, connection: Connection): boolean {
  if (protocol !== connection.protocol) return false;
  if (ports.length === 0) return true;
  return ports.some((port) => {
    // The containers name a TCP port.
    if (port === 'http') return protocol === 'TCP' && connection.port === namedPort;
    if (typeof port === 'number') return connection.port === port;
    return port[0] <= connection.port && connection.port <= port[1];
  });
}

/** Global policies of Calico match the pods in a rule one at a time, Kubernetes' any of several. */
function isMatch({ peers, ports }: PolicyRule, connection: Connection, ingress: boolean): boolean {
  const other = ingress ? connection.from : connection.to;
  return (
    (peers.length === 0 || peers.some((peer) => isPeer(peer, other))) &&
    (ports.length === 0 || ports.some((port) => isPort(port, connection)))
  );
}

type Verdict = 'Allow' | 'Deny' | 'Pass';

function tierVerdict(
  policies: readonly ClusterPolicy[],
  connection: Connection,
  ingress: boolean,
): Verdict | undefined {
  for (const policy of policies) {
    const rules = (ingress ? policy.ingress : policy.egress) ?? [];
    const found = rules.find((rule) => isMatch(rule, connection, ingress));
    if (found !== undefined) return found.action;
  }
  return undefined;
}

/** May this end of the connection take part? Without policies a pod may do everything. */
function endAllows(cluster: PolicyCluster, connection: Connection, ingress: boolean): boolean {
  const pod = ingress ? connection.to : connection.from;
  for (const tier of ['security', 'default']) {
    const policies = cluster.policies
      .filter((policy) => policy.tier === tier && isAsked(policy.subject, pod))
      .filter((policy) => (ingress ? policy.ingress : policy.egress) !== undefined)
      .sort((left, right) => left.order - right.order || (left.name < right.name ? -1 : 1));
    if (policies.length === 0) continue;
    const byDefault = tier === 'security' ? cluster.securityDefault : 'Deny';
    const verdict = tierVerdict(policies, connection, ingress) ?? byDefault;
    if (verdict !== 'Pass') return verdict === 'Allow';
  }
  return true;
}

/** Does the connection get through this node? Ends on other nodes are judged there. */
export function isAllowed(cluster: PolicyCluster, connection: Connection): boolean {
  return (
    (!connection.from.local || endAllows(cluster, connection, false)) &&
    (!connection.to.local || endAllows(cluster, connection, true))
  );
}
