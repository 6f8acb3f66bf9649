/** Calico's policies and their rules as the API has them (projectcalico.org/v3). */

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
import { type ObjectMetadata, objectMetadata } from '../../kubernetes/metadata.ts';

/** A number, `low:high` or the name of a port. */
export type CalicoPort = number | string;

export interface ServiceAccountMatch {
  readonly names?: Maybe<readonly string[]>;
  readonly selector?: Maybe<string>;
}

export interface ServiceMatch {
  readonly name: string;
  readonly namespace?: Maybe<string>;
}

export interface EntityRule {
  readonly nets?: Maybe<readonly string[]>;
  readonly notNets?: Maybe<readonly string[]>;
  readonly selector?: Maybe<string>;
  readonly notSelector?: Maybe<string>;
  readonly namespaceSelector?: Maybe<string>;
  readonly ports?: Maybe<readonly CalicoPort[]>;
  readonly notPorts?: Maybe<readonly CalicoPort[]>;
  readonly serviceAccounts?: Maybe<ServiceAccountMatch>;
  readonly services?: Maybe<ServiceMatch>;
}

export interface IcmpFields {
  readonly type?: Maybe<number>;
  readonly code?: Maybe<number>;
}

export interface CalicoRule {
  readonly action?: Maybe<string>;
  readonly ipVersion?: Maybe<number>;
  readonly protocol?: Maybe<string | number>;
  readonly notProtocol?: Maybe<string | number>;
  readonly icmp?: Maybe<IcmpFields>;
  readonly notICMP?: Maybe<IcmpFields>;
  readonly source?: Maybe<EntityRule>;
  readonly destination?: Maybe<EntityRule>;
  readonly metadata?: Maybe<{
    readonly annotations?: Maybe<Readonly<Record<string, string>>>;
  }>;
  /** Matched by Envoy, not in the kernel. */
  readonly http?: unknown;
}

export type PolicyType = 'Ingress' | 'Egress';

export interface CalicoPolicySpec {
  readonly tier?: Maybe<string>;
  readonly order?: Maybe<number>;
  readonly selector?: Maybe<string>;
  readonly namespaceSelector?: Maybe<string>;
  readonly serviceAccountSelector?: Maybe<string>;
  readonly types?: Maybe<readonly PolicyType[]>;
  readonly ingress?: Maybe<readonly CalicoRule[]>;
  readonly egress?: Maybe<readonly CalicoRule[]>;
  readonly doNotTrack?: Maybe<boolean>;
  readonly preDNAT?: Maybe<boolean>;
  readonly applyOnForward?: Maybe<boolean>;
  /** Set, Delete, Learn or Ignore; staged policies only. */
  readonly stagedAction?: Maybe<string>;
}

export interface CalicoPolicy {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<CalicoPolicySpec>;
}

const numberOrText: Check<string | number> = (value, problems): value is string | number =>
  typeof value === 'string' ? text(value, problems) : integer(0, 65535)(value, problems);

export const decimal: Check<number> = (value, problems): value is number =>
  typeof value === 'number' || integer(0, 0)(value, problems);

const entityRule = objectWith<EntityRule>({
  nets: optional(listOf(text)),
  notNets: optional(listOf(text)),
  selector: optional(text),
  notSelector: optional(text),
  namespaceSelector: optional(text),
  ports: optional(listOf(numberOrText)),
  notPorts: optional(listOf(numberOrText)),
  serviceAccounts: optional(
    objectWith<ServiceAccountMatch>({ names: optional(listOf(text)), selector: optional(text) }),
  ),
  services: optional(objectWith<ServiceMatch>({ name: text, namespace: optional(text) })),
});

const icmpFields = objectWith<IcmpFields>({
  type: optional(integer(0, 255)),
  code: optional(integer(0, 255)),
});

export const calicoRule: Check<CalicoRule> = objectWith<CalicoRule>({
  action: optional(oneOf('Allow', 'Deny', 'Log', 'Pass')),
  ipVersion: optional(integer(4, 6)),
  protocol: optional(numberOrText),
  notProtocol: optional(numberOrText),
  icmp: optional(icmpFields),
  notICMP: optional(icmpFields),
  source: optional(entityRule),
  destination: optional(entityRule),
  metadata: optional(
    objectWith<{ readonly annotations?: Maybe<Readonly<Record<string, string>>> }>({
      annotations: optional(mapOf(text)),
    }),
  ),
  http: anything,
});

const policySpec = objectWith<CalicoPolicySpec>({
  tier: optional(text),
  order: optional(decimal),
  selector: optional(text),
  namespaceSelector: optional(text),
  serviceAccountSelector: optional(text),
  types: optional(listOf(oneOf('Ingress', 'Egress'))),
  ingress: optional(listOf(calicoRule)),
  egress: optional(listOf(calicoRule)),
  doNotTrack: optional(flag),
  preDNAT: optional(flag),
  applyOnForward: optional(flag),
  stagedAction: optional(text),
});

export const calicoPolicy: Check<CalicoPolicy> = objectWith<CalicoPolicy>({
  metadata: objectMetadata,
  spec: optional(policySpec),
});
