/** A guide through a ruleset: every rule, the rules that lead to its chain, and pools of values worth trying. */

import type { Host } from '../../host/host.ts';
import type { HookName, Program } from '../../model/program.ts';
import type { Condition } from './condition.ts';
import { type HarvestedRule, harvestRules } from './harvest.ts';
import { buildPools, type Pools } from './pools.ts';

export interface Guide {
  readonly pools: Pools;
  readonly rules: readonly HarvestedRule[];
  /** The rules that lead to a chain. */
  readonly parents: ReadonlyMap<string, readonly HarvestedRule[]>;
}

const chainKey = ({ table }: HarvestedRule, chain: string) =>
  `${table.family} ${table.name} ${chain}`;

export function buildGuide(program: Program, host: Host): Guide {
  const rules = harvestRules(program, host);
  const parents = new Map<string, HarvestedRule[]>();
  for (const rule of rules) {
    for (const target of rule.targets.keys()) {
      const key = chainKey(rule, target);
      const list = parents.get(key) ?? [];
      parents.set(key, list);
      list.push(rule);
    }
  }
  return { pools: buildPools(program, host, rules), rules, parents };
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

/** Of the rules that lead to a chain, `choose` says which one is taken. */
export function wayTo(
  guide: Guide,
  rule: HarvestedRule,
  choose: (count: number, depth: number) => number,
): Way {
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
  return { rule, conditions: steps.toReversed().flat(), hook: chain.base?.hook };
}
