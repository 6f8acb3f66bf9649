/** Lowers a ruleset whose chains are read when a packet comes to them. */

import type { Rule, Ruleset, Table } from '../ast/nft/ruleset.ts';
import type { Diagnostic, Result } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type {
  Held,
  Program,
  ProgramChain,
  ProgramHook,
  ProgramRule,
  ProgramSet,
  ProgramTable,
  RuleTrait,
} from '../model/program.ts';
import { type LowerOptions, lowerTable, newScope } from './lower.ts';
import { lowerRule, type RuleScope } from './rule.ts';
import { programSet } from './shape/lower-shaped.ts';

/** A chain by its name and place. */
export interface UnreadChain {
  readonly name: string;
  readonly span: Span;
}

export interface LateRules<Chain extends UnreadChain> {
  /** The rules of a chain; undefined when they cannot be read by themselves. */
  readonly rulesOf: (chain: Chain) => readonly Rule[] | undefined;
  readonly holds: (chain: Chain, table: Table, trait: RuleTrait) => Held;
  /** The rules from another source, if that has the chain; `lowered` gives them as they are here. */
  readonly complete: (
    chain: Chain,
    table: Table,
    lowered: () => readonly ProgramRule[] | undefined,
  ) => readonly ProgramRule[] | undefined;
  /** A chain could not be read or lowered by itself: the ruleset has to be read whole. */
  readonly giveUp: () => void;
}

/**
 * As `lower`, for a ruleset whose tables hold base chains only, and those without rules; `chains` are all of them, table by
 * table. Their rules are asked for when they are looked at.
 */
export function lowerLate<Chain extends UnreadChain>(
  ruleset: Ruleset,
  chains: readonly (readonly Chain[])[],
  late: LateRules<Chain>,
  options: LowerOptions,
): Result<Program> {
  const diagnostics: Diagnostic[] = [];
  const tables = ruleset.tables.map((table, index) => {
    const scope = newScope(table, diagnostics, options);
    return lateTable(scope, late, lowerTable(scope), chains[index] ?? []);
  });
  return { value: { tables }, diagnostics };
}

function lateTable<Chain extends UnreadChain>(
  scope: RuleScope,
  late: LateRules<Chain>,
  lowered: ProgramTable,
  unread: readonly Chain[],
): ProgramTable {
  const bases = new Map(lowered.chains.map(({ name, base }) => [name, base]));
  const sets: ProgramSet[] = [...lowered.sets];
  const reader: ChainReader<Chain> = { scope, late, sets };
  const chains = unread.map((chain) => {
    const base = bases.get(chain.name);
    return base === undefined
      ? new LateProgramChain(reader, chain)
      : new LateBaseChain(reader, chain, base);
  });
  return { ...lowered, chains, sets };
}

interface ChainReader<Chain extends UnreadChain> {
  readonly scope: RuleScope;
  readonly late: LateRules<Chain>;
  /** Those of the program's table. */
  readonly sets: ProgramSet[];
}

/** Not to be spread: its properties are computed. */
class LateProgramChain<Chain extends UnreadChain> implements ProgramChain {
  readonly name: string;
  private readonly reader: ChainReader<Chain>;
  private readonly chain: Chain;
  private made: readonly ProgramRule[] | undefined;

  constructor(reader: ChainReader<Chain>, chain: Chain) {
    this.name = chain.name;
    this.reader = reader;
    this.chain = chain;
    this.made = undefined;
  }

  get span(): Span {
    return this.chain.span;
  }

  get rules(): readonly ProgramRule[] {
    this.made ??= readRules(this.reader, this.chain);
    return this.made;
  }

  holds(trait: RuleTrait): Held {
    const { late, scope } = this.reader;
    return late.holds(this.chain, scope.table.table, trait);
  }
}

class LateBaseChain<Chain extends UnreadChain> extends LateProgramChain<Chain> {
  readonly base: ProgramHook;

  constructor(reader: ChainReader<Chain>, chain: Chain, base: ProgramHook) {
    super(reader, chain);
    this.base = base;
  }
}

function readRules<Chain extends UnreadChain>(
  { scope, late, sets }: ChainReader<Chain>,
  chain: Chain,
): readonly ProgramRule[] {
  const lowered = () => lowerRules(scope, late, chain, sets);
  const rules = late.complete(chain, scope.table.table, lowered);
  if (rules === undefined) late.giveUp();
  return rules ?? [];
}

/** Sets without a name are added to those of the table as their rules are met. */
function lowerRules<Chain extends UnreadChain>(
  scope: RuleScope,
  late: LateRules<Chain>,
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
