/** `add @s { … }`, `update @m { … : … }` and the old `meter` (nft: stmt_evaluate_set(), _map(), _meter()). */

import type { ElementExpression, Expression } from '../../ast/nft/expressions.ts';
import type { MeterStatement, SetUpdateStatement, Statement } from '../../ast/nft/statements.ts';
import type { DynsetOperation, Operation } from '../../model/operations.ts';
import {
  expectNothing,
  expectShape,
  fail,
  type KeyShape,
  type LoweringContext,
} from '../context.ts';
import { shapeOf } from '../evaluate/concat.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import { expectedShape } from '../sets/map.ts';
import { findSet } from '../sets/reference.ts';
import { isMap, type SetBuild, setWord } from '../sets/set-build.ts';
import { isConstant, type TypedExpression } from '../typed.ts';
import { checkArgument, evaluateArgument } from './argument.ts';
import { emit } from './push.ts';
import { statefulOperations } from './stateful.ts';

interface ElementParts {
  readonly key: Expression;
  readonly timeout?: number;
  readonly comment?: string;
  readonly statements: readonly Statement[];
}

function elementParts(node: Expression): ElementParts {
  if (node.kind !== 'element') return { key: node, statements: [] };
  const { key, timeout, comment, statements = [] }: ElementExpression = node;
  return {
    key,
    statements,
    ...(timeout === undefined ? {} : { timeout }),
    ...(comment === undefined ? {} : { comment }),
  };
}

export function lowerSetUpdate(context: LoweringContext, statement: SetUpdateStatement): boolean {
  expectNothing(context);
  const set = findSet(context, statement.set, statement.span);
  if (set === undefined || !checkUpdate(context, statement, set)) return false;
  const parts = elementParts(statement.element);
  if (parts.comment !== undefined) {
    fail(
      context,
      'invalid-expression',
      parts.key.span,
      'key expression comments are not supported',
    );
    return false;
  }
  const key = evaluateKey(context, set, parts.key, statement);
  if (key === undefined) return false;
  const data = statement.data === undefined ? undefined : evaluateData(context, set, statement);
  if (statement.data !== undefined && data === undefined) return false;
  const written = [...parts.statements, ...(statement.statements ?? [])];
  const operations = statefulOperations(context, written);
  if (operations.length !== written.length) return false;
  checkConnlimit(context, set, written);
  if (context.table.table.earlierSets?.has(set.name) !== true) {
    if (set.interval && !set.dynamic) {
      // nft makes the set dynamic, and the kernel has no such set of intervals.
      const message = `set '${set.name}' holds intervals and takes no elements from rules: operation not supported`;
      fail(context, 'kernel-refused', set.span, message);
    }
    set.dynamic = true;
  }
  return emitDynset(context, {
    operator: statement.operation,
    set,
    key,
    data,
    timeout: parts.timeout,
    operations,
    span: statement.span,
  });
}

/** nft_dynset_init(): an expression with garbage collection of its own does not go into a set with timeouts. */
function checkConnlimit(
  context: LoweringContext,
  set: SetBuild,
  statements: readonly Statement[],
): void {
  const connlimit = statements.find(({ kind }) => kind === 'ct-count');
  if (connlimit === undefined || !set.timeout) return;
  const message = `the kernel takes no ct count in elements of ${set.name}: the set has timeouts`;
  fail(context, 'kernel-refused', connlimit.span, message);
}

function checkUpdate(
  context: LoweringContext,
  statement: SetUpdateStatement,
  set: SetBuild,
): boolean {
  if (statement.data !== undefined && !isMap(set)) {
    fail(context, 'invalid-set', statement.span, `${set.name} is not a map`);
    return false;
  }
  return true;
}

function evaluateKey(
  context: LoweringContext,
  set: SetBuild,
  node: Expression,
  statement: SetUpdateStatement,
): TypedExpression | undefined {
  expectShape(context, set.key);
  const typed = evaluateExpression(context, node);
  if (typed === undefined) return undefined;
  return checkArgument(context, typed, set.key, statement.span);
}

function evaluateData(
  context: LoweringContext,
  set: SetBuild,
  statement: SetUpdateStatement,
): TypedExpression | undefined {
  if (statement.data === undefined || set.data === undefined) return undefined;
  const parts = elementParts(statement.data);
  if (parts.comment !== undefined || parts.timeout !== undefined) {
    return fail(
      context,
      'invalid-expression',
      parts.key.span,
      'data expressions have neither comment nor timeout',
    );
  }
  return evaluateArgument(context, parts.key, set.data, statement.span);
}

interface Update {
  readonly operator: DynsetOperation['operator'];
  readonly set: SetBuild;
  readonly key: TypedExpression;
  readonly data: TypedExpression | undefined;
  readonly timeout: number | undefined;
  readonly operations: readonly Operation[];
  readonly span: Statement['span'];
}

function emitDynset(context: LoweringContext, update: Update): boolean {
  const { operator, set, key, data, timeout, operations, span } = update;
  return emit(context, (emitter) =>
    withRegister(emitter, key, (unit) => {
      generateLoad(emitter, key, unit);
      const push = (dataUnit: number | undefined) => {
        emitter.operations.push({
          kind: 'dynset',
          operator,
          set: set.name,
          key: registerAt(unit),
          ...(dataUnit === undefined ? {} : { data: registerAt(dataUnit) }),
          ...(timeout === undefined || timeout === 0 ? {} : { timeout }),
          inverted: false,
          operations,
          span,
        });
      };
      if (data === undefined) return push(undefined);
      withRegister(emitter, data, (dataUnit) => {
        generateLoad(emitter, data, dataUnit);
        push(dataUnit);
      });
    }),
  );
}

export function lowerMeter(context: LoweringContext, statement: MeterStatement): boolean {
  const existing = context.table.sets.get(statement.name);
  if (existing !== undefined && (!existing.dynamic || isMap(existing))) {
    fail(
      context,
      'invalid-set',
      statement.span,
      `meter '${statement.name}' overlaps an existing ${setWord(existing)}`,
    );
    return false;
  }
  expectNothing(context);
  const parts = elementParts(statement.key);
  const key = evaluateExpression(context, parts.key);
  if (key === undefined) return false;
  if (isConstant(key) || parts.comment !== undefined) {
    fail(
      context,
      'invalid-expression',
      key.span,
      isConstant(key)
        ? 'meter key expression can not be constant'
        : 'meter key expression can not contain comments',
    );
    return false;
  }
  if (existing !== undefined && !checkExisting(context, statement, existing, parts)) return false;
  const set = existing ?? declareMeter(context, statement, shapeOfKey(context, key), parts);
  const operations = statefulOperations(context, [...parts.statements, statement.statement]);
  if (operations.length === 0) return false;
  return emitDynset(context, {
    operator: hasTimeout(parts) ? 'update' : 'add',
    set,
    key,
    data: undefined,
    timeout: parts.timeout,
    operations,
    span: statement.span,
  });
}

/** None is as good as 0. */
function hasTimeout({ timeout }: ElementParts): boolean {
  return timeout !== undefined && timeout > 0;
}

function shapeOfKey(context: LoweringContext, key: TypedExpression): KeyShape {
  return key.kind === 'concat' ? shapeOf(key) : expectedShape(context, key);
}

function checkExisting(
  context: LoweringContext,
  statement: MeterStatement,
  set: SetBuild,
  parts: ElementParts,
): boolean {
  const { key } = parts;
  const problem =
    set.timeout && !hasTimeout(parts)
      ? `existing set '${set.name}' has timeout flag`
      : !set.timeout && hasTimeout(parts)
        ? `existing set '${set.name}' lacks timeout flag`
        : statement.size !== undefined && statement.size > 0 && set.size !== statement.size
          ? `existing set '${set.name}' has size ${set.size ?? 0}, meter has ${statement.size}`
          : undefined;
  if (problem === undefined) return true;
  fail(context, 'invalid-set', key.span, problem);
  return false;
}

function declareMeter(
  context: LoweringContext,
  statement: MeterStatement,
  key: KeyShape,
  parts: ElementParts,
): SetBuild {
  const set: SetBuild = {
    name: statement.name,
    anonymous: false,
    kind: 'set',
    span: statement.span,
    key,
    data: undefined,
    dataInterval: false,
    objectType: undefined,
    constant: false,
    interval: false,
    concat: false,
    timeout: hasTimeout(parts),
    dynamic: true,
    autoMerge: false,
    size: (statement.size ?? 0) % 2 ** 32 || undefined,
    operations: [],
    elements: [],
    declaration: undefined,
  };
  context.table.sets.set(set.name, set);
  context.table.meters.push(set);
  return set;
}
