/** The rules for one rule of a policy or profile (ProtoRuleToIptablesRules). */

import { nflogPrefix } from '../names.ts';
import type { PolicyRule, RuleHalf } from '../policy-rule.ts';
import { type Action, returnAction, setMark } from '../rules/action.ts';
import {
  type Criterion,
  inSet,
  type Match,
  markSet,
  network,
  portRanges,
  type Side,
} from '../rules/match.ts';
import { type GeneratedRule, type RuleDirection, rule } from '../rules/rule.ts';
import { type ChainContext, denyAction, flowLog, setName } from './context.ts';
import { matchBlocks } from './match-blocks.ts';
import { splitPorts } from './port-slots.ts';
import { ruleOfVersion } from './rule-version.ts';

/** Where a rule stands: it goes into the log prefix. */
export interface RuleOwner {
  readonly kind: 'policy' | 'profile';
  /** The policy key or the profile's name. */
  readonly name: string;
  readonly direction: RuleDirection;
  readonly untracked: boolean;
}

export const directionLetter = { ingress: 'I', egress: 'E' } as const;
export const logGroup = { ingress: 1, egress: 2 } as const;

function sideCriteria(
  context: ChainContext,
  half: RuleHalf,
  side: Side,
  negated: boolean,
): readonly Criterion[] {
  const asked = half[side];
  const portSet = (id: string): Criterion => ({
    kind: 'port-set',
    side,
    set: setName(context, id),
    negated,
  });
  const parts = splitPorts(asked.ports).map((part) => portRanges(side, part, negated));
  return [
    ...asked.networks.map((text) => network(side, text, negated)),
    ...asked.sets.map((id) => inSet(side, setName(context, id), negated)),
    ...asked.portSets.map(portSet),
    ...parts,
    ...asked.namedPortSets.map(portSet),
  ];
}

function halfCriteria(context: ChainContext, half: RuleHalf, negated: boolean): Match {
  const { protocol, icmp } = half;
  const criteria: Criterion[] = [];
  if (protocol !== undefined) criteria.push({ kind: 'protocol', protocol, negated });
  criteria.push(...sideCriteria(context, half, 'source', negated));
  criteria.push(...sideCriteria(context, half, 'destination', negated));
  if (icmp !== undefined) {
    criteria.push({ kind: 'icmp', version: context.version, ...icmp, negated });
  }
  return criteria;
}

interface Verdict {
  readonly mark: number;
  readonly letter: 'A' | 'D' | 'P';
  readonly end: Action;
}

function verdictOf(context: ChainContext, action: PolicyRule['action']): Verdict | undefined {
  const { accept, pass, drop } = context.config.marks;
  switch (action) {
    case 'allow':
    case '':
      return { mark: accept, letter: 'A', end: returnAction };
    case 'pass':
    case 'next-tier':
      return { mark: pass, letter: 'P', end: returnAction };
    case 'deny':
      return { mark: drop, letter: 'D', end: denyAction(context) };
    case 'log':
      return undefined;
  }
}

/** `APE3|ns/name`: action, owner, direction, position, name. */
export function ruleLogPrefix(letter: string, owner: RuleOwner, index: number): string {
  const kind = owner.kind === 'policy' ? 'P' : 'R';
  const position = `${letter}${kind}${directionLetter[owner.direction]}${index}`;
  return nflogPrefix(`${position}|${owner.name}`);
}

function actionRules(
  context: ChainContext,
  match: Match,
  asked: {
    readonly action: PolicyRule['action'];
    readonly owner: RuleOwner;
    readonly index: number;
  },
): readonly GeneratedRule[] {
  const { owner, index } = asked;
  const verdict = verdictOf(context, asked.action);
  if (verdict === undefined) {
    return [rule(match, { kind: 'log', prefix: context.config.logPrefix || 'calico-packet' })];
  }
  const decided: Match = [markSet(verdict.mark)];
  const rules = [rule(match, setMark(verdict.mark))];
  if (context.config.flowLogs && !owner.untracked) {
    const prefix = ruleLogPrefix(verdict.letter, owner, index);
    rules.push(rule(decided, flowLog(context, logGroup[owner.direction], prefix)));
  }
  return [...rules, rule(decided, verdict.end)];
}

/** All rules for one API rule; none if it cannot match this IP version. */
export function policyRuleRules(
  context: ChainContext,
  policyRule: PolicyRule,
  owner: RuleOwner,
  index: number,
): readonly GeneratedRule[] {
  const versioned = ruleOfVersion(policyRule, context.version);
  if (versioned === undefined) return [];
  const blocks = matchBlocks(context, versioned.match, versioned.not);
  const match = [
    ...halfCriteria(context, blocks.match, false),
    ...halfCriteria(context, blocks.not, true),
    ...(blocks.rules.length > 0 ? [markSet(context.config.marks.scratch0)] : []),
  ];
  const main = actionRules(context, match, { action: versioned.action, owner, index });
  const comments = Object.entries(versioned.annotations).map(([key, value]) => `${key}=${value}`);
  return [...blocks.rules, ...main].map((generated) => ({
    ...generated,
    comments,
    origin: { rule: index },
  }));
}
