/** What a statement is given: a value of a known datatype (nft: stmt_evaluate_arg()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import type { ByteOrder, Datatype } from '../../datatypes/datatype.ts';
import { convertOrder } from '../byteorder.ts';
import { bitmask } from '../bytes.ts';
import { expectType, fail, type LoweringContext } from '../context.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { isConstant, rootType, type TypedExpression, type TypedPrefix } from '../typed.ts';
import { compatibleType } from '../types.ts';

export interface ArgumentShape {
  readonly type: Datatype;
  readonly bits: number;
  readonly order: ByteOrder;
}

export function evaluateArgument(
  context: LoweringContext,
  node: Expression,
  shape: ArgumentShape,
  statement: Span,
): TypedExpression | undefined {
  expectType(context, shape.type, shape.order, shape.bits);
  const typed = evaluateExpression(context, node);
  return typed === undefined ? undefined : checkArgument(context, typed, shape, statement);
}

/** nft: __stmt_evaluate_arg() */
export function checkArgument(
  context: LoweringContext,
  typed: TypedExpression,
  shape: ArgumentShape,
  statement: Span,
): TypedExpression | undefined {
  const { type, order, bits } = shape;
  const bareInteger = typed.kind === 'payload' && typed.type.number === 4;
  const mismatch =
    bareInteger && (type.base !== 'integer' || typed.bits !== bits) && type.name !== 'mark';
  if (mismatch || (bareInteger && typed.bits !== bits)) {
    return fail(
      context,
      'datatype-mismatch',
      typed.span,
      `datatype mismatch: expected ${type.description}, expression has type ${typed.type.description} with length ${typed.bits}`,
      { also: statement },
    );
  }
  if (!compatibleType(type, typed.type)) {
    return fail(
      context,
      'datatype-mismatch',
      typed.span,
      `datatype mismatch: expected ${type.description}, expression has type ${typed.type.description}`,
      { also: statement },
    );
  }
  if (
    type.name === 'mark' &&
    typed.type.base === 'integer' &&
    !isConstant(typed) &&
    typed.kind !== 'map'
  ) {
    return convertOrder(context, typed, order);
  }
  return checkKind(context, typed, shape, statement);
}

function checkKind(
  context: LoweringContext,
  typed: TypedExpression,
  shape: ArgumentShape,
  statement: Span,
): TypedExpression | undefined {
  switch (typed.kind) {
    case 'map':
      // Only addresses of nat take both ends of mapped intervals.
      if (typed.set.anonymous && typed.set.dataInterval && !/_addr/.test(shape.type.name)) {
        fail(context, 'kernel-refused', typed.set.span, 'mapped intervals cannot be used here');
      }
      return typed;
    case 'set':
      return fail(
        context,
        'invalid-expression',
        typed.span,
        'you cannot use a set here, unknown value to use',
        { also: statement },
      );
    case 'set-reference':
      return fail(
        context,
        'invalid-expression',
        typed.span,
        'you cannot reference a set here, unknown value to use',
        { also: statement },
      );
    case 'prefix':
      return prefixRange(context, typed);
    case 'load':
      if (typed.name === 'rt') return convertOrder(context, typed, shape.order);
      if (typed.name === 'numgen' && shape.type.name === 'ipv4_addr') {
        return convertOrder(context, typed, shape.order);
      }
      return typed;
    default:
      return typed;
  }
}

/** nft: stmt_prefix_conversion() */
function prefixRange(context: LoweringContext, prefix: TypedPrefix): TypedExpression | undefined {
  const { base, length, span, type, bits, order } = prefix;
  if (rootType(type) !== 'integer') {
    return fail(context, 'invalid-expression', span, 'prefix expression expected integer value');
  }
  const last = base.value | bitmask(bits - length);
  if (last === base.value) return base;
  return { kind: 'range', span, type, bits, order, from: base, to: { ...base, value: last } };
}

export function refuseRange(
  context: LoweringContext,
  typed: TypedExpression,
  statement: string,
): boolean {
  if (typed.kind !== 'range') return true;
  fail(context, 'invalid-expression', typed.span, `${statement}: range argument not supported`);
  return false;
}
