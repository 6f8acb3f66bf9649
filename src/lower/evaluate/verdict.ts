/** Verdicts of statements and verdict maps (nft: expr_evaluate_verdict()). */

import { chainOfVerdict, type Verdict as WrittenVerdict } from '../../ast/nft/verdict.ts';
import type { Span } from '../../base/span.ts';
import { verdictType } from '../../datatypes/basic.ts';
import type { Verdict } from '../../model/operations.ts';
import { textLength } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import { holeVerdict, longestChainName } from '../shape/pass.ts';
import type { TypedExpression } from '../typed.ts';
import { wordSpan } from '../word-span.ts';

export function evaluateVerdict(
  context: LoweringContext,
  written: WrittenVerdict,
  span: Span,
): TypedExpression | undefined {
  const verdict = modelVerdict(context, written, span);
  if (verdict === undefined) return undefined;
  return { kind: 'verdict', verdict, span, type: verdictType, bits: 0, order: 'none' };
}

export function modelVerdict(
  context: LoweringContext,
  written: WrittenVerdict,
  span: Span,
): Verdict | undefined {
  switch (written.kind) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return { kind: written.kind };
    case 'queue':
      return fail(context, 'invalid-expression', span, 'queue is no verdict of this kernel');
    case 'jump':
    case 'goto': {
      const known = holeVerdict(written);
      if (known !== undefined) return known;
      const chain = chainOfVerdict(written);
      const place = typeof written.chain === 'string' ? undefined : written.chain.span;
      if (chain === undefined) {
        return fail(context, 'invalid-expression', place ?? span, 'this is no name of a chain');
      }
      if (chain === '' || textLength(chain) > longestChainName) {
        const message = `chain name must be 1 to ${longestChainName} characters long`;
        return fail(context, 'name-too-long', place ?? wordSpan(span, chain), message);
      }
      return { kind: written.kind, chain };
    }
  }
}
