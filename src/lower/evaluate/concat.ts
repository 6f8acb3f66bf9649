/** Concatenations on both sides (nft: expr_evaluate_concat()). */

import type { ConcatExpression, Expression } from '../../ast/nft/expressions.ts';
import { invalidType } from '../../datatypes/basic.ts';
import { concatDatatype, paddedBits } from '../../datatypes/concat.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import { expectType, fail, type KeyShape, type LoweringContext } from '../context.ts';
import { expressionName, type TypedConcat, type TypedExpression } from '../typed.ts';
import { evaluateExpression } from './expression.ts';

/** NFT_MAX_EXPR_LEN_BITS: a concatenation fills at most the sixteen 4-byte registers. */
const widestConcat = 512;

const memberShape: KeyShape = { type: invalidType, bits: 0, order: 'none' };

export function evaluateConcat(
  context: LoweringContext,
  node: ConcatExpression,
): TypedExpression | undefined {
  const expected = context.expect.type;
  const key = context.expect.key?.parts === undefined ? undefined : context.expect.key;
  const fields = expected?.fields;
  const shapes = key?.parts;
  const count = expected === undefined ? 0 : (fields?.length ?? 0);
  const parts: TypedExpression[] = [];
  let bits = 0;
  for (const [index, part] of node.parts.entries()) {
    if (shapes !== undefined && index >= shapes.length) {
      return fail(context, 'datatype-mismatch', node.span, 'too many concatenation components');
    }
    if (!checkPart(context, node, part, expected, shapes === undefined ? count - index : 1)) {
      return undefined;
    }
    const shape = shapes?.[index] ?? fieldShape(fields?.[index]);
    const typed = evaluatePart(context, part, shape);
    if (typed === undefined) return undefined;
    if (expected === undefined && typed.bits === 0) {
      return fail(
        context,
        'datatype-mismatch',
        typed.span,
        `can not use variable sized data types (${typed.type.name}) in concat expressions`,
        { also: node.span },
      );
    }
    parts.push(typed);
    bits += paddedBits(shape === undefined || shape.bits === 0 ? typed.bits : shape.bits);
    if (bits > widestConcat) {
      return fail(
        context,
        'value-out-of-range',
        typed.span,
        `concatenation of size ${bits} exceeds maximum size of ${widestConcat}`,
      );
    }
  }
  const type = typeOf(parts, expected);
  if (parts.length < count) {
    return fail(
      context,
      'datatype-mismatch',
      node.span,
      `datatype mismatch, expected ${expected?.description ?? ''}, expression has type ${type.description}`,
    );
  }
  const concat: TypedConcat = { kind: 'concat', span: node.span, parts, type, bits, order: 'none' };
  expectType(context, type, 'none', bits);
  context.expect.key = key ?? shapeOf(concat);
  return concat;
}

function fieldShape(type: Datatype | undefined): KeyShape | undefined {
  return type === undefined ? undefined : { type, bits: type.bits, order: type.byteOrder };
}

/** Shape of the left side, as constants on the right and set keys need it. */
export function shapeOf(expression: TypedExpression): KeyShape {
  const { type, bits, order } = expression;
  if (expression.kind !== 'concat') return { type, bits, order };
  return { type, bits, order, parts: expression.parts.map(shapeOf) };
}

function typeOf(parts: readonly TypedExpression[], expected: Datatype | undefined): Datatype {
  const fields = expected?.fields;
  if (
    expected !== undefined &&
    fields?.length === parts.length &&
    parts.every((part, index) => part.type === fields[index])
  ) {
    return expected;
  }
  return concatDatatype(
    parts.map(({ type, bits }) => (type.bits === bits || type.bits > 0 ? type : { ...type, bits })),
  );
}

function checkPart(
  context: LoweringContext,
  node: ConcatExpression,
  part: Expression,
  expected: Datatype | undefined,
  left: number,
): boolean {
  if (part.kind === 'ct' && (part.key === 'saddr' || part.key === 'daddr')) {
    fail(
      context,
      'conflicting-protocols',
      part.span,
      'specify either ip or ip6 for address matching',
    );
    return false;
  }
  if (expected !== undefined && expected.base !== 'invalid' && left <= 0 && isWritten(part)) {
    fail(
      context,
      'datatype-mismatch',
      part.span,
      `unexpected concat component, expecting ${expected.description}`,
      { also: node.span },
    );
    return false;
  }
  return true;
}

function isWritten(node: Expression): boolean {
  return (
    node.kind === 'symbol' ||
    node.kind === 'string' ||
    node.kind === 'value' ||
    node.kind === 'prefix' ||
    node.kind === 'range'
  );
}

function evaluatePart(
  context: LoweringContext,
  part: Expression,
  shape: KeyShape | undefined,
): TypedExpression | undefined {
  expectType(context, shape?.type ?? invalidType, shape?.order ?? 'none', shape?.bits ?? 0);
  context.expect.key = memberShape;
  context.listDepth++;
  const typed = evaluateExpression(context, part);
  context.listDepth--;
  context.tunnel = undefined;
  if (typed === undefined) return undefined;
  const interval = typed.kind === 'range' || typed.kind === 'prefix';
  const outside = interval && context.listDepth === 0 && context.set === undefined;
  if (
    outside ||
    typed.kind === 'set' ||
    typed.kind === 'set-reference' ||
    typed.kind === 'verdict'
  ) {
    return fail(
      context,
      'invalid-expression',
      typed.span,
      `cannot use ${expressionName(typed)} in concatenation`,
    );
  }
  return typed;
}
