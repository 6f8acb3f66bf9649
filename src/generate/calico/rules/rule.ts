/** Chains of rules as Felix builds them, with what they stand for. */

import type { Action } from './action.ts';
import type { Match } from './match.ts';

export type RuleDirection = 'ingress' | 'egress';

/** The API object behind a chain. */
export type ChainOrigin =
  | {
      readonly kind: 'policy';
      readonly tier: string;
      readonly policy: string;
      readonly direction: RuleDirection;
    }
  | { readonly kind: 'profile'; readonly profile: string; readonly direction: RuleDirection }
  | {
      readonly kind: 'policy-group';
      readonly tier: string;
      readonly direction: RuleDirection;
      readonly policies: readonly string[];
    }
  | {
      readonly kind: 'workload-endpoint';
      readonly interface: string;
      readonly direction: RuleDirection;
    }
  | {
      readonly kind: 'host-endpoint';
      readonly interface: string;
      readonly direction: RuleDirection;
      readonly policy: 'normal' | 'forward' | 'untracked' | 'pre-dnat';
    }
  | { readonly kind: 'endpoint-mark'; readonly interface: string }
  | { readonly kind: 'dispatch'; readonly purpose: string }
  | { readonly kind: 'static'; readonly purpose: string };

/** Where in its API object a rule comes from. */
export interface RuleOrigin {
  /** Position in the policy's or profile's list of rules, from 0. */
  readonly rule?: number;
  readonly tier?: string;
  /** Policy or profile that a jump of an endpoint chain leads to. */
  readonly policy?: string;
  readonly profile?: string;
}

export interface GeneratedRule {
  readonly match: Match;
  readonly action?: Action;
  readonly comments: readonly string[];
  readonly origin?: RuleOrigin;
}

export interface GeneratedChain {
  readonly name: string;
  readonly rules: readonly GeneratedRule[];
  readonly origin: ChainOrigin;
}

/** A chain whose rules are made when they are first asked for: whoever looks for a name needs few of them. */
export function chainOnDemand(
  name: string,
  origin: ChainOrigin,
  make: () => readonly GeneratedRule[],
): GeneratedChain {
  let made: readonly GeneratedRule[] | undefined;
  return {
    name,
    origin,
    get rules() {
      made ??= make();
      return made;
    },
  };
}

/** A rule; `action` undefined means that the rule only counts. */
export function rule(
  match: Match,
  action: Action | undefined,
  ...comments: readonly string[]
): GeneratedRule {
  return action === undefined ? { match, comments } : { match, action, comments };
}

export function staticChain(
  name: string,
  purpose: string,
  rules: readonly GeneratedRule[],
): GeneratedChain {
  return { name, rules, origin: { kind: 'static', purpose } };
}

/** The chain that a rule jumps or goes to. */
export function ruleTarget(generated: GeneratedRule): string | undefined {
  const { action } = generated;
  return action?.kind === 'jump' || action?.kind === 'goto' ? action.target : undefined;
}
