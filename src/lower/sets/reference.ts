/** `@name` (nft: expr_evaluate_symbol() for sets). */

import type { SetReferenceExpression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { expectShape, fail, type LoweringContext } from '../context.ts';
import { closest } from '../suggest.ts';
import type { TypedSetReference } from '../typed.ts';
import { type SetBuild, setWord } from './set-build.ts';

export function evaluateSetReference(
  context: LoweringContext,
  node: SetReferenceExpression,
): TypedSetReference | undefined {
  const set = findSet(context, node.name, node.span);
  if (set === undefined) return undefined;
  expectShape(context, set.key);
  return referenceTo(set, node.span);
}

export function referenceTo(set: SetBuild, span: Span): TypedSetReference {
  const { type, bits, order } = set.key;
  return { kind: 'set-reference', set, span, type, bits, order };
}

export function findSet(context: LoweringContext, name: string, span: Span): SetBuild | undefined {
  const set = context.table.sets.get(name);
  if (set !== undefined) return set;
  const near = closest(name, context.table.sets.keys());
  const meant = near === undefined ? undefined : context.table.sets.get(near);
  const { table } = context.table;
  return fail(
    context,
    'unknown-set',
    span,
    `no set or map '${name}' in table ${table.family} ${table.name}`,
    meant === undefined ? {} : { hint: `did you mean ${setWord(meant)} '${meant.name}'?` },
  );
}
