/** Calico's objects that rules are made from, in both API groups they are stored under. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import {
  anything,
  type Check,
  flag,
  integer,
  listOf,
  type Maybe,
  mapOf,
  objectWith,
  oneOf,
  optional,
  text,
} from '../../kubernetes/check.ts';
import { cidr, type ObjectMetadata, objectMetadata } from '../../kubernetes/metadata.ts';
import { type ObjectKind, objectsOfKind, type RawObject } from '../../kubernetes/objects.ts';
import { type CalicoRule, calicoRule, decimal } from './policy-objects.ts';

/** As calicoctl and the API server print objects, and as they stand in the cluster. */
export const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'] as const;

/** The objects of a Calico kind, whichever group they were printed in. */
export function calicoObjects<Value>(
  objects: readonly RawObject[],
  kind: Omit<ObjectKind<Value>, 'group'>,
  diagnostics: Diagnostic[],
): readonly Value[] {
  return calicoGroups.flatMap((group) => {
    const result = objectsOfKind(objects, { ...kind, group });
    diagnostics.push(...result.diagnostics);
    return result.value;
  });
}

export interface Named<Spec> {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<Spec>;
}

function named<Spec>(spec: Check<Spec>): Check<Named<Spec>> {
  return objectWith<Named<Spec>>({ metadata: objectMetadata, spec: optional(spec) });
}

export interface TierSpec {
  readonly order?: Maybe<number>;
  readonly defaultAction?: Maybe<string>;
}

export const tierKind = {
  kind: 'Tier',
  check: named(
    objectWith<TierSpec>({
      order: optional(decimal),
      defaultAction: optional(oneOf('Deny', 'Pass')),
    }),
  ),
};

export interface ProfileSpec {
  readonly ingress?: Maybe<readonly CalicoRule[]>;
  readonly egress?: Maybe<readonly CalicoRule[]>;
  readonly labelsToApply?: Maybe<Readonly<Record<string, string>>>;
}

export const profileKind = {
  kind: 'Profile',
  check: named(
    objectWith<ProfileSpec>({
      ingress: optional(listOf(calicoRule)),
      egress: optional(listOf(calicoRule)),
      labelsToApply: optional(mapOf(text)),
    }),
  ),
};

export interface EndpointPort {
  readonly name?: Maybe<string>;
  readonly port: number;
  readonly protocol?: Maybe<string | number>;
}

const endpointPort = objectWith<EndpointPort>({
  name: optional(text),
  port: integer(0, 65535),
  protocol: optional(
    (value: unknown, problems): value is string | number =>
      typeof value === 'number' || text(value, problems),
  ),
});

export interface WorkloadEndpointSpec {
  readonly orchestrator?: Maybe<string>;
  readonly node?: Maybe<string>;
  readonly workload?: Maybe<string>;
  readonly pod?: Maybe<string>;
  readonly endpoint?: Maybe<string>;
  readonly interfaceName?: Maybe<string>;
  readonly ipNetworks?: Maybe<readonly string[]>;
  readonly profiles?: Maybe<readonly string[]>;
  readonly ports?: Maybe<readonly EndpointPort[]>;
  readonly serviceAccountName?: Maybe<string>;
  readonly allowSpoofedSourcePrefixes?: Maybe<readonly string[]>;
  readonly qosControls?: Maybe<unknown>;
  readonly ipNATs?: Maybe<readonly { readonly internalIP: string; readonly externalIP: string }[]>;
}

export const workloadEndpointKind = {
  kind: 'WorkloadEndpoint',
  check: named(
    objectWith<WorkloadEndpointSpec>({
      orchestrator: optional(text),
      node: optional(text),
      workload: optional(text),
      pod: optional(text),
      endpoint: optional(text),
      interfaceName: optional(text),
      ipNetworks: optional(listOf(text)),
      profiles: optional(listOf(text)),
      ports: optional(listOf(endpointPort)),
      serviceAccountName: optional(text),
      allowSpoofedSourcePrefixes: optional(listOf(text)),
      qosControls: anything,
      ipNATs: optional(
        listOf(
          objectWith<{ readonly internalIP: string; readonly externalIP: string }>({
            internalIP: text,
            externalIP: text,
          }),
        ),
      ),
    }),
  ),
};

export interface HostEndpointSpec {
  readonly node?: Maybe<string>;
  readonly interfaceName?: Maybe<string>;
  readonly expectedIPs?: Maybe<readonly string[]>;
  readonly profiles?: Maybe<readonly string[]>;
  readonly ports?: Maybe<readonly EndpointPort[]>;
}

export const hostEndpointKind = {
  kind: 'HostEndpoint',
  check: named(
    objectWith<HostEndpointSpec>({
      node: optional(text),
      interfaceName: optional(text),
      expectedIPs: optional(listOf(text)),
      profiles: optional(listOf(text)),
      ports: optional(listOf(endpointPort)),
    }),
  ),
};

export interface NetworkSetSpec {
  readonly nets?: Maybe<readonly string[]>;
}

const networkSetSpec = objectWith<NetworkSetSpec>({ nets: optional(listOf(text)) });
export const networkSetKind = { kind: 'NetworkSet', check: named(networkSetSpec) };
export const globalNetworkSetKind = { kind: 'GlobalNetworkSet', check: named(networkSetSpec) };

export interface IpPoolSpec {
  readonly cidr: string;
  readonly ipipMode?: Maybe<string>;
  readonly vxlanMode?: Maybe<string>;
  readonly natOutgoing?: Maybe<boolean>;
  readonly disabled?: Maybe<boolean>;
}

export const ipPoolKind = {
  kind: 'IPPool',
  check: named(
    objectWith<IpPoolSpec>({
      cidr,
      ipipMode: optional(text),
      vxlanMode: optional(text),
      natOutgoing: optional(flag),
      disabled: optional(flag),
    }),
  ),
};

export const felixConfigurationKind = {
  kind: 'FelixConfiguration',
  check: named(mapOf(anything)),
};

interface CidrEntry {
  readonly cidr: string;
}

export interface BgpConfigurationSpec {
  readonly serviceClusterIPs?: Maybe<readonly CidrEntry[]>;
  readonly serviceExternalIPs?: Maybe<readonly CidrEntry[]>;
  readonly serviceLoadBalancerIPs?: Maybe<readonly CidrEntry[]>;
}

const cidrEntries = optional(listOf(objectWith<CidrEntry>({ cidr })));

export const bgpConfigurationKind = {
  kind: 'BGPConfiguration',
  check: named(
    objectWith<BgpConfigurationSpec>({
      serviceClusterIPs: cidrEntries,
      serviceExternalIPs: cidrEntries,
      serviceLoadBalancerIPs: cidrEntries,
    }),
  ),
};

export interface CalicoNodeSpec {
  readonly bgp?: Maybe<{
    readonly ipv4Address?: Maybe<string>;
    readonly ipv6Address?: Maybe<string>;
    readonly ipv4IPIPTunnelAddr?: Maybe<string>;
  }>;
  readonly ipv4VXLANTunnelAddr?: Maybe<string>;
  readonly ipv6VXLANTunnelAddr?: Maybe<string>;
}

/** Calico's view of a node, as calicoctl prints it. */
export const calicoNodeKind = {
  kind: 'Node',
  check: named(
    objectWith<CalicoNodeSpec>({
      bgp: optional(
        objectWith<NonNullable<NonNullable<CalicoNodeSpec['bgp']>>>({
          ipv4Address: optional(text),
          ipv6Address: optional(text),
          ipv4IPIPTunnelAddr: optional(text),
        }),
      ),
      ipv4VXLANTunnelAddr: optional(text),
      ipv6VXLANTunnelAddr: optional(text),
    }),
  ),
};

/** A core/v1 ServiceAccount: rules select it by its labels. */
export const serviceAccountKind: ObjectKind<{ readonly metadata: ObjectMetadata }> = {
  group: '',
  kind: 'ServiceAccount',
  check: objectWith<{ readonly metadata: ObjectMetadata }>({ metadata: objectMetadata }),
};
