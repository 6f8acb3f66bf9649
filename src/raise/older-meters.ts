/** Meters as nft 1.0.6 lists them: their sets are not shown, the rules say `meter` again. */

import type { Rule, Table } from '../ast/nft/ruleset.ts';
import type { Statement } from '../ast/nft/statements.ts';
import { statementsOf } from '../ast/nft/visit.ts';

/** The table with its meters; which sets are meters only the written rules tell. */
export function withMeters(table: Table, written: Table | undefined): Table {
  const names = meterNames(written);
  if (names.size === 0) return table;
  const sizes = new Map(
    table.sets.filter(({ name }) => names.has(name)).map((set) => [set.name, set.size]),
  );
  return {
    ...table,
    sets: table.sets.filter(({ name }) => !names.has(name)),
    chains: table.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule): Rule => {
        const statements = rule.statements.map((node) => asMeter(node, sizes));
        return { ...rule, statements };
      }),
    })),
  };
}

/** Names of meters that are not sets with a declaration of their own. */
function meterNames(written: Table | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const chain of written?.chains ?? []) {
    for (const rule of chain.rules) {
      for (const node of statementsOf(rule)) if (node.kind === 'meter') names.add(node.name);
    }
  }
  for (const { name } of written?.sets ?? []) names.delete(name);
  return names;
}

function asMeter(node: Statement, sizes: ReadonlyMap<string, number | undefined>): Statement {
  if (node.kind !== 'set-update' || !sizes.has(node.set)) return node;
  const [statement] = node.statements ?? [];
  if (statement === undefined) return node;
  const { set: name, element: key, span } = node;
  const size = sizes.get(name);
  return { kind: 'meter', name, key, statement, span, ...(size === undefined ? {} : { size }) };
}
