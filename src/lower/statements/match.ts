/** Comparisons (nft: expr_evaluate_relational()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { MatchStatement } from '../../ast/nft/statements.ts';
import { joinSpans } from '../../base/span.ts';
import { convertOrder } from '../byteorder.ts';
import { type ComparisonOperator, expectNothing, fail, type LoweringContext } from '../context.ts';
import { pushItem } from '../dependency.ts';
import { shapeOf } from '../evaluate/concat.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { evaluateEnds, rangeOf } from '../evaluate/interval.ts';
import { evaluateFib } from '../evaluate/primary.ts';
import { updateFromMatch } from '../protocol-update.ts';
import { fillAnonymous, newAnonymous, shapeAnonymous } from '../sets/anonymous.ts';
import { evaluateSetReference, referenceTo } from '../sets/reference.ts';
import { transferToConstant, transferToElements } from '../sets/transfer.ts';
import { adapted } from '../shape/pass.ts';
import {
  expressionName,
  isConstant,
  isSingleton,
  rootType,
  type TypedExpression,
  type TypedSet,
} from '../typed.ts';
import { isFlags, sameType } from '../types.ts';

interface Sides {
  readonly left: TypedExpression;
  readonly right: TypedExpression;
  readonly operator: ComparisonOperator;
}

export function lowerMatch(context: LoweringContext, statement: MatchStatement): boolean {
  expectNothing(context);
  const sides = evaluateSides(context, statement);
  if (sides === undefined) return false;
  if (isPlain(sides)) return pushPlain(context, statement, sides);
  const checked = checkSides(context, statement, sides);
  if (checked === undefined) return false;
  const { left, right, operator } = checked;
  if (operator === '==' || operator === 'in') updateFromMatch(context, left, right);
  const final = finishMatch(context, statement, checked);
  if (final === undefined) return false;
  pushItem(context, { kind: 'match', ...final, span: statement.span });
  return true;
}

/** By far most comparisons: a load and one constant of its type. */
function isPlain({ left, right, operator }: Sides): boolean {
  const loaded =
    left.kind === 'payload' ||
    left.kind === 'exthdr' ||
    left.kind === 'load' ||
    (left.kind === 'meta' && left.key.name !== 'secmark');
  const equality = operator === '==' || operator === 'in' || operator === '!=';
  return loaded && equality && right.kind === 'value' && sameType(left.type, right.type);
}

function pushPlain(
  context: LoweringContext,
  { span }: MatchStatement,
  { left, right, operator }: Sides,
): boolean {
  if (operator !== '!=') updateFromMatch(context, left, right);
  const sameOrder = right.order === left.order || rootType(right.type) === 'string';
  const constant =
    sameOrder || right.kind !== 'value' ? right : adapted(right, { order: left.order });
  pushItem(context, { kind: 'match', operator, left, right: constant, span });
  return true;
}

function evaluateSides(context: LoweringContext, statement: MatchStatement): Sides | undefined {
  const { right: written } = statement;
  const reference =
    written.kind === 'set-reference' ? evaluateSetReference(context, written) : undefined;
  if (written.kind === 'set-reference' && reference === undefined) return undefined;
  if (written.kind === 'flags-mask') return evaluateFlagsMask(context, statement);
  const left = evaluateLeft(context, statement);
  if (left === undefined) return undefined;
  if (written.kind === 'range' && isClock(left)) return clockRange(context, statement, left);
  const right = reference ?? evaluateExpression(context, written);
  return right === undefined ? undefined : { left, right, operator: statement.operator };
}

function evaluateLeft(
  context: LoweringContext,
  statement: MatchStatement,
): TypedExpression | undefined {
  const { left, right } = statement;
  return left.kind === 'fib' && right.kind === 'boolean'
    ? evaluateFib(context, left, 'boolean')
    : evaluateExpression(context, left);
}

/** `flags syn / fin,syn`: the mask on the left side, the value on the right. */
function evaluateFlagsMask(context: LoweringContext, statement: MatchStatement): Sides | undefined {
  const { right, left, operator } = statement;
  if (right.kind !== 'flags-mask') return undefined;
  const masked = evaluateExpression(context, {
    kind: 'binary',
    operator: '&',
    left,
    right: asBinary(right.mask),
    span: statement.span,
  });
  if (masked === undefined) return undefined;
  const value = evaluateExpression(context, asBinary(right.value));
  if (value === undefined) return undefined;
  return { left: masked, right: value, operator: operator === 'in' ? '==' : operator };
}

/** nft: list_expr_to_binop() */
function asBinary(node: Expression): Expression {
  if (node.kind !== 'list') return node;
  return node.items.reduce((left, right) => ({
    kind: 'binary',
    operator: '|',
    left,
    right,
    span: joinSpans(left.span, right.span),
  }));
}

function isClock(left: TypedExpression): boolean {
  return left.kind === 'meta' && (left.key.name === 'hour' || left.key.name === 'day');
}

/** Ranges of the clock may cross midnight: `23:00-03:00` is what lies outside 03:00-23:00. */
function clockRange(
  context: LoweringContext,
  statement: MatchStatement,
  left: TypedExpression,
): Sides | undefined {
  const { right, operator } = statement;
  if (right.kind !== 'range') return undefined;
  const ends = evaluateEnds(context, right);
  if (ends === undefined) return undefined;
  const { from, to } = ends;
  if (from.value === to.value) return { left, right: from, operator };
  if (from.value < to.value) return { left, right: rangeOf(from, to, right), operator };
  return {
    left,
    right: rangeOf(to, from, right),
    operator: operator === '!=' ? '==' : operator === '==' || operator === 'in' ? '!=' : operator,
  };
}

function checkSides(
  context: LoweringContext,
  statement: MatchStatement,
  sides: Sides,
): Sides | undefined {
  const { left, right } = sides;
  const also = statement.span;
  if (!isConstant(right)) {
    return fail(
      context,
      'invalid-expression',
      right.span,
      `right hand side of relational expression (${statement.operator}) must be constant`,
      { also },
    );
  }
  if (isConstant(left)) {
    return fail(
      context,
      'invalid-expression',
      left.span,
      `relational expression (${statement.operator}) has constant value`,
      { also: right.span },
    );
  }
  if (!sameType(left.type, right.type)) {
    return fail(
      context,
      'datatype-mismatch',
      right.span,
      `datatype mismatch, expected ${left.type.description}, expression has type ${right.type.description}`,
      { also: left.span },
    );
  }
  if ((left.kind === 'meta' || left.kind === 'ct') && left.key.name === 'secmark') {
    return fail(
      context,
      'invalid-expression',
      right.span,
      'cannot be used with right hand side constant value',
      { also: left.span },
    );
  }
  return unwrapSingleton(sides);
}

/** `{ x }` with nothing attached is `x` (nft: optimize_singleton_set()). */
function unwrapSingleton(sides: Sides): Sides {
  const { left, right, operator } = sides;
  const equality = operator === '==' || operator === 'in' || operator === '!=';
  if (right.kind !== 'set' || left.kind === 'concat' || !equality) return sides;
  const [only, ...more] = right.elements;
  if (only === undefined || more.length > 0) return sides;
  const flags = operator === 'in' && isFlags(right.type) && right.type.name !== 'ct_state';
  const fixed = flags ? '==' : operator;
  const { key } = only;
  const plain = key?.kind === 'value' || key?.kind === 'prefix' || key?.kind === 'range';
  if (only.operations !== undefined || !plain) return { ...sides, operator: fixed };
  return { left, right: key, operator: fixed };
}

function finishMatch(
  context: LoweringContext,
  statement: MatchStatement,
  sides: Sides,
): Sides | undefined {
  const { operator } = sides;
  switch (operator) {
    case '!':
      if (!checkNegation(context, sides)) return undefined;
      return finishEquality(context, sides);
    case '==':
    case 'in':
    case '!=':
      return finishEquality(context, sides);
    default:
      return finishOrdering(context, statement, sides);
  }
}

function checkNegation(context: LoweringContext, sides: Sides): boolean {
  const { left, right } = sides;
  const problem =
    left.kind === 'binary'
      ? 'cannot combine negation with binary expression'
      : right.kind !== 'value' || !isFlags(right.type)
        ? 'negation can only be used with singleton bitmask values'
        : undefined;
  if (problem === undefined) return true;
  const details = { also: right.span };
  fail(context, 'invalid-expression', left.span, problem, details);
  return false;
}

function finishEquality(context: LoweringContext, sides: Sides): Sides | undefined {
  const { left, right, operator } = sides;
  switch (right.kind) {
    case 'set':
      return withAnonymousSet(context, left, right, operator);
    case 'set-reference': {
      if (left.kind === 'ct' && (left.key.name === 'saddr' || left.key.name === 'daddr')) {
        const message = 'specify either ip or ip6 for address matching';
        return fail(context, 'conflicting-protocols', left.span, message);
      }
      const converted = right.set.interval ? convertOrder(context, left, 'big') : left;
      return converted === undefined ? undefined : { left: converted, right, operator };
    }
    case 'range': {
      const converted = convertOrder(context, left, 'big');
      return converted === undefined ? undefined : transferred(context, converted, right, operator);
    }
    case 'prefix':
      return {
        left,
        right: { ...right, order: left.order, base: adapted(right.base, { order: left.order }) },
        operator,
      };
    case 'value': {
      const value = convertOrder(context, right, left.order);
      return value === undefined ? undefined : transferred(context, left, value, operator);
    }
    default:
      return fail(
        context,
        'invalid-expression',
        left.span,
        'use concatenations with sets and maps, not singleton values',
        { also: right.span },
      );
  }
}

function transferred(
  context: LoweringContext,
  left: TypedExpression,
  right: TypedExpression,
  operator: ComparisonOperator,
): Sides | undefined {
  const moved = transferToConstant(context, left, right);
  return moved === undefined ? undefined : { ...moved, operator };
}

function withAnonymousSet(
  context: LoweringContext,
  left: TypedExpression,
  members: TypedSet,
  operator: ComparisonOperator,
): Sides | undefined {
  if (members.elements.length === 0) {
    return fail(context, 'invalid-set', members.span, 'set is empty');
  }
  const { span } = members;
  const set = newAnonymous(context, {
    pattern: '__set%d',
    kind: 'set',
    key: shapeOf(left),
    span,
  });
  if (!shapeAnonymous(context, set, members)) return undefined;
  if (set.interval) {
    if (!fillAnonymous(context, set, members.elements)) return undefined;
    const converted = convertOrder(context, left, 'big');
    return converted === undefined
      ? undefined
      : { left: converted, right: referenceTo(set, span), operator };
  }
  const moved = transferToElements(context, left, members.elements);
  if (moved === undefined || !fillAnonymous(context, set, moved.right)) return undefined;
  return { left: moved.left, right: referenceTo(set, span), operator };
}

function finishOrdering(
  context: LoweringContext,
  statement: MatchStatement,
  sides: Sides,
): Sides | undefined {
  const { left, right, operator } = sides;
  const bad = left.kind === 'concat' ? left : isSingleton(right) ? undefined : right;
  if (bad !== undefined) {
    return fail(
      context,
      'invalid-expression',
      bad.span,
      `relational expression (${operator}) is undefined for ${expressionName(bad)} expressions`,
      { also: statement.span },
    );
  }
  const first = convertOrder(context, left, 'big');
  const second = convertOrder(context, right, 'big');
  if (first === undefined || second === undefined) return undefined;
  return transferred(context, first, second, operator);
}
