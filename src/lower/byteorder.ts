/** Byte order conversion of evaluated expressions (nft: byteorder_conversion()). */

import type { ByteOrder } from '../datatypes/datatype.ts';
import { fail, type LoweringContext } from './context.ts';
import { adapted } from './shape/pass.ts';
import { expressionName, isConstant, rootType, type TypedExpression } from './typed.ts';

const orderNames = { host: 'host endian', big: 'big endian', none: 'invalid' } as const;

export function convertOrder(
  context: LoweringContext,
  expression: TypedExpression,
  order: ByteOrder,
): TypedExpression | undefined {
  if (expression.order === order) return expression;
  if (expression.kind === 'concat') {
    return { ...expression, order, parts: expression.parts.map(convertPart) };
  }
  switch (rootType(expression.type)) {
    case 'integer':
      return convertInteger(expression, order);
    case 'string':
      return expression;
    default:
      return fail(
        context,
        'datatype-mismatch',
        expression.span,
        `byteorder mismatch: expected ${orderNames[order]}, ${expressionName(expression)} got ${orderNames[expression.order]}`,
      );
  }
}

function convertInteger(expression: TypedExpression, order: ByteOrder): TypedExpression {
  const fixed = isConstant(expression) || expression.kind === 'map' || expression.bits <= 8;
  if (fixed || expression.order === 'none') {
    return expression.kind === 'value' ? adapted(expression, { order }) : { ...expression, order };
  }
  return swapped(expression, order);
}

function swapped(argument: TypedExpression, order: ByteOrder): TypedExpression {
  const { span, type, bits } = argument;
  return {
    kind: 'byteorder',
    operator: order === 'big' ? 'hton' : 'ntoh',
    argument,
    span,
    type,
    bits,
    order,
  };
}

/** Fields of a concatenation that is looked up in intervals: numbers in network order. */
function convertPart(part: TypedExpression): TypedExpression {
  if (part.order === 'big' || rootType(part.type) !== 'integer') return part;
  if (part.kind === 'value') return adapted(part, { order: 'big' });
  return part.bits > 8 && part.order === 'host' ? swapped(part, 'big') : part;
}
