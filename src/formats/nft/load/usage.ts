/** Who refers to whom inside a table: what rules and elements use cannot be deleted. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { Rule } from '../../../ast/nft/ruleset.ts';
import type { Statement } from '../../../ast/nft/statements.ts';
import { chainOfVerdict } from '../../../ast/nft/verdict.ts';
import { everyExpression, everyOperand, everyStatement } from '../../../ast/nft/visit.ts';
import type { Span } from '../../../base/span.ts';
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
  for (const { name } of references(rule)) count(usage, table, name, step);
}

export function countElements(
  usage: Usage,
  table: TableState,
  elements: readonly Expression[],
  step: 1 | -1,
): void {
  for (const element of elements) {
    for (const { name } of referencesOfExpression(element)) count(usage, table, name, step);
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

/** What is referred to, as the counts name it, and where. */
export interface Reference {
  readonly name: string;
  readonly span: Span;
}

export function* references(rule: Rule): Iterable<Reference> {
  for (const statement of everyStatement(rule.statements)) {
    yield* referencesOfStatement(statement);
    for (const expression of everyOperand(statement)) yield* direct(expression);
  }
}

function* referencesOfExpression(expression: Expression): Iterable<Reference> {
  for (const inner of everyExpression(expression)) yield* direct(inner);
}

function* direct(expression: Expression): Iterable<Reference> {
  const { span } = expression;
  if (expression.kind === 'set-reference') yield { name: `set ${expression.name}`, span };
  if (expression.kind !== 'verdict') return;
  const chain = chainOfVerdict(expression.verdict);
  if (chain !== undefined) yield { name: `chain ${chain}`, span };
}

function* referencesOfStatement(statement: Statement): Iterable<Reference> {
  const { span } = statement;
  if (statement.kind === 'verdict') {
    const chain = chainOfVerdict(statement.verdict);
    if (chain !== undefined) yield { name: `chain ${chain}`, span };
  } else if (statement.kind === 'set-update') yield { name: `set ${statement.set}`, span };
  else if (statement.kind === 'flow') yield { name: `flowtable ${statement.flowtable}`, span };
  else if (statement.kind === 'object-reference' && 'text' in statement.name) {
    yield { name: `object ${statement.type} ${statement.name.text}`, span };
  }
}
