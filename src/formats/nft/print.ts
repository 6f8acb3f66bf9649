/** Writes a ruleset as `nft list ruleset` does; symbols of a parsed tree keep their spelling. */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { Rule, Ruleset } from '../../ast/nft/ruleset.ts';
import type { Statement } from '../../ast/nft/statements.ts';
import { type PrintOptions, printContext } from './print/context.ts';
import { printExpression } from './print/expression.ts';
import { printRule } from './print/rule.ts';
import { printStatement } from './print/statement.ts';
import { printTable } from './print/table.ts';

export type { Dialect, PrintOptions } from './print/context.ts';

/** The listing of a ruleset: raised ones print exactly as nft 1.1.7 lists them, parsed ones as they were written. */
export function printNft(ruleset: Ruleset, options: PrintOptions = {}): string {
  const context = printContext(options);
  return ruleset.tables.map((table) => printTable(table, context)).join('');
}

/** A parsed ruleset in the layout of a listing, with its own words and numbers, not going through a program. */
export function printWritten(ruleset: Ruleset, options: PrintOptions = {}): string {
  const context = printContext(options, true);
  return ruleset.tables.map((table) => printTable(table, context)).join('');
}

/** One rule without indentation, as `nft list chain` shows it between the braces. */
export function printNftRule(rule: Rule, options: PrintOptions = {}): string {
  return printRule(rule, printContext(options));
}

export function printNftStatement(statement: Statement, options: PrintOptions = {}): string {
  return printStatement(statement, printContext(options));
}

export function printNftExpression(expression: Expression, options: PrintOptions = {}): string {
  return printExpression(expression, printContext(options));
}
