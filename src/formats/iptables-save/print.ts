/** printIptablesSave: what iptables-nft-save 1.8.13 writes of a ruleset. */

import type { IptablesChain, IptablesRuleset, IptablesTable } from '../../ast/iptables.ts';
import { builtInChains, isTableName, tableNames } from '../../fields/iptables/tables.ts';
import { printRule } from './print-rule.ts';

export interface PrintOptions {
  /** As `iptables-save -c`: counters before each rule. */
  readonly counters?: boolean;
}

/** Tables and chains in iptables' order; rules that cannot be understood are printed as far as they can. */
export function printIptablesSave(ruleset: IptablesRuleset, options: PrintOptions = {}): string {
  const known = tableNames.flatMap((name) => ruleset.tables.filter((table) => table.name === name));
  const others = ruleset.tables.filter((table) => !isTableName(table.name));
  return [...known, ...others].map((table) => printTable(ruleset, table, options)).join('');
}

function printTable(
  { family }: IptablesRuleset,
  table: IptablesTable,
  { counters = false }: PrintOptions,
): string {
  const chains = orderedChains(table);
  const lines = new Map<string, string[]>(chains.map(({ name }) => [name, []]));
  for (const rule of table.rules) {
    const printed = printRule(rule, { family, table: table.name, counters });
    const chain = lines.get(rule.chain);
    if (chain === undefined) lines.set(rule.chain, printed);
    else chain.push(...printed);
  }
  const declarations = chains.map(({ name, policy }) => `:${name} ${policy ?? '-'} [0:0]\n`);
  const rules = [...lines.values()].flatMap((printed) => printed.map((line) => `${line}\n`));
  return `*${table.name}\n${declarations.join('')}${rules.join('')}COMMIT\n`;
}

/** All built-in chains of the table, then the others by name. */
export function orderedChains(table: IptablesTable): readonly IptablesChain[] {
  const declared = new Map(table.chains.map((chain) => [chain.name, chain]));
  const builtIn = isTableName(table.name) ? builtInChains[table.name] : [];
  const first = builtIn.map(({ name }): IptablesChain => {
    const chain = declared.get(name);
    declared.delete(name);
    return { name, policy: 'ACCEPT', span: table.span, ...chain };
  });
  const rest = [...declared.values()].sort((one, other) => compareBytes(one.name, other.name));
  return [...first, ...rest];
}

/** As strcmp(): by code unit. */
function compareBytes(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
