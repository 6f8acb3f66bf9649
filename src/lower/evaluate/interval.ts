/** Prefixes and ranges of constants (nft: expr_evaluate_prefix(), _range()). */

import type { Expression, PrefixExpression, RangeExpression } from '../../ast/nft/expressions.ts';
import { prefixMask } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import { maskedValue } from '../shape/pass.ts';
import { isConstant, rootType, type TypedExpression, type TypedValue } from '../typed.ts';
import { evaluateExpression } from './expression.ts';

export function evaluatePrefix(
  context: LoweringContext,
  node: PrefixExpression,
): TypedExpression | undefined {
  const base = evaluateExpression(context, node.address);
  if (base === undefined) return undefined;
  if (!isConstant(base)) {
    return fail(
      context,
      'invalid-expression',
      node.span,
      'prefix expression is undefined for non-constant expressions',
    );
  }
  const root = rootType(base.type);
  if (base.kind !== 'value' || (root !== 'integer' && root !== 'string')) {
    return fail(
      context,
      'invalid-expression',
      node.span,
      `prefix expression is undefined for ${base.type.description} types`,
    );
  }
  if (node.length > base.bits) {
    return fail(
      context,
      'value-out-of-range',
      node.span,
      `prefix length ${node.length} is invalid for type of ${base.bits} bits width`,
    );
  }
  // nft cuts the text, then takes a star at its end for a wildcard.
  if (base.text?.slice(0, node.length >> 3).endsWith('*') === true) {
    return fail(context, 'invalid-expression', node.span, 'a prefix of a wildcard is undefined');
  }
  const { max } = context.expect;
  const mask = prefixMask(base.bits, node.length);
  if (max > 0 && base.text === undefined && mask > BigInt(max)) {
    const message = `value ${mask} exceeds valid range 0-${max}`;
    return fail(context, 'value-out-of-range', node.span, message);
  }
  return {
    kind: 'prefix',
    span: node.span,
    type: base.type,
    bits: base.bits,
    order: base.order,
    length: node.length,
    base: base.text === undefined ? maskedValue(base, node.length) : base,
  };
}

/** Both ends, before their order is looked at. */
export function evaluateEnds(
  context: LoweringContext,
  node: RangeExpression,
): { readonly from: TypedValue; readonly to: TypedValue } | undefined {
  const from = evaluateEnd(context, node, node.from);
  if (from === undefined) return undefined;
  const to = evaluateEnd(context, node, node.to);
  return to === undefined ? undefined : { from, to };
}

function evaluateEnd(
  context: LoweringContext,
  range: RangeExpression,
  node: Expression,
): TypedValue | undefined {
  const end = evaluateExpression(context, node);
  if (end === undefined) return undefined;
  if (rootType(end.type) !== 'integer') {
    return fail(
      context,
      'invalid-expression',
      end.span,
      `range expression is undefined for ${end.type.description} types`,
      { also: range.span },
    );
  }
  if (end.kind !== 'value') {
    return fail(context, 'invalid-expression', end.span, 'range is not constant', {
      also: range.span,
    });
  }
  return end;
}

export function evaluateRange(
  context: LoweringContext,
  node: RangeExpression,
): TypedExpression | undefined {
  const ends = evaluateEnds(context, node);
  if (ends === undefined) return undefined;
  const { from, to } = ends;
  if (from.value > to.value) {
    return fail(context, 'negative-range', node.span, 'range negative size');
  }
  if (from.value === to.value) return from;
  return rangeOf(from, to, node);
}

export function rangeOf(from: TypedValue, to: TypedValue, node: RangeExpression): TypedExpression {
  return {
    kind: 'range',
    span: node.span,
    type: from.type,
    bits: from.bits,
    order: from.order,
    from,
    to,
  };
}
