/** Lowers a ruleset whose chains are read when a packet comes to them. */

import type { Chain, Rule, Ruleset, Table } from '../ast/nft/ruleset.ts';
import type { Diagnostic, Result } from '../base/diagnostic.ts';
import type {
  Holds,
  Program,
  ProgramChain,
  ProgramRule,
  ProgramSet,
  ProgramTable,
} from '../model/program.ts';
import { type LowerOptions, lowerTable, newScope } from './lower.ts';
import { lowerRule, type RuleScope } from './rule.ts';
import { programSet } from './shape/lower-shaped.ts';

export interface LateRules {
  /** The rules of a chain; undefined when they cannot be read by themselves. */
  readonly rulesOf: (chain: Chain) => readonly Rule[] | undefined;
  readonly holds: (chain: Chain, table: Table) => Holds;
  /** The rules from another source, if that has the chain; `lowered` gives them as they are here. */
  readonly complete: (
    chain: Chain,
    table: Table,
    lowered: () => readonly ProgramRule[] | undefined,
  ) => readonly ProgramRule[] | undefined;
  /** A chain could not be read or lowered by itself: the ruleset has to be read whole. */
  readonly giveUp: () => void;
}

/** As `lower`, for a ruleset whose chains are without rules; those are asked for when a chain's rules are looked at. */
export function lowerLate(
  ruleset: Ruleset,
  late: LateRules,
  options: LowerOptions,
): Result<Program> {
  const diagnostics: Diagnostic[] = [];
  const tables = ruleset.tables.map((table) => {
    const scope = newScope(table, diagnostics, options);
    return lateTable(scope, late, lowerTable(scope));
  });
  return { value: { tables }, diagnostics };
}

function lateTable(scope: RuleScope, late: LateRules, lowered: ProgramTable): ProgramTable {
  const { table } = scope.table;
  const sets: ProgramSet[] = [...lowered.sets];
  const chains = lowered.chains.map((chain, index) => {
    const written = table.chains[index];
    if (written === undefined) return chain;
    const inFull = () => lowerChainRules(scope, late, written, sets);
    const read = () => late.complete(written, table, inFull);
    return lateChain(chain, late.holds(written, table), read, late.giveUp);
  });
  return { ...lowered, chains, sets };
}

function lateChain(
  chain: ProgramChain,
  holds: Holds,
  read: () => readonly ProgramRule[] | undefined,
  giveUp: () => void,
): ProgramChain {
  let made: readonly ProgramRule[] | undefined;
  const make = () => {
    const rules = read();
    if (rules === undefined) giveUp();
    return rules ?? [];
  };
  return {
    ...chain,
    holds,
    get rules() {
      made ??= make();
      return made;
    },
  };
}

/** Sets without a name are added to those of the table as their rules are met. */
function lowerChainRules(
  scope: RuleScope,
  late: LateRules,
  chain: Chain,
  sets: ProgramSet[],
): readonly ProgramRule[] | undefined {
  const { anonymousSets, anonymousChains, meters } = scope.table;
  const known = anonymousSets.length;
  const wrong = scope.diagnostics.length;
  const rules = late.rulesOf(chain)?.map((rule) => lowerRule(scope, rule));
  for (const set of anonymousSets.slice(known)) sets.push(programSet(set));
  const whole = anonymousChains.length === 0 && meters.length === 0;
  return whole && scope.diagnostics.length === wrong ? rules : undefined;
}
