/** Who refers to whom inside a table: what rules and elements use cannot be deleted. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { Rule } from '../../../ast/nft/ruleset.ts';
import type { Statement } from '../../../ast/nft/statements.ts';
import { everyExpression, everyOperand, everyStatement } from '../../../ast/nft/visit.ts';
import type { RulesetState, TableState } from './state.ts';

/** Counts per table and name: `chain x`, `set y`, `object counter z`, `flowtable f`. */
export type Usage = Map<TableState, Map<string, number>>;

export function usageOf(state: RulesetState): Usage {
  const usage: Usage = new Map();
  for (const table of state.tables.values()) {
    for (const chain of table.chains.values()) {
      for (const rule of chain.rules) countRule(usage, table, rule, 1);
    }
    for (const set of table.sets.values()) countElements(usage, table, set.elements, 1);
  }
  return usage;
}

/** Adds a rule's references (or takes them away with -1). */
export function countRule(usage: Usage, table: TableState, rule: Rule, step: 1 | -1): void {
  for (const name of references(rule)) count(usage, table, name, step);
}

export function countElements(
  usage: Usage,
  table: TableState,
  elements: readonly Expression[],
  step: 1 | -1,
): void {
  for (const element of elements) {
    for (const name of referencesOfExpression(element)) count(usage, table, name, step);
  }
}

export function isUsed(usage: Usage, table: TableState, name: string): boolean {
  return (usage.get(table)?.get(name) ?? 0) > 0;
}

function count(usage: Usage, table: TableState, name: string, step: 1 | -1): void {
  let names = usage.get(table);
  if (names === undefined) {
    names = new Map();
    usage.set(table, names);
  }
  names.set(name, (names.get(name) ?? 0) + step);
}

function* references(rule: Rule): Iterable<string> {
  for (const statement of everyStatement(rule.statements)) {
    yield* referencesOfStatement(statement);
    for (const expression of everyOperand(statement)) yield* direct(expression);
  }
}

function* referencesOfExpression(expression: Expression): Iterable<string> {
  for (const inner of everyExpression(expression)) yield* direct(inner);
}

function* direct(expression: Expression): Iterable<string> {
  if (expression.kind === 'set-reference') yield `set ${expression.name}`;
  if (expression.kind !== 'verdict') return;
  const { verdict } = expression;
  if ('chain' in verdict && typeof verdict.chain === 'string') yield `chain ${verdict.chain}`;
}

function* referencesOfStatement(statement: Statement): Iterable<string> {
  if (statement.kind === 'verdict' && 'chain' in statement.verdict) {
    if (typeof statement.verdict.chain === 'string') yield `chain ${statement.verdict.chain}`;
  } else if (statement.kind === 'set-update') yield `set ${statement.set}`;
  else if (statement.kind === 'flow') yield `flowtable ${statement.flowtable}`;
  else if (statement.kind === 'object-reference' && 'text' in statement.name) {
    yield `object ${statement.type} ${statement.name.text}`;
  }
}
