/** Which policies apply to an endpoint, by tier and in which order (felix/calc, policy sorter and resolver). */

import type { ModelTier } from '../model.ts';
import type { RuleDirection } from '../rules/rule.ts';
import { type Labels, type Selector, selects } from '../selectors/selector.ts';
import type { ConvertedPolicy } from './policy-conversion.ts';

export interface TierObject {
  readonly name: string;
  /** Missing is last. */
  readonly order?: number;
  readonly defaultAction: string;
}

/** Tiers that Calico makes itself. */
export const builtInTiers: readonly TierObject[] = [
  { name: 'adminnetworkpolicy', order: 1000, defaultAction: 'Pass' },
  { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
  { name: 'baselineadminnetworkpolicy', order: 10_000_000, defaultAction: 'Pass' },
];

/** A policy that can be matched against labels. */
export interface SelectablePolicy extends ConvertedPolicy {
  readonly selector: Selector;
}

type Ordered = readonly [order: number, name: string];

function compareOrdered([leftOrder, leftName]: Ordered, [order, name]: Ordered): number {
  if (leftOrder !== order) return leftOrder < order ? -1 : 1;
  return leftName < name ? -1 : leftName > name ? 1 : 0;
}

const orderOf = (order: number | undefined): number => order ?? Number.POSITIVE_INFINITY;

/** A tier with its policies in the order in which they are consulted. */
export interface SortedTier {
  readonly tier: TierObject;
  readonly policies: readonly SelectablePolicy[];
}

export function sortPolicies(
  tiers: readonly TierObject[],
  policies: readonly SelectablePolicy[],
): readonly SortedTier[] {
  const byTier = new Map<string, SelectablePolicy[]>();
  for (const policy of policies) {
    const list = byTier.get(policy.policy.tier);
    if (list === undefined) byTier.set(policy.policy.tier, [policy]);
    else list.push(policy);
  }
  return tiers
    .toSorted((left, right) =>
      compareOrdered([orderOf(left.order), left.name], [orderOf(right.order), right.name]),
    )
    .map((tier) => ({
      tier,
      policies: (byTier.get(tier.name) ?? []).toSorted((left, right) =>
        compareOrdered(
          [orderOf(left.order), left.policy.name],
          [orderOf(right.order), right.policy.name],
        ),
      ),
    }));
}

/** The policies of each kind that apply to one endpoint. */
export interface EndpointPolicies {
  readonly normal: readonly ModelTier[];
  readonly forward: readonly ModelTier[];
  readonly untracked: readonly ModelTier[];
  readonly preDnat: readonly ModelTier[];
  /** Every policy that selects the endpoint. */
  readonly active: readonly SelectablePolicy[];
}

function governs({ types }: ConvertedPolicy, direction: RuleDirection): boolean {
  return types === undefined || types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

function tierOf(
  { tier, policies }: SortedTier,
  defaultAction = tier.defaultAction,
): readonly ModelTier[] {
  const keys = (direction: RuleDirection): readonly string[] =>
    policies.filter((policy) => governs(policy, direction)).map(({ policy }) => policy.name);
  const [ingress, egress] = [keys('ingress'), keys('egress')];
  if (ingress.length === 0 && egress.length === 0) return [];
  return [{ name: tier.name, defaultAction, ingress, egress }];
}

const isNormal = ({ doNotTrack, preDnat }: ConvertedPolicy): boolean => !doNotTrack && !preDnat;

/** Pre-DNAT policy has no egress half. */
function withoutEgress(tier: ModelTier): readonly ModelTier[] {
  return tier.ingress.length === 0 ? [] : [{ ...tier, egress: [] }];
}

export function endpointPolicies(tiers: readonly SortedTier[], labels: Labels): EndpointPolicies {
  const selected = tiers.map(({ tier, policies }) => ({
    tier,
    policies: policies.filter(({ selector }) => selects(selector, labels)),
  }));
  const of = (accepts: (policy: ConvertedPolicy) => boolean, action?: string): ModelTier[] =>
    selected.flatMap(({ tier, policies }) =>
      tierOf({ tier, policies: policies.filter(accepts) }, action ?? tier.defaultAction),
    );
  return {
    normal: of(isNormal),
    forward: of((policy) => isNormal(policy) && policy.applyOnForward),
    untracked: of(({ doNotTrack }) => doNotTrack, 'Pass'),
    preDnat: of(({ preDnat }) => preDnat, 'Pass').flatMap(withoutEgress),
    active: selected.flatMap(({ policies }) => policies),
  };
}
