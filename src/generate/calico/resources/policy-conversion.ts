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

export interface ConversionOptions {
  /** From one of the staged kinds. */
  readonly staged?: boolean;
  /** Rules are made when they are asked for, and what is wrong in them is not said. */
  readonly late?: boolean;
}

interface ConvertedRules {
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
  readonly sets: readonly IpSetDefinition[];
}

function convertRules(
  { spec, metadata }: CalicoPolicy,
  key: string,
  diagnostics: Diagnostic[],
): ConvertedRules {
  const sets = new Map<string, IpSetDefinition>();
  const convert = (
    rules: readonly CalicoRule[] | null | undefined,
    direction: string,
  ): readonly PolicyRule[] =>
    (rules ?? []).map((rule, index) => {
      const where = `policy ${key} ${direction} rule ${index}`;
      const converted = felixRule(backendRule(rule, metadata.namespace ?? ''), {
        where,
        diagnostics,
      });
      for (const set of converted.sets) sets.set(set.id, sets.get(set.id) ?? set);
      return converted.rule;
    });
  const ingress = convert(spec?.ingress, 'ingress');
  const egress = convert(spec?.egress, 'egress');
  return { ingress, egress, sets: [...sets.values()] };
}

export function convertPolicy(
  policy: CalicoPolicy,
  { staged = false, late = false }: ConversionOptions = {},
): Result<ConvertedPolicy> {
  const spec = policy.spec ?? {};
  const { namespace, name } = policy.metadata;
  const diagnostics: Diagnostic[] = [];
  const key = policyKey(policy, staged);
  let made: ConvertedRules | undefined;
  const converted = () => {
    made ??= convertRules(policy, key, diagnostics);
    return made;
  };
  if (!late) converted();
  const value: ConvertedPolicy = {
    policy: {
      tier: tierOfPolicyName(name),
      name: key,
      selector: policySelector(spec, namespace ?? ''),
      untracked: spec.doNotTrack === true,
      get rules() {
        return converted();
      },
    },
    ...(typeof spec.order === 'number' ? { order: spec.order } : {}),
    ...(spec.types && spec.types.length > 0 ? { types: spec.types } : {}),
    doNotTrack: spec.doNotTrack === true,
    preDnat: spec.preDNAT === true,
    applyOnForward: spec.applyOnForward === true,
    get sets() {
      return converted().sets;
    },
  };
  return { value, diagnostics };
}
