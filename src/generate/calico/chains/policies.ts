/** Chains of policies, profiles and policy groups. */

import {
  isStagedPolicy,
  type PolicyGroupKey,
  policyChainName,
  policyGroupChainName,
  profileChainName,
} from '../names.ts';
import type { PolicyRule } from '../policy-rule.ts';
import { jump, returnAction } from '../rules/action.ts';
import { type Match, markClear, markNonzero } from '../rules/match.ts';
import {
  chainOnDemand,
  type GeneratedChain,
  type GeneratedRule,
  type RuleDirection,
  rule,
} from '../rules/rule.ts';
import type { ChainContext } from './context.ts';
import { policyRuleRules, type RuleOwner } from './policy-rules.ts';

export interface RulesByDirection {
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

export interface FelixPolicy {
  readonly tier: string;
  /** The policy key. */
  readonly name: string;
  /** The whole selector as the policy carries it; policies with the same one form groups. */
  readonly selector: string;
  readonly untracked: boolean;
  readonly rules: RulesByDirection;
}

export interface FelixProfile {
  readonly name: string;
  readonly rules: RulesByDirection;
}

function withoutTrailingReturns(rules: readonly GeneratedRule[]): readonly GeneratedRule[] {
  let length = rules.length;
  while (length > 0 && rules[length - 1]?.action?.kind === 'return') length--;
  return rules.slice(0, length);
}

/** The rules of a list of API rules, without the comment of the chain. */
export function ruleListRules(
  context: ChainContext,
  rules: readonly PolicyRule[],
  owner: RuleOwner,
): readonly GeneratedRule[] {
  return rules.flatMap((policyRule, index) => policyRuleRules(context, policyRule, owner, index));
}

function chainRules(
  context: ChainContext,
  rules: readonly PolicyRule[],
  owner: RuleOwner,
): readonly GeneratedRule[] {
  const generated = withoutTrailingReturns(ruleListRules(context, rules, owner));
  const [first = rule([], undefined), ...rest] = generated;
  const kind = owner.kind === 'policy' ? 'Policy' : 'Profile';
  const comment = `${kind} ${owner.name} ${owner.direction}`;
  return [{ ...first, comments: [...first.comments, comment] }, ...rest];
}

export const bothDirections: readonly RuleDirection[] = ['ingress', 'egress'];

/** One chain for each direction, ingress first; none for a staged policy. */
export function policyChains(
  context: ChainContext,
  policy: FelixPolicy,
): readonly GeneratedChain[] {
  if (isStagedPolicy(policy.name)) return [];
  const { tier, name, untracked } = policy;
  return bothDirections.map((direction) =>
    chainOnDemand(
      policyChainName({ tier, policy: name }, direction, context.config.dataplane),
      { kind: 'policy', tier, policy: name, direction },
      () =>
        chainRules(context, policy.rules[direction], {
          kind: 'policy',
          name,
          direction,
          untracked,
        }),
    ),
  );
}

export function profileChains(
  context: ChainContext,
  profile: FelixProfile,
): readonly GeneratedChain[] {
  const { name } = profile;
  const owner = { kind: 'profile', name, untracked: false } as const;
  return bothDirections.map((direction) =>
    chainOnDemand(
      profileChainName(name, direction, context.config.dataplane),
      { kind: 'profile', profile: name, direction },
      () => chainRules(context, profile.rules[direction], { ...owner, direction }),
    ),
  );
}

/** A maximal run of policies with one selector within a tier and direction. */
export interface PolicyGroup {
  readonly tier: string;
  readonly direction: RuleDirection;
  readonly selector: string;
  readonly policies: readonly string[];
  readonly chainName: string;
}

export function policyGroup(
  key: PolicyGroupKey & { readonly direction: RuleDirection },
): PolicyGroup {
  let name: string | undefined;
  return {
    ...key,
    // Most groups have no chain of their own, and digests take long.
    get chainName() {
      name ??= policyGroupChainName(key);
      return name;
    },
  };
}

export function enforcedPolicies(group: PolicyGroup): readonly string[] {
  return group.policies.filter((policy) => !isStagedPolicy(policy));
}

/** A group of at most one enforced policy has no chain of its own. */
export function isInlined(group: PolicyGroup): boolean {
  return enforcedPolicies(group).length <= 1;
}

// Every fifth jump is unconditional, after a return of packets that already have a verdict.
const returnStride = 5;

export function policyGroupChain(context: ChainContext, group: PolicyGroup): GeneratedChain {
  const { tier, direction, policies } = group;
  const { accept, pass } = context.config.marks;
  const verdict = (accept | pass) >>> 0;
  const rules = enforcedPolicies(group).flatMap((policy, index) => {
    const target = policyChainName({ tier, policy }, direction, context.config.dataplane);
    const first = index % returnStride === 0;
    const match: Match = first ? [] : [markClear(verdict)];
    const jumpRule: GeneratedRule = { ...rule(match, jump(target)), origin: { tier, policy } };
    return first && index > 0
      ? [rule([markNonzero(verdict)], returnAction, 'Return on verdict'), jumpRule]
      : [jumpRule];
  });
  return {
    name: group.chainName,
    rules,
    origin: { kind: 'policy-group', tier, direction, policies },
  };
}
