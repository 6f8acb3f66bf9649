/**
 * Mutations that provably change nothing that a packet could show, told before any packet is played. Each reason is a
 * statement about the rules and the host alone; what it does not cover counts as a real mistake.
 */

import type { Host } from '../../host/host.ts';
import type { Operation } from '../../model/operations.ts';
import type { Program, ProgramChain, ProgramRule, ProgramTable } from '../../model/program.ts';
import { type Condition, type Interval, toBigInt, wantedBits } from '../guide/condition.ts';
import { type HarvestedRule, harvestRules } from '../guide/harvest.ts';
import { type RuleReach, ruleName, ruleReach } from '../guide/rule-reach.ts';
import { namePattern } from '../guide/steer.ts';
import type { Mutation } from './mutations.ts';
import { effectKinds, isJump, verdictOf } from './rule-mutators.ts';

export const equivalenceReasons = {
  'not-evaluated': 'No packet comes to the rule: every way to it ends before.',
  'never-matches':
    'No packet satisfies the rule: of marks that are never set, or of an interface or ipset member that the host does not have.',
  'no-effect': 'The rule only counts or logs, or jumps to chains that only do so.',
  'same-as-end': 'The rule gives the verdict that the packet gets without it.',
  'same-as-next':
    'The rule is gone, or never matches any more, and behind it stands the same rule.',
  'always-matches':
    'What is known of the mark makes the rule match every packet, before and after the change.',
  'rules-commute':
    'The two rules do the same, no packet satisfies both, or one drops and the other marks.',
} as const;

export type EquivalenceReason = keyof typeof equivalenceReasons;

export interface EquivalenceTest {
  readonly host: Host;
  readonly reach: RuleReach;
  readonly harvested: ReadonlyMap<string, HarvestedRule>;
  /** Some rule writes headers without NAT, so that what one rule saw the next may not see. */
  readonly rewrites: boolean;
}

export function equivalenceTest(program: Program, host: Host): EquivalenceTest {
  const harvested = new Map(
    harvestRules(program, host).map((rule) => [
      ruleName(rule.table, rule.chain.name, rule.index),
      rule,
    ]),
  );
  const rewrites = program.tables.some(({ chains }) =>
    chains.some(({ rules }) =>
      rules.some(({ operations }) => operations.some(({ kind }) => kind === 'payload-write')),
    ),
  );
  return { host, reach: ruleReach(program), harvested, rewrites };
}

/** Operations that no packet shows. */
const silent: ReadonlySet<string> = new Set(['counter', 'log']);

const isComment = (operation: Operation): boolean =>
  operation.kind === 'match' && operation.match.name === 'comment';

/** What is left of a rule without counters, logs and comments. */
const visible = ({ operations }: ProgramRule): readonly Operation[] =>
  operations.filter((one) => !silent.has(one.kind) && !isComment(one));

const loads: ReadonlySet<string> = new Set([
  'payload',
  'meta',
  'ct',
  'fib',
  'bitwise',
  'cmp',
  'range',
  'match',
  'lookup',
]);

/** It changes nothing and decides nothing, whether it matches or not. */
function hasNoEffect(table: ProgramTable, rule: ProgramRule, depth = 0): boolean {
  return visible(rule).every((operation) => {
    const verdict = verdictOf(operation);
    if (verdict?.kind === 'continue') return true;
    if (verdict?.kind === 'jump' && depth < 16) {
      const chain = table.chains.find(({ name }) => name === verdict.chain);
      return chain?.rules.every((one) => hasNoEffect(table, one, depth + 1)) ?? false;
    }
    if (operation.kind === 'lookup') return operation.destination === undefined;
    return loads.has(operation.kind);
  });
}

const json = (operations: readonly Operation[]): string =>
  JSON.stringify(operations, (key, value) => {
    if (key === 'span') return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });

/** The verdict of a rule that does nothing else. */
function onlyVerdict(rule: ProgramRule): string | undefined {
  const effects = visible(rule).filter((operation) => !loads.has(operation.kind));
  const [only] = effects;
  const verdict = only && verdictOf(only);
  return effects.length === 1 && verdict !== undefined && !('chain' in verdict)
    ? verdict.kind
    : undefined;
}

/** Rules that jump or go to a chain, with their place. */
function* callersOf(table: ProgramTable, name: string) {
  for (const chain of table.chains) {
    for (const [index, rule] of chain.rules.entries()) {
      for (const operation of rule.operations) {
        const verdict = verdictOf(operation);
        if (verdict !== undefined && 'chain' in verdict && verdict.chain === name)
          yield { chain, after: verdict.kind === 'goto' ? chain.rules.length : index + 1 };
      }
    }
  }
}

/** From here on nothing can happen but this verdict: whatever the packet, it ends so, and nothing changes on the way. */
function endsAs(
  table: ProgramTable,
  chain: ProgramChain,
  from: number,
  verdict: string,
  marks: number,
  depth = 0,
): boolean {
  const isPlain = (rule: ProgramRule): boolean =>
    hasNoEffect(table, rule) ||
    onlyVerdict(rule) === verdict ||
    onlyVerdict(rule) === 'return' ||
    setsOnly(rule, marks);
  if (depth > 16 || !chain.rules.slice(from).every(isPlain)) return false;
  if (chain.base !== undefined) return chain.base.policy === verdict;
  return [...callersOf(table, chain.name)].every((caller) =>
    endsAs(table, caller.chain, caller.after, verdict, marks, depth + 1),
  );
}

/**
 * The rule says what happens without it too, so that its conditions do not matter. Where it only ever went away, the
 * packets in question have the marks that it asks for, and setting them again changes nothing.
 */
function isSameAsEnd(mutation: Mutation): boolean {
  const { kind, table, chain, index = 0 } = mutation;
  const rule = chain.rules[index];
  const verdict = rule && onlyVerdict(rule);
  if (rule === undefined || verdict === undefined || kind === 'flip-verdict') return false;
  const marks = askedMarks(rule);
  const known = marks !== 0 && isNowDead(mutation) ? marks : 0;
  if (verdict === 'accept' || verdict === 'drop')
    return endsAs(table, chain, index + 1, verdict, known);
  const isIdle = (one: ProgramRule) =>
    hasNoEffect(table, one) || onlyVerdict(one) === 'return' || setsOnly(one, known);
  return verdict === 'return' && chain.rules.slice(index + 1).every(isIdle);
}

/** The bits of the mark that an xtables match or a comparison of the mark asks to be set. */
function askedMarks({ operations }: ProgramRule): number {
  for (const [index, operation] of operations.entries()) {
    if (operation.kind === 'match' && operation.match.options?.kind === 'mark')
      return operation.match.options.inverted ? 0 : operation.match.options.value;
    const [before, load] = [operations[index - 1], operations[index - 2]];
    const isTest = operation.kind === 'cmp' && operation.operator === 'eq';
    const isMark = load?.kind === 'meta' && load.key === 'mark' && before?.kind === 'bitwise';
    if (isTest && isMark) return Number(toBigInt(operation.data, true));
  }
  return 0;
}

/** All that the rule does is to set some of these bits. */
function setsOnly(rule: ProgramRule, bits: number): boolean {
  const effects = visible(rule).filter((operation) => !loads.has(operation.kind));
  return effects.every((one) => {
    if (one.kind !== 'target' || one.target.options?.kind !== 'MARK') return false;
    const { value, mask } = one.target.options;
    return (value & bits) === value && (mask & ~bits) === 0 && (mask & ~value) === 0;
  });
}

const isMarkRead = (operation: Operation): boolean =>
  (operation.kind === 'meta' && operation.key === 'mark') ||
  (operation.kind === 'match' && operation.match.options?.kind === 'mark');

/** All that it does is to write the mark, itself or in the chains that it jumps to. */
function onlyMarks(table: ProgramTable, rule: ProgramRule, depth = 0): boolean {
  const effects = visible(rule).filter((operation) => !loads.has(operation.kind));
  return effects.every((one) => {
    if (one.kind === 'meta-set') return one.key === 'mark';
    if (one.kind === 'target') return one.target.options?.kind === 'MARK';
    const verdict = verdictOf(one);
    if (verdict?.kind === 'return') return depth > 0;
    if (verdict?.kind !== 'jump' || depth > 16) return false;
    const chain = table.chains.find(({ name }) => name === verdict.chain);
    return chain?.rules.every((inner) => onlyMarks(table, inner, depth + 1)) ?? false;
  });
}

/** A drop that does not look at the mark: the mark of a dropped packet is nobody's. */
const dropsUnmarked = (rule: ProgramRule): boolean =>
  onlyVerdict(rule) === 'drop' && !rule.operations.some(isMarkRead);

const fixedFields: ReadonlySet<string> = new Set([
  'source4',
  'destination4',
  'source6',
  'destination6',
  'protocol',
  'port',
  'sourcePort',
  'in',
  'out',
]);

/** Values that cannot both be: two intervals apart, or what one wants the other forbids. */
function areApart(one: Interval, other: Interval): boolean {
  if (one.field !== other.field || !fixedFields.has(one.field)) return false;
  const [first, second] = one.wanted ? [one, other] : [other, one];
  if (!first.wanted) return false;
  return second.wanted
    ? first.last < second.first || second.last < first.first
    : second.first <= first.first && first.last <= second.last;
}

/** A condition of one rule and one of the other that no packet satisfies together. */
function areDisjoint(one: HarvestedRule, other: HarvestedRule): boolean {
  const excludes = (mine: Condition) => (theirs: Condition) =>
    mine.every((first) =>
      theirs.every((second) => first.some((a) => second.some((b) => areApart(a, b)))),
    );
  return one.exact.some((mine) => other.exact.some(excludes(mine)));
}

/** A packet has one conntrack state: the two rules want none in common. */
function haveOtherStates(one: HarvestedRule, other: HarvestedRule): boolean {
  const statesOf = ({ conditions }: HarvestedRule): bigint[] =>
    conditions.flatMap((condition) => {
      const [only] = condition[0] ?? [];
      return condition.length === 1 && only?.field === 'state' ? [wantedBits(only)] : [];
    });
  return statesOf(one).some((mine) => statesOf(other).some((theirs) => (mine & theirs) === 0n));
}

/** The second rule never matches where it comes first, and behind its old place stands the same rule. */
function isMovedInVain(mutation: Mutation): boolean {
  const { program, table, chain, index = 0 } = mutation;
  const isRead = ruleReach(program).matched.has(ruleName(table, chain.name, index));
  return !isRead && isRepeated({ ...mutation, index: index + 1 });
}

/** Jumps and NAT may change what the second rule looks at; these fields they leave alone while a chain is walked. */
function doCommute(test: EquivalenceTest, { table, chain, index = 0 }: Mutation): boolean {
  const [one, other] = [chain.rules[index], chain.rules[index + 1]];
  if (one === undefined || other === undefined) return false;
  if (hasNoEffect(table, one) || hasNoEffect(table, other)) return true;
  const isNever = (rule: ProgramRule, at: number) =>
    isImpossible(test, rule, test.harvested.get(ruleName(table, chain.name, at)));
  if (isNever(one, index) || isNever(other, index + 1)) return true;
  if (json(visible(one)) === json(visible(other))) return true;
  const [drop, mark] = dropsUnmarked(one) ? [one, other] : [other, one];
  if (dropsUnmarked(drop) && onlyMarks(table, mark)) return true;
  const verdict = onlyVerdict(one);
  if (verdict !== undefined && verdict === onlyVerdict(other)) return true;
  if (test.rewrites) return false;
  const [first, second] = [index, index + 1].map((at) =>
    test.harvested.get(ruleName(table, chain.name, at)),
  );
  if (first === undefined || second === undefined) return false;
  // A rule that decides by itself cannot make the packet untracked in between.
  const areDecisions = verdict !== undefined && onlyVerdict(other) !== undefined;
  return areDisjoint(first, second) || (areDecisions && haveOtherStates(first, second));
}

/** The rule asks for an interface or a member of an ipset that the host does not have. */
function isImpossible(
  { host }: EquivalenceTest,
  rule: ProgramRule,
  harvested: HarvestedRule | undefined,
): boolean {
  const names = host.interfaces.map(({ name }) => name);
  const isAbsent = ({ field, wanted, ...interval }: Interval) =>
    wanted &&
    (field === 'in' || field === 'out') &&
    !names.some(namePattern({ field, wanted, ...interval }));
  const byInterface = (harvested?.conditions ?? []).some(
    (condition) => condition.length > 0 && condition.every((all) => all.some(isAbsent)),
  );
  const bySet = rule.operations.some((operation) => {
    if (operation.kind !== 'match' || operation.match.options?.kind !== 'set') return false;
    const { set, inverted } = operation.match.options;
    return !inverted && host.ipsets?.find(({ name }) => name === set)?.elements.length === 0;
  });
  return byInterface || bySet;
}

function isAlwaysMatching({ reach }: EquivalenceTest, mutation: Mutation): boolean {
  const { kind, program, table, chain, index = 0 } = mutation;
  const name = ruleName(table, chain.name, index);
  if (effectKinds.has(kind) || reach.missed.has(name)) return false;
  const changed = ruleReach(program);
  return changed.evaluated.has(name) && !changed.missed.has(name);
}

/** Behind the rule, with nothing between that has an effect, stands the same rule. */
function isRepeated({ table, chain, index = 0 }: Mutation): boolean {
  const rule = chain.rules[index];
  const next = chain.rules.slice(index + 1).find((one) => !hasNoEffect(table, one));
  return rule !== undefined && next !== undefined && json(visible(rule)) === json(visible(next));
}

/** The changed rule can no longer match: what is left is the chain without it. */
function isNowDead({ kind, program, table, chain, index = 0 }: Mutation): boolean {
  if (kind === 'remove-rule' || kind === 'remove-established-accept') return true;
  return !ruleReach(program).matched.has(ruleName(table, chain.name, index));
}

/** Undefined: nothing says that the mutation changes nothing. */
export function whyEquivalent(
  test: EquivalenceTest,
  mutation: Mutation,
): EquivalenceReason | undefined {
  const { kind, table, chain, index } = mutation;
  if (index === undefined) {
    const isReached = test.reach.ends.has(`${table.family} ${table.name} ${chain.name}`);
    return isReached ? undefined : 'not-evaluated';
  }
  const name = ruleName(table, chain.name, index);
  const rule = chain.rules[index];
  if (rule === undefined || !test.reach.evaluated.has(name)) return 'not-evaluated';
  if (kind === 'swap-rules') {
    if (doCommute(test, mutation)) return 'rules-commute';
    return isMovedInVain(mutation) ? 'same-as-next' : undefined;
  }
  const harvested = test.harvested.get(name);
  if (effectKinds.has(kind)) {
    if (!test.reach.matched.has(name) || isImpossible(test, rule, harvested))
      return 'never-matches';
  } else if (!test.reach.matched.has(name) && isNowDead(mutation)) return 'never-matches';
  if (isSameAsEnd(mutation)) return 'same-as-end';
  if (isAlwaysMatching(test, mutation)) return 'always-matches';
  if (isRepeated(mutation) && isNowDead(mutation)) return 'same-as-next';
  const isSilent = hasNoEffect(table, rule);
  return isSilent && (kind !== 'drop-jump' || rule.operations.some(isJump))
    ? 'no-effect'
    : undefined;
}
