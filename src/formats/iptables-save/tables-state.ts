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
import type { LoadOptions } from './load-lines.ts';
import { type ShapeNode, shapeTree, type UserChain } from './shapes.ts';

export interface TableState {
  readonly name: string;
  readonly builtIn: ReadonlySet<string>;
  readonly chains: Map<string, IptablesChain>;
  /** In the order of the text, as long as rules are only appended. */
  appended: IptablesRule[];
  /** By chain, once a command has changed rules that were there. */
  edited: Map<string, IptablesRule[]> | undefined;
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
    appended: [],
    edited: undefined,
    shapes: shapeTree(),
    userChain: (chain) => (builtInNames.has(chain) ? undefined : chains.get(chain)?.name),
    span,
  };
  state.tables.delete(name);
  state.tables.set(name, state.table);
}

export function appendRule(table: TableState, rule: IptablesRule): void {
  if (table.edited === undefined) table.appended.push(rule);
  else rulesOf(table.edited, rule.chain).push(rule);
}

/** The chain's rules, to be changed. */
export function editRules(table: TableState, chain: string): IptablesRule[] {
  if (table.edited === undefined) {
    table.edited = new Map();
    for (const rule of table.appended) rulesOf(table.edited, rule.chain).push(rule);
    table.appended = [];
  }
  return rulesOf(table.edited, chain);
}

function rulesOf(chains: Map<string, IptablesRule[]>, chain: string): IptablesRule[] {
  const rules = chains.get(chain) ?? [];
  if (rules.length === 0) chains.set(chain, rules);
  return rules;
}

/** In the order of the text; chain by chain where a command has changed it. */
export function allRules({ appended, edited }: TableState): readonly IptablesRule[] {
  return edited === undefined ? appended : [...edited.values()].flat();
}

export function replaceRules(table: TableState, rules: readonly IptablesRule[]): void {
  table.appended = [...rules];
  table.edited = undefined;
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
  for (const table of state.tables.values()) {
    const { name, chains, span } = table;
    tables.push({ name, chains: [...chains.values()], rules: allRules(table), span });
  }
  return {
    value: { kind: 'iptables-ruleset', family: state.options.family, tables },
    diagnostics: state.diagnostics,
  };
}
