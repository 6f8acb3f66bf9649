/** Objects of Calico's API groups that no rule is made from: harmless ones by name, all others reported. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { RawObject } from '../../kubernetes/objects.ts';
import { calicoGroups } from './kinds.ts';

const read: ReadonlySet<string> = new Set([
  'BGPConfiguration',
  'FelixConfiguration',
  'GlobalNetworkPolicy',
  'GlobalNetworkSet',
  'HostEndpoint',
  'IPAMBlock',
  'IPPool',
  'NetworkPolicy',
  'NetworkSet',
  'Node',
  'Profile',
  'StagedGlobalNetworkPolicy',
  'StagedKubernetesNetworkPolicy',
  'StagedNetworkPolicy',
  'Tier',
  'WorkloadEndpoint',
]);

const adminKinds: ReadonlySet<string> = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
]);

/** Kinds of Calico 3.30 that reach Felix by another way or not at all. */
const withoutRules: ReadonlySet<string> = new Set([
  'BGPFilter',
  'BGPPeer',
  'BlockAffinity',
  'CalicoNodeStatus',
  'ClusterInformation',
  'IPAMConfig',
  'IPAMConfiguration',
  'IPAMHandle',
  'IPReservation',
  'KubeControllersConfiguration',
  'RemoteClusterConfiguration',
]);

/** One warning for each kind, at its first object. */
export function unreadKinds(objects: readonly RawObject[]): readonly Diagnostic[] {
  const groups: ReadonlySet<string> = new Set([...calicoGroups, 'policy.networking.k8s.io']);
  const unread = new Map<string, RawObject>();
  for (const object of objects) {
    const { group, kind } = object;
    const known = group === 'policy.networking.k8s.io' ? adminKinds : read;
    if (!groups.has(group) || known.has(kind) || withoutRules.has(kind)) continue;
    if (!unread.has(kind)) unread.set(kind, object);
  }
  return [...unread.values()].map(({ group, kind, locate }) => ({
    code: 'calico-kind',
    span: locate(['kind']),
    message: `objects of kind ${kind} (${group}) are not read: no rules are made from them`,
  }));
}
