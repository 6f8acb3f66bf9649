/** A networking.k8s.io/v1 NetworkPolicy. */

import {
  type Check,
  integer,
  listOf,
  type Maybe,
  objectWith,
  oneOf,
  optional,
  type Problem,
  text,
} from './check.ts';
import { type LabelSelector, labelSelector } from './label-selector.ts';
import { cidr, type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';
import type { Protocol } from './service.ts';

export interface IpBlock {
  readonly cidr: string;
  readonly except?: Maybe<readonly string[]>;
}

export interface NetworkPolicyPeer {
  readonly podSelector?: Maybe<LabelSelector>;
  readonly namespaceSelector?: Maybe<LabelSelector>;
  readonly ipBlock?: Maybe<IpBlock>;
}

export interface NetworkPolicyPort {
  readonly protocol?: Maybe<Protocol>;
  /** A number or the name of a container port. */
  readonly port?: Maybe<number | string>;
  readonly endPort?: Maybe<number>;
}

export interface NetworkPolicyIngressRule {
  readonly from?: Maybe<readonly NetworkPolicyPeer[]>;
  readonly ports?: Maybe<readonly NetworkPolicyPort[]>;
}

export interface NetworkPolicyEgressRule {
  readonly to?: Maybe<readonly NetworkPolicyPeer[]>;
  readonly ports?: Maybe<readonly NetworkPolicyPort[]>;
}

export interface NetworkPolicySpec {
  readonly podSelector?: Maybe<LabelSelector>;
  readonly policyTypes?: Maybe<readonly ('Ingress' | 'Egress')[]>;
  readonly ingress?: Maybe<readonly NetworkPolicyIngressRule[]>;
  readonly egress?: Maybe<readonly NetworkPolicyEgressRule[]>;
}

export interface NetworkPolicy {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<NetworkPolicySpec>;
}

const portNumber = integer(1, 65535);

const portOrName: Check<number | string> = (
  value,
  problems: Problem[],
): value is number | string =>
  typeof value === 'string' ? text(value, problems) : portNumber(value, problems);

const peer = objectWith<NetworkPolicyPeer>({
  podSelector: optional(labelSelector),
  namespaceSelector: optional(labelSelector),
  ipBlock: optional(objectWith<IpBlock>({ cidr, except: optional(listOf(cidr)) })),
});

const ports = optional(
  listOf(
    objectWith<NetworkPolicyPort>({
      protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
      port: optional(portOrName),
      endPort: optional(portNumber),
    }),
  ),
);

const spec = objectWith<NetworkPolicySpec>({
  podSelector: optional(labelSelector),
  policyTypes: optional(listOf(oneOf('Ingress', 'Egress'))),
  ingress: optional(
    listOf(objectWith<NetworkPolicyIngressRule>({ from: optional(listOf(peer)), ports })),
  ),
  egress: optional(
    listOf(objectWith<NetworkPolicyEgressRule>({ to: optional(listOf(peer)), ports })),
  ),
});

export const networkPolicyKind: ObjectKind<NetworkPolicy> = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  check: objectWith<NetworkPolicy>({ metadata: objectMetadata, spec: optional(spec) }),
};
