/** One rule: its statements evaluated in order, reduced, and turned into operations (nft: rule_evaluate()). */

import type { Rule } from '../ast/nft/ruleset.ts';
import { isShaped } from '../ast/nft/shaped-rule.ts';
import type { Statement } from '../ast/nft/statements.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { NameEnvironment } from '../datatypes/environment.ts';
import type { Operation } from '../model/operations.ts';
import type { ProgramRule } from '../model/program.ts';
import { fail, type LoweringContext } from './context.ts';
import { newEmitter } from './generate/emitter.ts';
import { generateMatch } from './generate/match.ts';
import { reduceItems } from './generate/reduce.ts';
import { newProtocolContext, resetProtocols } from './protocol.ts';
import { lowerShaped, type ShapeVariants } from './shape/lower-shaped.ts';
import { isTerminal, lowerStatement } from './statements/statement.ts';
import type { TableScope } from './table-scope.ts';

export interface RuleScope {
  readonly table: TableScope;
  readonly environment: NameEnvironment;
  readonly diagnostics: Diagnostic[];
  /** What is known of the shapes of rules; without it every rule is lowered in full. */
  readonly shapes?: ShapeVariants;
  /** A context that no rule is using: making one per rule is what would cost most. */
  spare?: LoweringContext | undefined;
}

export function newContext(scope: RuleScope): LoweringContext {
  const { family } = scope.table.table;
  return {
    environment: scope.environment,
    diagnostics: scope.diagnostics,
    family,
    table: scope.table,
    expect: { type: undefined, order: 'none', bits: 0, max: 0, key: undefined },
    statementBits: 0,
    payloadStatement: false,
    protocols: newProtocolContext(family),
    innerProtocols: undefined,
    tunnel: undefined,
    items: [],
    set: undefined,
    listDepth: 0,
    binaryDepth: 0,
  };
}

/** The rule's operations; empty with diagnostics when a statement is wrong. */
export function lowerRule(scope: RuleScope, rule: Rule): ProgramRule {
  if (scope.shapes !== undefined && isShaped(rule)) {
    const known = lowerShaped(scope, scope.shapes, rule, (statements) =>
      lowerInScope(scope, statements),
    );
    if (known !== undefined) return known;
  }
  const { span, handle, comment } = rule;
  return {
    operations: lowerInScope(scope, rule.statements),
    ...(handle === undefined ? {} : { handle }),
    ...(comment === undefined ? {} : { comment }),
    span,
  };
}

const nothing: readonly Operation[] = [];

function lowerInScope(scope: RuleScope, statements: readonly Statement[]): readonly Operation[] {
  const context = scope.spare ?? newContext(scope);
  scope.spare = undefined;
  const operations = lowerStatements(context, statements);
  resetContext(context);
  scope.spare = context;
  return operations;
}

function resetContext(context: LoweringContext): void {
  context.statementBits = 0;
  context.payloadStatement = false;
  resetProtocols(context.protocols);
  context.innerProtocols = undefined;
  context.tunnel = undefined;
  context.items = [];
  context.set = undefined;
  context.listDepth = 0;
  context.binaryDepth = 0;
}

function lowerStatements(
  context: LoweringContext,
  statements: readonly Statement[],
): readonly Operation[] {
  let terminal: Statement | undefined;
  for (const statement of statements) {
    if (terminal !== undefined) {
      fail(
        context,
        'statement-without-effect',
        statement.span,
        'statement after terminal statement has no effect',
        { also: terminal.span },
      );
      return nothing;
    }
    context.statementBits = 0;
    if (!lowerStatement(statement, context)) return nothing;
    if (isTerminal(statement)) terminal = statement;
    context.tunnel = undefined;
  }
  return operationsOf(context);
}

function operationsOf(context: LoweringContext): readonly Operation[] {
  const emitter = newEmitter();
  for (const item of reduceItems(context.items, context.family)) {
    if (item.kind === 'match') generateMatch(emitter, item);
    else for (const operation of item.operations) emitter.operations.push(operation);
  }
  // A copy has no room to spare: many rules are kept.
  return emitter.operations.slice();
}
