/** Policies of the API as Felix has them: key, tier, selector, rules and the IP sets they need. */

import type { Diagnostic, Result } from '../../../base/diagnostic.ts';
import type { FelixPolicy } from '../chains/policies.ts';
import { tierOfPolicyName } from '../names.ts';
import type { PolicyRule } from '../policy-rule.ts';
import { backendRule } from './backend-rule.ts';
import {
  namespaceLabel,
  namespaceLabelPrefix,
  prefixedSelector,
  serviceAccountLabel,
  serviceAccountLabelPrefix,
} from './entity-selector.ts';
import { felixRule, type IpSetDefinition } from './felix-rules.ts';
import type { CalicoPolicy, CalicoPolicySpec, CalicoRule, PolicyType } from './policy-objects.ts';

/** A policy with what decides where it applies. */
export interface ConvertedPolicy {
  readonly policy: FelixPolicy;
  /** Missing means after all that have one. */
  readonly order?: number;
  /** Undefined means both. */
  readonly types?: readonly PolicyType[];
  readonly doNotTrack: boolean;
  readonly preDnat: boolean;
  readonly applyOnForward: boolean;
  readonly sets: readonly IpSetDefinition[];
}

function namespacedSelector(spec: CalicoPolicySpec, namespace: string): string {
  const own = spec.selector ?? '';
  const inNamespace = `${namespaceLabel} == '${namespace}'`;
  const selector = own === '' ? inNamespace : `(${own}) && ${inNamespace}`;
  return withServiceAccounts(selector, spec);
}

function append(selector: string, added: string): string {
  return selector === '' ? added : `(${selector}) && ${added}`;
}

function withServiceAccounts(
  selector: string,
  { serviceAccountSelector }: CalicoPolicySpec,
): string {
  if (!serviceAccountSelector) return selector;
  return append(selector, prefixedSelector(serviceAccountSelector, serviceAccountLabelPrefix));
}

function globalSelector(spec: CalicoPolicySpec): string {
  let selector = spec.selector ?? '';
  if (spec.namespaceSelector) {
    const added = prefixedSelector(spec.namespaceSelector, namespaceLabelPrefix);
    selector = append(selector, added).replaceAll('all()', `has(${namespaceLabel})`);
  }
  if (spec.serviceAccountSelector) {
    selector = withServiceAccounts(selector, spec).replaceAll(
      'all()',
      `has(${serviceAccountLabel})`,
    );
  }
  return selector;
}

/** The selector of the endpoints that a policy governs. */
export function policySelector(spec: CalicoPolicySpec, namespace: string): string {
  return namespace === '' ? globalSelector(spec) : namespacedSelector(spec, namespace);
}

/** The policy's key in Felix: `namespace/name` or `name`, the name marked when it is staged. */
export function policyKey(policy: CalicoPolicy, staged: boolean): string {
  const { namespace, name } = policy.metadata;
  const marked = staged ? `staged:${name}` : name;
  return namespace ? `${namespace}/${marked}` : marked;
}

/** `staged`: from one of the staged kinds. */
export function convertPolicy(policy: CalicoPolicy, staged = false): Result<ConvertedPolicy> {
  const spec = policy.spec ?? {};
  const { namespace, name } = policy.metadata;
  const diagnostics: Diagnostic[] = [];
  const sets = new Map<string, IpSetDefinition>();
  const key = policyKey(policy, staged);
  const convert = (
    rules: readonly CalicoRule[] | null | undefined,
    direction: string,
  ): readonly PolicyRule[] =>
    (rules ?? []).map((rule, index) => {
      const where = `policy ${key} ${direction} rule ${index}`;
      const converted = felixRule(backendRule(rule, namespace ?? ''), { where, diagnostics });
      for (const set of converted.sets) sets.set(set.id, sets.get(set.id) ?? set);
      return converted.rule;
    });
  const rules = {
    ingress: convert(spec.ingress, 'ingress'),
    egress: convert(spec.egress, 'egress'),
  };
  const value: ConvertedPolicy = {
    policy: {
      tier: tierOfPolicyName(name),
      name: key,
      selector: policySelector(spec, namespace ?? ''),
      untracked: spec.doNotTrack === true,
      rules,
    },
    ...(typeof spec.order === 'number' ? { order: spec.order } : {}),
    ...(spec.types && spec.types.length > 0 ? { types: spec.types } : {}),
    doNotTrack: spec.doNotTrack === true,
    preDnat: spec.preDNAT === true,
    applyOnForward: spec.applyOnForward === true,
    sets: [...sets.values()],
  };
  return { value, diagnostics };
}
