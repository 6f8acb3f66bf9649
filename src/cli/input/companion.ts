/** The iptables-save of tables that an nft listing holds too: it shows what the listing loses. */

import type { LateChain } from '../../../grammar/nft/late-chains.ts';
import type { Table } from '../../ast/nft/ruleset.ts';
import { LateSave } from '../../formats/iptables-save/late-save.ts';
import { lowerIptables } from '../../lower/iptables/lower-iptables.ts';
import { completeRules, type ListedRule, takeRules } from '../../model/complete-xt.ts';
import type { Program, ProgramRule } from '../../model/program.ts';
import type { RulesetSource } from './load-program.ts';

const tableStart = /^\*(\S+)/gm;

/** The source as a companion, if the program holds all of its tables. */
export function companionOf(
  { source, loader, family }: RulesetSource,
  program: Program,
): LateSave | undefined {
  if (loader !== 'iptables-nft' || family === undefined) return undefined;
  const tables = new Set(program.tables.map((table) => `${table.family} ${table.name}`));
  const names = [...source.text.matchAll(tableStart)].map(([, name]) => name);
  const known = names.length > 0 && names.every((name) => tables.has(`${family} ${name}`));
  return known ? new LateSave(source, family) : undefined;
}

/** A chain of an nft listing, in text or lowered. */
export interface ListedChain {
  readonly chain: LateChain;
  readonly table: Table;
  readonly lines: readonly ListedRule[] | undefined;
  readonly lowered: () => readonly ProgramRule[] | undefined;
}

/** The rules completed from the save; undefined when the save has to be read whole. */
export function completeFrom(
  save: LateSave,
  { chain, table, lines, lowered }: ListedChain,
): readonly ProgramRule[] | undefined {
  const ruleset = save.chain(table.name, chain.name);
  if (ruleset === undefined) return undefined;
  const { value, diagnostics } = lowerIptables(ruleset, { loader: 'iptables-nft' });
  if (diagnostics.length > 0) return undefined;
  const other = value.tables[0]?.chains.find(({ name }) => name === chain.name);
  const taken = lines && other && takeRules(lines, other.rules);
  if (taken !== undefined) return taken;
  const rules = lowered();
  return rules && completeRules(rules, other);
}
