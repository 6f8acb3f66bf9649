/** Moves shifts of the left side to the members of a set (nft: binop_transfer()). */

import type { LoweringContext } from '../context.ts';
import { invert, invertible, stripped } from '../evaluate/binary.ts';
import type { TypedBinary, TypedElement, TypedExpression } from '../typed.ts';

export interface Transferred<Right> {
  readonly left: TypedExpression;
  readonly right: Right;
}

/** Undefined after an error. */
export function transferToElements(
  context: LoweringContext,
  left: TypedExpression,
  elements: readonly TypedElement[],
): Transferred<readonly TypedElement[]> | undefined {
  if (left.kind !== 'binary') return { left, right: elements };
  for (const { key } of elements) {
    const answer = key === undefined ? 'no' : canTransfer(context, left, key);
    if (answer === 'error') return undefined;
    if (answer === 'no') return { left, right: elements };
  }
  const moved = elements.map((element) =>
    element.key === undefined ? element : { ...element, key: transferOne(left, element.key) },
  );
  return { left: stripped(left), right: moved };
}

export function transferToConstant(
  context: LoweringContext,
  left: TypedExpression,
  right: TypedExpression,
): Transferred<TypedExpression> | undefined {
  if (left.kind !== 'binary' || (right.kind !== 'value' && right.kind !== 'range')) {
    return { left, right };
  }
  const answer = canTransfer(context, left, right);
  if (answer === 'error') return undefined;
  if (answer === 'no') return { left, right };
  return { left: stripped(left), right: transferOne(left, right) };
}

function canTransfer(
  context: LoweringContext,
  left: TypedBinary,
  right: TypedExpression,
): 'yes' | 'no' | 'error' {
  if (right.kind === 'value') return invertible(context, left, right);
  if (right.kind !== 'range') return 'no';
  const from = invertible(context, left, right.from);
  return from === 'yes' ? invertible(context, left, right.to) : from;
}

function transferOne(left: TypedBinary, right: TypedExpression): TypedExpression {
  if (right.kind === 'value') return invert(left, right);
  if (right.kind !== 'range') return right;
  const from = invert(left, right.from);
  const to = invert(left, right.to);
  return { ...right, from, to, bits: from.bits };
}
