/** The rules of an endpoint's chain: one recipe for workloads and hosts (endpointIptablesChain). */

import { denyWord } from '../config.ts';
import type { EndpointChainPrefix } from '../names.ts';
import { nflogPrefix, policyChainName, profileChainName } from '../names.ts';
import {
  type Action,
  clearMark,
  drop,
  jump,
  notrack,
  returnAction,
  setMark,
} from '../rules/action.ts';
import {
  established,
  invalidState,
  markClear,
  markSet,
  ports,
  protocolIs,
} from '../rules/match.ts';
import {
  chainOnDemand,
  type GeneratedChain,
  type GeneratedRule,
  type RuleDirection,
  rule,
} from '../rules/rule.ts';
import { type ChainContext, denyAction, endpointChain, flowLog } from './context.ts';
import { enforcedPolicies, isInlined, type PolicyGroup } from './policies.ts';
import { directionLetter, logGroup } from './policy-rules.ts';

/** A tier as it applies to one endpoint. */
export interface EndpointTier {
  readonly name: string;
  /** `Pass` hands what no policy decided to the next tier; anything else denies it. */
  readonly defaultAction: string;
  readonly ingress: readonly PolicyGroup[];
  readonly egress: readonly PolicyGroup[];
}

export interface PacketRate {
  readonly rate: number;
  readonly burst: number;
}

/** Limits of a workload; what is missing is not limited. */
export interface QosControls {
  readonly ingressPackets?: PacketRate;
  readonly egressPackets?: PacketRate;
  readonly ingressConnections?: number;
  readonly egressConnections?: number;
}

export type PolicyKind = 'normal' | 'forward' | 'untracked' | 'pre-dnat';

export interface EndpointRecipe {
  readonly prefix: EndpointChainPrefix;
  readonly interface: string;
  /** The direction whose policies apply; host endpoints' to-chains hold egress policy. */
  readonly direction: RuleDirection;
  readonly kind: PolicyKind;
  readonly tiers: readonly EndpointTier[];
  readonly profiles: readonly string[];
  readonly failsafe?: 'cali-failsafe-in' | 'cali-failsafe-out';
  readonly allow: Action;
  readonly qos?: QosControls;
  /** Drop tunnel packets that a workload makes itself. */
  readonly fromWorkload?: boolean;
  readonly disabled?: boolean;
}

function packetRateRules(context: ChainContext, recipe: EndpointRecipe): readonly GeneratedRule[] {
  const { direction, qos } = recipe;
  const limit = direction === 'ingress' ? qos?.ingressPackets : qos?.egressPackets;
  if (limit === undefined || recipe.kind !== 'normal') return [];
  const mark = context.config.marks.scratch0;
  const action: Action = { kind: 'limit-packet-rate', ...limit, mark };
  const over = `Drop packets over ${direction} packet rate limit`;
  if (context.config.dataplane === 'nftables') return [rule([], action, over)];
  const clear = rule([], clearMark(mark), `Clear ${direction} packet rate limit mark`);
  return [
    clear,
    rule([], action, `Mark packets within ${direction} packet rate limit`),
    rule([{ kind: 'mark-equals', value: mark, mask: mark, negated: true }], drop, over),
    clear,
  ];
}

function conntrackRules(context: ChainContext, recipe: EndpointRecipe): readonly GeneratedRule[] {
  if (recipe.kind === 'untracked') return [];
  const rules: GeneratedRule[] = [];
  if (recipe.allow.kind !== 'accept') {
    rules.push(rule([established], setMark(context.config.marks.accept)));
  }
  rules.push(rule([established], recipe.allow));
  if (!context.config.disableConntrackInvalid) {
    rules.push(rule([invalidState], denyAction(context)));
  }
  return rules;
}

function connectionLimitRules(recipe: EndpointRecipe): readonly GeneratedRule[] {
  const { direction, qos } = recipe;
  const count = direction === 'ingress' ? qos?.ingressConnections : qos?.egressConnections;
  if (count === undefined || recipe.kind !== 'normal') return [];
  const action: Action = { kind: 'limit-connections', count, rejectWith: 'tcp-reset' };
  return [rule([], action, `Reject connections over ${direction} connection limit`)];
}

function encapsulationRules(context: ChainContext): readonly GeneratedRule[] {
  const { config } = context;
  const word = denyWord(config);
  const rules: GeneratedRule[] = [];
  if (!config.allowVxlanFromWorkloads) {
    const match = [protocolIs(17), ports('destination', config.vxlanPort)];
    const comment = `${word} VXLAN encapped packets originating in workloads`;
    rules.push(rule(match, denyAction(context), comment));
  }
  if (!config.allowIpipFromWorkloads) {
    const comment = `${word} IPinIP encapped packets originating in workloads`;
    rules.push(rule([protocolIs(4)], denyAction(context), comment));
  }
  return rules;
}

// Endpoints share their policy groups; each group's jumps are made once per direction and kind.
const jumpsOfGroup = new WeakMap<
  ChainContext['config'],
  WeakMap<PolicyGroup, Map<boolean, readonly GeneratedRule[]>>
>();

function policyJumps(
  context: ChainContext,
  recipe: EndpointRecipe,
  group: PolicyGroup,
): readonly GeneratedRule[] {
  const groups = jumpsOfGroup.get(context.config) ?? new WeakMap();
  jumpsOfGroup.set(context.config, groups);
  const byKind: Map<boolean, readonly GeneratedRule[]> = groups.get(group) ?? new Map();
  groups.set(group, byKind);
  const untracked = recipe.kind === 'untracked';
  const known = byKind.get(untracked);
  if (known !== undefined) return known;
  const jumps = freshPolicyJumps(context, recipe, group);
  byKind.set(untracked, jumps);
  return jumps;
}

function freshPolicyJumps(
  context: ChainContext,
  recipe: EndpointRecipe,
  group: PolicyGroup,
): readonly GeneratedRule[] {
  const { accept, pass } = context.config.marks;
  const { direction } = recipe;
  const { tier } = group;
  const targets = isInlined(group)
    ? enforcedPolicies(group).map((policy) => ({
        chain: policyChainName({ tier, policy }, direction, context.config.dataplane),
        origin: { tier, policy },
      }))
    : [{ chain: group.chainName, origin: { tier } }];
  return targets.flatMap(({ chain, origin }) => [
    { ...rule([markClear(pass)], jump(chain)), origin },
    ...(recipe.kind === 'untracked' ? [rule([markSet(accept)], notrack)] : []),
    rule([markSet(accept)], returnAction, 'Return if policy accepted'),
  ]);
}

function endOfTierRules(
  context: ChainContext,
  recipe: EndpointRecipe,
  tier: EndpointTier,
): readonly GeneratedRule[] {
  const { config } = context;
  const { direction } = recipe;
  if (recipe.kind === 'untracked' || recipe.kind === 'pre-dnat') return [];
  const enforced = tier[direction].some((group) => enforcedPolicies(group).length > 0);
  const denies = enforced && tier.defaultAction !== 'Pass';
  const undecided = [markClear(config.marks.pass)];
  const letters = `${denies ? 'D' : 'P'}P${directionLetter[direction]}`;
  const prefix = nflogPrefix(`${letters}|${tier.name}`);
  const log = rule(undecided, flowLog(context, logGroup[direction], prefix));
  const comment = `End of tier ${tier.name}. ${denyWord(config)} if no policies passed packet`;
  return [
    ...(config.flowLogs ? [log] : []),
    ...(denies ? [rule(undecided, denyAction(context), comment)] : []),
  ].map((generated) => ({ ...generated, origin: { tier: tier.name } }));
}

function tierRules(
  context: ChainContext,
  recipe: EndpointRecipe,
  tier: EndpointTier,
): readonly GeneratedRule[] {
  const groups = tier[recipe.direction];
  if (groups.length === 0) return [];
  const start = rule([], clearMark(context.config.marks.pass), `Start of tier ${tier.name}`);
  return [
    { ...start, origin: { tier: tier.name } },
    ...groups.flatMap((group) => policyJumps(context, recipe, group)),
    ...endOfTierRules(context, recipe, tier),
  ];
}

function profileRules(context: ChainContext, recipe: EndpointRecipe): readonly GeneratedRule[] {
  const { config } = context;
  const { direction } = recipe;
  const jumps = recipe.profiles.flatMap((profile): readonly GeneratedRule[] => [
    {
      ...rule([], jump(profileChainName(profile, direction, config.dataplane))),
      origin: { profile },
    },
    rule([markSet(config.marks.accept)], returnAction, 'Return if profile accepted'),
  ]);
  const log = flowLog(context, logGroup[direction], `DR${directionLetter[direction]}`);
  return [
    ...jumps,
    ...(config.flowLogs ? [rule([], log)] : []),
    rule([], denyAction(context), `${denyWord(config)} if no profiles matched`),
  ];
}

function forwardDefaultRules(context: ChainContext): readonly GeneratedRule[] {
  return [
    rule([], setMark(context.config.marks.accept), 'Allow forwarded traffic by default'),
    rule([], returnAction, 'Return for accepted forward traffic'),
  ];
}

function recipeRules(context: ChainContext, recipe: EndpointRecipe): readonly GeneratedRule[] {
  if (recipe.disabled === true) return [rule([], denyAction(context), 'Endpoint admin disabled')];
  const { accept, pass } = context.config.marks;
  return [
    ...packetRateRules(context, recipe),
    ...conntrackRules(context, recipe),
    ...connectionLimitRules(recipe),
    ...(recipe.failsafe === undefined ? [] : [rule([], jump(recipe.failsafe))]),
    rule([], clearMark((accept | pass) >>> 0)),
    ...(recipe.fromWorkload === true ? encapsulationRules(context) : []),
    ...recipe.tiers.flatMap((tier) => tierRules(context, recipe, tier)),
    ...(recipe.kind === 'forward' && recipe.tiers.length === 0 ? forwardDefaultRules(context) : []),
    ...(recipe.kind === 'normal' ? profileRules(context, recipe) : []),
  ];
}

export function endpointRecipeChain(
  context: ChainContext,
  origin: 'workload-endpoint' | 'host-endpoint',
  recipe: EndpointRecipe,
): GeneratedChain {
  const name = endpointChain(context, recipe.prefix, recipe.interface);
  const { direction, interface: interfaceName, kind } = recipe;
  const common = { interface: interfaceName, direction };
  return chainOnDemand(
    name,
    origin === 'workload-endpoint'
      ? { kind: origin, ...common }
      : { kind: origin, ...common, policy: kind },
    () => recipeRules(context, recipe),
  );
}
