/** AdminNetworkPolicy and BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1) as Calico's global policies. */

import {
  type Check,
  integer,
  listOf,
  type Maybe,
  objectWith,
  oneOf,
  optional,
  text,
} from '../../kubernetes/check.ts';
import { type LabelSelector, labelSelector } from '../../kubernetes/label-selector.ts';
import { type ObjectMetadata, objectMetadata } from '../../kubernetes/metadata.ts';
import type { ObjectKind } from '../../kubernetes/objects.ts';
import { namespaceSelectorText, podSelectorText } from './kubernetes-policy.ts';
import type { CalicoPolicy, CalicoPort, CalicoRule, EntityRule } from './policy-objects.ts';

interface PodsOf {
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector;
}

export interface AdminSubject {
  readonly namespaces?: Maybe<LabelSelector>;
  readonly pods?: Maybe<PodsOf>;
}

export interface AdminPeer extends AdminSubject {
  readonly networks?: Maybe<readonly string[]>;
}

interface PortNumber {
  readonly protocol?: Maybe<string>;
  readonly port: number;
}

interface PortRangeFields {
  readonly protocol?: Maybe<string>;
  readonly start: number;
  readonly end: number;
}

export interface AdminPort {
  readonly portNumber?: Maybe<PortNumber>;
  readonly portRange?: Maybe<PortRangeFields>;
  readonly namedPort?: Maybe<string>;
}

export interface AdminRule {
  readonly action: 'Allow' | 'Deny' | 'Pass';
  readonly from?: Maybe<readonly AdminPeer[]>;
  readonly to?: Maybe<readonly AdminPeer[]>;
  readonly ports?: Maybe<readonly AdminPort[]>;
}

export interface AdminPolicySpec {
  readonly priority?: Maybe<number>;
  readonly subject: AdminSubject;
  readonly ingress?: Maybe<readonly AdminRule[]>;
  readonly egress?: Maybe<readonly AdminRule[]>;
}

export interface AdminPolicy {
  readonly metadata: ObjectMetadata;
  readonly spec: AdminPolicySpec;
}

const pods = optional(
  objectWith<PodsOf>({ namespaceSelector: labelSelector, podSelector: labelSelector }),
);
const peer = objectWith<AdminPeer>({
  namespaces: optional(labelSelector),
  pods,
  networks: optional(listOf(text)),
});
const number = integer(0, 65535);
const port = objectWith<AdminPort>({
  portNumber: optional(objectWith<PortNumber>({ protocol: optional(text), port: number })),
  portRange: optional(
    objectWith<PortRangeFields>({ protocol: optional(text), start: number, end: number }),
  ),
  namedPort: optional(text),
});
const rule = objectWith<AdminRule>({
  action: oneOf('Allow', 'Deny', 'Pass'),
  from: optional(listOf(peer)),
  to: optional(listOf(peer)),
  ports: optional(listOf(port)),
});

const adminPolicy: Check<AdminPolicy> = objectWith<AdminPolicy>({
  metadata: objectMetadata,
  spec: objectWith<AdminPolicySpec>({
    priority: optional(integer(0, 1000)),
    subject: objectWith<AdminSubject>({ namespaces: optional(labelSelector), pods }),
    ingress: optional(listOf(rule)),
    egress: optional(listOf(rule)),
  }),
});

const group = 'policy.networking.k8s.io';
export const adminPolicyKind: ObjectKind<AdminPolicy> = {
  group,
  kind: 'AdminNetworkPolicy',
  check: adminPolicy,
};
export const baselineAdminPolicyKind: ObjectKind<AdminPolicy> = {
  group,
  kind: 'BaselineAdminNetworkPolicy',
  check: adminPolicy,
};

function subjectFields({ namespaces, pods: podsOf }: AdminSubject): EntityRule {
  if (podsOf) {
    return {
      selector: podSelectorText(podsOf.podSelector),
      namespaceSelector: namespaceSelectorText(podsOf.namespaceSelector),
    };
  }
  return {
    selector: podSelectorText(undefined),
    namespaceSelector: namespaceSelectorText(namespaces ?? {}),
  };
}

function peerFields(asked: AdminPeer): EntityRule {
  return asked.networks ? { nets: asked.networks } : subjectFields(asked);
}

/** Ports by protocol; a named port has no protocol of its own here and is taken for TCP. */
function portsByProtocol(
  ports: readonly AdminPort[],
): readonly (readonly [string, readonly CalicoPort[]])[] {
  const found = new Map<string, CalicoPort[]>();
  const add = (protocol: string, value: CalicoPort): void => {
    found.set(protocol, [...(found.get(protocol) ?? []), value]);
  };
  for (const { portNumber, portRange, namedPort } of ports) {
    if (portNumber) add(portNumber.protocol ?? 'TCP', portNumber.port);
    if (portRange) add(portRange.protocol ?? 'TCP', `${portRange.start}:${portRange.end}`);
    if (namedPort) add('TCP', namedPort);
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1));
}

function calicoRules(admin: AdminRule, ingress: boolean): readonly CalicoRule[] {
  const peers = (ingress ? admin.from : admin.to) ?? [];
  const groups: readonly (readonly [string | undefined, readonly CalicoPort[]])[] =
    admin.ports && admin.ports.length > 0 ? portsByProtocol(admin.ports) : [[undefined, []]];
  return groups.flatMap(([protocol, list]) =>
    peers.map((asked): CalicoRule => {
      const entity = peerFields(asked);
      const destination = list.length === 0 ? {} : { ports: list };
      return {
        action: admin.action,
        ...(protocol === undefined ? {} : { protocol }),
        source: ingress ? entity : {},
        destination: ingress ? destination : { ...entity, ...destination },
      };
    }),
  );
}

/** `baseline` is consulted last, after Calico's default tier. */
export function fromAdminPolicy({ metadata, spec }: AdminPolicy, baseline: boolean): CalicoPolicy {
  const tier = baseline ? 'baselineadminnetworkpolicy' : 'adminnetworkpolicy';
  const prefix = baseline ? 'kbanp' : 'kanp';
  const ingress = (spec.ingress ?? []).flatMap((admin) => calicoRules(admin, true));
  const egress = (spec.egress ?? []).flatMap((admin) => calicoRules(admin, false));
  const subject = subjectFields(spec.subject);
  return {
    metadata: { ...metadata, name: `${prefix}.${tier}.${metadata.name}` },
    spec: {
      tier,
      ...(typeof spec.priority === 'number' ? { order: spec.priority } : {}),
      selector: subject.selector ?? '',
      namespaceSelector: subject.namespaceSelector ?? '',
      types: [
        ...(ingress.length > 0 ? (['Ingress'] as const) : []),
        ...(egress.length > 0 ? (['Egress'] as const) : []),
      ],
      ingress,
      egress,
    },
  };
}
