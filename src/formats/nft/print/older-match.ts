/** Matches under a mask as nft 1.0.6 lists them: prefixes of marks, and flags as `VALUE / MASK`. */

import type { BinaryExpression, Expression } from '../../../ast/nft/expressions.ts';
import type { StatementByKind } from '../../../ast/nft/statements.ts';
import { maskPrefixLength } from '../../../raise/bits.ts';

type Print = (node: Expression) => string;

/** Types whose leading bits nft 1.0.6 writes as a prefix, beside addresses. */
const prefixTypes: ReadonlySet<string> = new Set(['mark', 'realm', 'devgroup']);

/** undefined where both releases write the same. */
export function olderMatch(
  { operator, left, right }: StatementByKind['match'],
  print: Print,
): string | undefined {
  if (operator !== '==' && operator !== '!=') return undefined;
  if (left.kind !== 'binary' || left.operator !== '&') return undefined;
  const value = prefixText(left, right, print) ?? flagsText(left, right, print);
  const not = operator === '!=' ? '!= ' : '';
  return value && `${print(left.left)} ${not}${value}`;
}

function prefixText(
  { right: mask }: BinaryExpression,
  value: Expression,
  print: Print,
): string | undefined {
  if (mask.kind !== 'value' || typeof mask.value !== 'bigint') return undefined;
  if (value.kind !== 'value') return undefined;
  if (!prefixTypes.has(mask.type.name)) return undefined;
  const length = maskPrefixLength(mask.value, mask.bits);
  return length ? `${print(value)}/${length}` : undefined;
}

function flagsText(
  { right: mask }: BinaryExpression,
  value: Expression,
  print: Print,
): string | undefined {
  const masked = flags(mask);
  const wanted = flags(value);
  if (masked === undefined || wanted === undefined) return undefined;
  // One flag under its own mask is written as later releases write it.
  if (masked.length === 1 && wanted.length === 1 && sameValue(masked[0], wanted[0]))
    return undefined;
  return [wanted, masked].map((list) => list.map(print).join(',')).join(' / ');
}

function sameValue(first: Expression | undefined, second: Expression | undefined): boolean {
  return first?.kind === 'value' && second?.kind === 'value' && first.value === second.value;
}

/** The flags of `a | b | c`, or one alone. */
function flags(node: Expression): readonly Expression[] | undefined {
  if (node.kind === 'value') return node.type.base === 'bitmask' ? [node] : undefined;
  if (node.kind !== 'binary' || node.operator !== '|') return undefined;
  const left = flags(node.left);
  const right = flags(node.right);
  return left && right && [...left, ...right];
}
