/** Types of `typeof` declarations: the expression's own, unevaluated (nft: typeof_expr). */

import type { Expression } from '../../ast/nft/expressions.ts';
import { integerType, invalidType } from '../../datatypes/basic.ts';
import { ctKeyByName } from '../../fields/ct.ts';
import { fail, type KeyShape, type LoweringContext } from '../context.ts';
import { typedCt } from '../evaluate/ct.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { typedExthdr } from '../evaluate/exthdr.ts';
import { typedPayload, typedRawPayload } from '../evaluate/payload.ts';
import type { TypedExpression } from '../typed.ts';
import { typeByName } from '../types.ts';

export function typeofShape(context: LoweringContext, node: Expression): KeyShape | undefined {
  switch (node.kind) {
    case 'payload':
      return shape(typedPayload(context, node));
    case 'raw-payload':
      return shape(typedRawPayload(node));
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk':
    case 'dccp-option':
      return shape(typedExthdr(context, node));
    case 'ct': {
      const key = ctKeyByName(node.key);
      if (key === undefined) return shape(typedCt(context, node));
      // Addresses of unknown version get no type here, whatever the family.
      const type = key.bits === 0 ? invalidType : typeByName(key.type);
      return { type, bits: key.bits, order: key.byteOrder };
    }
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return { type: integerType, bits: 32, order: 'host' };
    case 'meta':
    case 'rt':
    case 'fib':
    case 'socket':
    case 'osf':
    case 'ipsec':
    case 'binary':
      return shape(evaluateExpression(context, node));
    case 'tunnel':
      return fail(context, 'invalid-set', node.span, 'tunnel lacks typeof serialization');
    case 'symbol':
      if (node.text === 'queue') return { type: integerType, bits: 16, order: 'big' };
      return fail(context, 'invalid-set', node.span, `no type can be had from '${node.text}'`);
    default:
      return fail(context, 'invalid-set', node.span, `no type can be had from this ${node.kind}`);
  }
}

function shape(typed: TypedExpression | undefined): KeyShape | undefined {
  if (typed === undefined) return undefined;
  const { type, bits, order } = typed;
  return { type, bits, order };
}
