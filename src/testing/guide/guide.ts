/** A guide through a ruleset: every rule, the rules that lead to its chain, and pools of values worth trying. */

import type { Host } from '../../host/host.ts';
import type { HookName, Program } from '../../model/program.ts';
import type { Condition, Interval } from './condition.ts';
import { type HarvestedRule, harvestRules } from './harvest.ts';
import { buildPools, type Pools } from './pools.ts';
import { ruleName, ruleReach } from './rule-reach.ts';

export interface Guide {
  readonly pools: Pools;
  readonly rules: readonly HarvestedRule[];
  /** Those of them that a packet may match. */
  readonly goals: readonly HarvestedRule[];
  /** The rules that lead to a chain. */
  readonly parents: ReadonlyMap<string, readonly HarvestedRule[]>;
  /** The rules of a chain in their order. */
  readonly chains: ReadonlyMap<string, readonly HarvestedRule[]>;
  /** The chains where packets start, those that have rules. */
  readonly tops: readonly (readonly HarvestedRule[])[];
  /** Rules that set bits of the mark. */
  readonly setters: readonly HarvestedRule[];
}

const chainKey = ({ table }: HarvestedRule, chain: string) =>
  `${table.family} ${table.name} ${chain}`;

export function buildGuide(program: Program, host: Host): Guide {
  const rules = harvestRules(program, host);
  const { matched } = ruleReach(program);
  const goals = rules.filter(({ table, chain, index }) =>
    matched.has(ruleName(table, chain.name, index)),
  );
  const parents = new Map<string, HarvestedRule[]>();
  for (const rule of rules) {
    for (const target of rule.targets.keys()) {
      const key = chainKey(rule, target);
      const list = parents.get(key) ?? [];
      parents.set(key, list);
      list.push(rule);
    }
  }
  const chains = new Map<string, HarvestedRule[]>();
  for (const rule of rules) {
    const key = chainKey(rule, rule.chain.name);
    const list = chains.get(key) ?? [];
    chains.set(key, list);
    list.push(rule);
  }
  const tops = [...chains.values()].filter(([first]) => first?.chain.base !== undefined);
  const setters = rules.filter(({ marks }) => marks !== 0n);
  return { pools: buildPools(program, host, rules), rules, goals, parents, chains, setters, tops };
}

/** One way to a rule: everything that a packet must satisfy, from the base chain to the rule. */
export interface Way {
  readonly rule: HarvestedRule;
  readonly conditions: readonly Condition[];
  /** Undefined: no base chain leads there. */
  readonly hook: HookName | undefined;
}

/** Deeper jumps than the kernel allows do not happen. */
const jumpLimit = 16;

/** Which of so many, at the n-th decision. */
type Choose = (count: number, place: number) => number;

interface Climb {
  readonly conditions: readonly Condition[];
  readonly hook: HookName | undefined;
}

/** From the rule up to a base chain; of the rules that lead to a chain, `choose` says which one is taken. */
function climb(guide: Guide, rule: HarvestedRule, choose: Choose): Climb {
  const steps: (readonly Condition[])[] = [rule.conditions];
  let { chain } = rule;
  for (let depth = 0; depth < jumpLimit && chain.base === undefined; depth += 1) {
    const parents = guide.parents.get(chainKey(rule, chain.name)) ?? [];
    const parent = parents[choose(parents.length, depth)];
    if (parent === undefined) break;
    const leads = parent.targets.get(chain.name) ?? [];
    steps.push(leads.length > 0 ? [...parent.conditions, leads] : parent.conditions);
    chain = parent.chain;
  }
  return { conditions: steps.toReversed().flat(), hook: chain.base?.hook };
}

/** A single test of the mark, which is all that a rule asks; of others nothing is said. */
function markTest({ conditions }: HarvestedRule): Interval | undefined {
  const [only] = conditions;
  const interval = only?.[0]?.[0];
  const isSingle = conditions.length === 1 && only?.length === 1 && only[0]?.length === 1;
  return isSingle && interval?.field === 'mark' ? interval : undefined;
}

/** Rules before a rule that are looked at: enough for hand-written and generated chains alike. */
const lookBack = 32;

/** The bits of the mark that a packet must have at the rule: it asks for them, or a rule before it stops the others. */
function neededMarks({ chains }: Guide, rule: HarvestedRule): bigint {
  const before = chains.get(chainKey(rule, rule.chain.name)) ?? [];
  const stops = before
    .slice(Math.max(0, rule.index - lookBack), rule.index)
    .filter(({ ends }) => ends)
    .map(markTest);
  const avoided = stops.reduce(
    (bits, test) => bits | (test?.wanted && test.first === 0n ? (test.mask ?? 0n) : 0n),
    0n,
  );
  const asked = rule.conditions
    .flat(2)
    .reduce(
      (bits, { field, wanted, first }) => bits | (field === 'mark' && wanted ? first : 0n),
      0n,
    );
  return avoided | asked;
}

/** One way to a rule; where it needs a mark, over a rule that sets it. */
export function wayTo(guide: Guide, rule: HarvestedRule, choose: Choose): Way {
  const way = climb(guide, rule, choose);
  const needed = neededMarks(guide, rule);
  if (needed === 0n) return { rule, ...way };
  const all = guide.setters.filter(({ marks }) => (marks & needed) !== 0n);
  const near = all.filter(({ chain, index }) => chain === rule.chain && index < rule.index);
  const setters = near.length > 0 ? near : all;
  const setter = setters[choose(setters.length, jumpLimit)];
  if (setter === undefined) return { rule, ...way };
  const before = near.length > 0 ? setter.conditions : climb(guide, setter, choose).conditions;
  return { rule, hook: way.hook, conditions: [...way.conditions, ...before] };
}

/** A rule of a base chain, or of a chain that it leads to: at every level as likely to stay as to go on. */
export function ruleFromTop(
  guide: Guide,
  pick: (place: number) => number,
): HarvestedRule | undefined {
  const { tops, chains } = guide;
  let rules = tops[pick(0) % Math.max(1, tops.length)] ?? [];
  for (let depth = 0; depth < jumpLimit; depth += 1) {
    const drawn = pick(depth + 1) >> 2;
    const rule = rules[(drawn >> 1) % Math.max(1, rules.length)];
    const targets = [...(rule?.targets.keys() ?? [])];
    const target = targets[(drawn >> 5) % Math.max(1, targets.length)];
    if (rule === undefined || target === undefined || drawn % 2 === 0) return rule;
    const below = chains.get(chainKey(rule, target)) ?? [];
    if (below.length === 0) return rule;
    rules = below;
  }
  return rules[0];
}
