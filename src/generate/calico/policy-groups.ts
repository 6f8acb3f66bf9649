/** Runs of policies with one selector within a tier become groups (felix/dataplane/linux, endpoint manager). */

import type { EndpointTier } from './chains/endpoint-recipe.ts';
import { type FelixPolicy, type PolicyGroup, policyGroup } from './chains/policies.ts';
import type { ModelTier } from './model.ts';
import type { RuleDirection } from './rules/rule.ts';
import { normaliseSelector } from './selectors/selector.ts';

/** Groups policies of endpoints; equal groups are made once. */
export interface PolicyGrouper {
  readonly tier: (tier: ModelTier) => EndpointTier;
  /** Every group made so far. */
  readonly groups: ReadonlyMap<string, PolicyGroup>;
}

function selectorsByKey(policies: readonly FelixPolicy[]): ReadonlyMap<string, string> {
  const normalised = new Map<string, string>();
  const byKey = new Map<string, string>();
  for (const { tier, name, selector } of policies) {
    const text = normalised.get(selector) ?? normaliseSelector(selector);
    normalised.set(selector, text);
    byKey.set(`${tier}/${name}`, text);
  }
  return byKey;
}

function runs<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const found: Item[][] = [];
  let lastKey: string | undefined;
  for (const item of items) {
    const key = keyOf(item);
    const run = found.at(-1);
    if (run !== undefined && key === lastKey) run.push(item);
    else found.push([item]);
    lastKey = key;
  }
  return found;
}

export function policyGrouper(policies: readonly FelixPolicy[]): PolicyGrouper {
  const selectors = selectorsByKey(policies);
  const groups = new Map<string, PolicyGroup>();
  const groupOf = (tier: string, direction: RuleDirection, run: readonly string[]): PolicyGroup => {
    const selector = selectors.get(`${tier}/${run[0] ?? ''}`) ?? '';
    const key = [tier, direction, ...run].join('\n');
    const group = groups.get(key) ?? policyGroup({ tier, direction, selector, policies: run });
    groups.set(key, group);
    return group;
  };
  const grouped = (
    tier: string,
    direction: RuleDirection,
    names: readonly string[],
  ): readonly PolicyGroup[] =>
    runs(names, (name) => selectors.get(`${tier}/${name}`) ?? '').map((run) =>
      groupOf(tier, direction, run),
    );
  return {
    groups,
    tier: ({ name, defaultAction, ingress, egress }) => ({
      name,
      defaultAction,
      ingress: grouped(name, 'ingress', ingress),
      egress: grouped(name, 'egress', egress),
    }),
  };
}
