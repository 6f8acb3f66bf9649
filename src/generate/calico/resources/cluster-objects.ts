/** Everything that Calico's rules are made from, read and checked, one list per kind. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import { type EndpointSlice, endpointSliceKind } from '../../kubernetes/endpoint-slice.ts';
import { type Namespace, namespaceKind } from '../../kubernetes/namespace.ts';
import { networkPolicyKind } from '../../kubernetes/network-policy.ts';
import { type Node, nodeKind } from '../../kubernetes/node.ts';
import { type ObjectKind, objectsOfKind, type RawObject } from '../../kubernetes/objects.ts';
import { type Pod, podKind } from '../../kubernetes/pod.ts';
import { adminPolicyKind, baselineAdminPolicyKind, fromAdminPolicy } from './admin-policy.ts';
import { ipamBlockKind } from './ipam-blocks.ts';
import {
  bgpConfigurationKind,
  calicoNodeKind,
  calicoObjects,
  felixConfigurationKind,
  globalNetworkSetKind,
  hostEndpointKind,
  ipPoolKind,
  networkSetKind,
  profileKind,
  serviceAccountKind,
  tierKind,
  workloadEndpointKind,
} from './kinds.ts';
import { fromKubernetesPolicy } from './kubernetes-policy.ts';
import { type ConvertedPolicy, convertPolicy } from './policy-conversion.ts';
import { type CalicoPolicy, calicoPolicy } from './policy-objects.ts';

function calicoPolicies(
  objects: readonly RawObject[],
  kind: string,
  diagnostics: Diagnostic[],
): readonly CalicoPolicy[] {
  return calicoObjects(objects, { kind, check: calicoPolicy }, diagnostics);
}

/** A staged policy that says "delete" stands for the absence of its namesake. */
function kept(policies: readonly CalicoPolicy[]): readonly CalicoPolicy[] {
  return policies.filter(({ spec }) => spec?.stagedAction !== 'Delete');
}

function withTierInName(policy: CalicoPolicy): CalicoPolicy {
  const tier = policy.spec?.tier ?? 'default';
  const { name } = policy.metadata;
  if (tier === 'default' || name.startsWith(`${tier}.`) || /^k?b?anp\./.test(name)) return policy;
  return { ...policy, metadata: { ...policy.metadata, name: `${tier}.${name}` } };
}

/** Policies of every kind, as Felix has them. */
function policies(
  objects: readonly RawObject[],
  diagnostics: Diagnostic[],
  late: boolean,
): readonly ConvertedPolicy[] {
  const of = <Value>(kind: ObjectKind<Value>): readonly Value[] => {
    const result = objectsOfKind(objects, kind);
    diagnostics.push(...result.diagnostics);
    return result.value;
  };
  const enforced = [
    ...of(networkPolicyKind).map(fromKubernetesPolicy),
    ...calicoPolicies(objects, 'NetworkPolicy', diagnostics),
    ...calicoPolicies(objects, 'GlobalNetworkPolicy', diagnostics),
    ...of(adminPolicyKind).map((policy) => fromAdminPolicy(policy, false)),
    ...of(baselineAdminPolicyKind).map((policy) => fromAdminPolicy(policy, true)),
  ];
  const staged = [
    ...calicoPolicies(objects, 'StagedNetworkPolicy', diagnostics),
    ...calicoPolicies(objects, 'StagedGlobalNetworkPolicy', diagnostics),
  ];
  const stagedKubernetes = calicoObjects(
    objects,
    { kind: 'StagedKubernetesNetworkPolicy', check: networkPolicyKind.check },
    diagnostics,
  ).map(fromKubernetesPolicy);
  const convert = (list: readonly CalicoPolicy[], isStaged: boolean): readonly ConvertedPolicy[] =>
    kept(list).map((policy) => {
      const result = convertPolicy(withTierInName(policy), { staged: isStaged, late });
      diagnostics.push(...result.diagnostics);
      return result.value;
    });
  return [...convert(enforced, false), ...convert([...staged, ...stagedKubernetes], true)];
}

export type ClusterObjects = ReturnType<typeof clusterObjects>;

export interface KubernetesObjects {
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly slices: readonly EndpointSlice[];
}

/** @param late whether the rules of policies are made when they are asked for */
export function clusterObjects(
  objects: readonly RawObject[],
  diagnostics: Diagnostic[],
  late = false,
) {
  const of = <Value>(kind: ObjectKind<Value>): readonly Value[] => {
    const result = objectsOfKind(objects, kind);
    diagnostics.push(...result.diagnostics);
    return result.value;
  };
  const kubernetes: KubernetesObjects = {
    pods: of(podKind),
    namespaces: of(namespaceKind),
    nodes: of(nodeKind),
    slices: of(endpointSliceKind),
  };
  return {
    ...kubernetes,
    serviceAccounts: of(serviceAccountKind),
    policies: policies(objects, diagnostics, late),
    tiers: calicoObjects(objects, tierKind, diagnostics),
    profiles: calicoObjects(objects, profileKind, diagnostics),
    workloadEndpoints: calicoObjects(objects, workloadEndpointKind, diagnostics),
    hostEndpoints: calicoObjects(objects, hostEndpointKind, diagnostics),
    networkSets: [
      ...calicoObjects(objects, networkSetKind, diagnostics),
      ...calicoObjects(objects, globalNetworkSetKind, diagnostics),
    ],
    pools: calicoObjects(objects, ipPoolKind, diagnostics),
    felixConfigurations: calicoObjects(objects, felixConfigurationKind, diagnostics),
    bgpConfigurations: calicoObjects(objects, bgpConfigurationKind, diagnostics),
    calicoNodes: calicoObjects(objects, calicoNodeKind, diagnostics),
    ipamBlocks: calicoObjects(objects, ipamBlockKind, diagnostics),
  };
}
