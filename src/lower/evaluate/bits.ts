/** Fields that do not fill whole bytes: load, mask, shift (nft: expr_evaluate_bits()). */

import { integerType } from '../../datatypes/basic.ts';
import { bitmask } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import type { TypedExpression, TypedExthdr, TypedPayload } from '../typed.ts';

/** How far the field lies above the lowest bit of the bytes that hold it, and the bits to load beyond them. */
export function fieldShift(
  offset: number,
  bits: number,
): { readonly shift: number; readonly extra: number } {
  let shift = Math.ceil(bits / 8) * 8 - ((offset % 8) + bits);
  let extra = 0;
  while (shift < 0) {
    shift += 8;
    extra += 8;
  }
  return { shift, extra };
}

export function isUnaligned(expression: TypedPayload | TypedExthdr): boolean {
  return expression.offset % 8 !== 0 || expression.bits % 8 !== 0;
}

export function evaluateBits(
  context: LoweringContext,
  field: TypedPayload | TypedExthdr,
): TypedExpression | undefined {
  if (context.payloadStatement) return field;
  const { shift, extra } = fieldShift(field.offset, field.bits);
  const bits = field.bits + shift;
  const { span, type } = field;
  if (bits > 128) {
    return fail(
      context,
      'value-out-of-range',
      span,
      `mask length ${bits} exceeds allowed maximum of 128`,
    );
  }
  const masked: TypedExpression = {
    kind: 'binary',
    operator: '&',
    left: extra > 0 ? { ...field, bits: field.bits + extra } : field,
    right: constant(bitmask(field.bits) << BigInt(shift), bits, span),
    span,
    type,
    bits,
    order: field.order,
  };
  if (shift === 0) return masked;
  const swap = (context.expect.key !== undefined || context.statementBits > 0) && bits > 8;
  const left: TypedExpression = swap
    ? { kind: 'byteorder', operator: 'ntoh', argument: masked, span, type, bits, order: 'host' }
    : masked;
  return {
    kind: 'binary',
    operator: '>>',
    left,
    right: constant(BigInt(shift), 32, span),
    span,
    type,
    bits,
    order: left.order,
  };
}

function constant(value: bigint, bits: number, span: TypedExpression['span']): TypedExpression {
  return { kind: 'value', span, type: integerType, bits, order: 'host', value };
}
