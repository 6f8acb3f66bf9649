/** What has been loaded so far: tables with their chains, and rules by chain. */

import type {
  IptablesChain,
  IptablesRule,
  IptablesRuleset,
  IptablesTable,
} from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source, Span } from '../../base/span.ts';
import { builtInChains, isTableName, tableNames } from '../../fields/iptables/tables.ts';
import type { LoadOptions } from './load.ts';
import { type ShapeNode, shapeTree, type UserChain } from './shapes.ts';

export interface TableState {
  readonly name: string;
  readonly builtIn: ReadonlySet<string>;
  readonly chains: Map<string, IptablesChain>;
  rules: IptablesRule[];
  /** Shapes of the lines that were read. */
  readonly shapes: ShapeNode;
  readonly userChain: UserChain;
  readonly span: Span;
}

export interface TablesState {
  readonly source: Source;
  readonly options: LoadOptions;
  readonly tables: Map<string, TableState>;
  /** The table between `*name` and COMMIT. */
  table: TableState | undefined;
  readonly diagnostics: Diagnostic[];
}

export function startLoading(source: Source, options: LoadOptions): TablesState {
  return { source, options, tables: new Map(), table: undefined, diagnostics: [] };
}

/** Begins a table anew: what an earlier block loaded into it is flushed. */
export function openTable(state: TablesState, name: string, span: Span): void {
  if (state.table !== undefined) {
    state.diagnostics.push({
      code: 'iptables-table',
      span: state.table.span,
      message: `table '${state.table.name}' has no COMMIT`,
    });
  }
  if (!isTableName(name)) {
    state.diagnostics.push({
      code: 'iptables-table',
      span,
      message: `there is no table '${name}'`,
      hint: tableNames.join(', '),
    });
  }
  const builtIn = isTableName(name) ? builtInChains[name].map((chain) => chain.name) : [];
  const builtInNames = new Set(builtIn);
  const chains = new Map<string, IptablesChain>();
  state.table = {
    name,
    builtIn: builtInNames,
    chains,
    rules: [],
    shapes: shapeTree(),
    userChain: (chain) => (builtInNames.has(chain) ? undefined : chains.get(chain)?.name),
    span,
  };
  state.tables.delete(name);
  state.tables.set(name, state.table);
}

export function finishTables(state: TablesState): Result<IptablesRuleset> {
  if (state.table !== undefined) {
    state.diagnostics.push({
      code: 'iptables-table',
      span: state.table.span,
      message: `table '${state.table.name}' has no COMMIT`,
      hint: 'COMMIT ends a table',
    });
  }
  const tables: IptablesTable[] = [];
  for (const { name, chains, rules, span } of state.tables.values()) {
    tables.push({ name, chains: [...chains.values()], rules, span });
  }
  return {
    value: { kind: 'iptables-ruleset', family: state.options.family, tables },
    diagnostics: state.diagnostics,
  };
}
