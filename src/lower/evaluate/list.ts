/** `a,b,c`: flags or-ed together (nft: expr_evaluate_list()). */

import type { ListExpression } from '../../ast/nft/expressions.ts';
import { fail, type LoweringContext } from '../context.ts';
import type { TypedExpression } from '../typed.ts';
import { evaluateExpression } from './expression.ts';

export function evaluateList(
  context: LoweringContext,
  node: ListExpression,
): TypedExpression | undefined {
  const { type, bits } = context.expect;
  let value = 0n;
  for (const item of node.items) {
    context.listDepth++;
    const typed = evaluateExpression(context, item);
    context.listDepth--;
    if (typed === undefined) return undefined;
    if (typed.kind !== 'value') {
      return fail(
        context,
        'invalid-expression',
        typed.span,
        'list member must be a constant value',
      );
    }
    if (typed.type.base !== 'bitmask' || typed.type.number === 3) {
      return fail(
        context,
        'invalid-expression',
        typed.span,
        `basetype of type ${typed.type.description} is not bitmask`,
      );
    }
    value |= typed.value;
  }
  if (type === undefined) return undefined;
  return { kind: 'value', span: node.span, type, bits, order: 'host', value };
}
