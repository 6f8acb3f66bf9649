/** Profiles: of namespaces, of service accounts, and Calico's own. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { FelixProfile } from '../chains/policies.ts';
import { allowAll, emptyHalf, type PolicyRule } from '../policy-rule.ts';
import { backendRule } from './backend-rule.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import {
  namespaceProfile,
  namespaceProfileLabels,
  type ProfileLabels,
  serviceAccountProfile,
  serviceAccountProfileLabels,
} from './endpoints.ts';
import { felixRule, type IpSetDefinition } from './felix-rules.ts';
import type { ProfileSpec } from './kinds.ts';

/** Labels that endpoints inherit, by profile. */
export function profileLabels(objects: ClusterObjects): ProfileLabels {
  return new Map([
    ...objects.namespaces.map(
      ({ metadata }) =>
        [namespaceProfile(metadata.name), namespaceProfileLabels(metadata)] as const,
    ),
    ...objects.serviceAccounts.map(
      ({ metadata }) =>
        [
          serviceAccountProfile(metadata.namespace ?? 'default', metadata.name),
          serviceAccountProfileLabels(metadata),
        ] as const,
    ),
    ...objects.profiles.map(
      ({ metadata, spec }) => [metadata.name, spec?.labelsToApply ?? {}] as const,
    ),
  ]);
}

function missing(name: string): Diagnostic {
  const message = `profile ${name} is not among the objects: Felix denies in its place`;
  return { code: 'calico-reference', span: generatedSpan, message };
}

const denyAll: PolicyRule = { action: 'deny', match: emptyHalf, not: emptyHalf, annotations: {} };

/** Profiles that Calico makes from namespaces and service accounts have no object of their own. */
export function felixProfile(
  name: string,
  objects: ClusterObjects,
  diagnostics: Diagnostic[],
): { readonly profile: FelixProfile; readonly sets: readonly IpSetDefinition[] } {
  const object = objects.profiles.find(({ metadata }) => metadata.name === name);
  const open = [allowAll];
  if (object?.spec) {
    const convert = (rules: ProfileSpec['ingress'], direction: string) =>
      (rules ?? []).map((rule, index) =>
        felixRule(backendRule(rule, ''), {
          where: `profile ${name} ${direction} rule ${index}`,
          diagnostics,
        }),
      );
    const ingress = convert(object.spec.ingress, 'ingress');
    const egress = convert(object.spec.egress, 'egress');
    return {
      profile: {
        name,
        rules: {
          ingress: ingress.map(({ rule }) => rule),
          egress: egress.map(({ rule }) => rule),
        },
      },
      sets: [...ingress, ...egress].flatMap(({ sets }) => sets),
    };
  }
  if (name.startsWith('ksa.'))
    return { profile: { name, rules: { ingress: [], egress: [] } }, sets: [] };
  if (name.startsWith('kns.') || name === 'projectcalico-default-allow') {
    return { profile: { name, rules: { ingress: open, egress: open } }, sets: [] };
  }
  diagnostics.push(missing(name));
  return { profile: { name, rules: { ingress: [denyAll], egress: [denyAll] } }, sets: [] };
}
