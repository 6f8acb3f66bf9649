/** Verdicts of statements and verdict maps (nft: expr_evaluate_verdict()). */

import type { Verdict as WrittenVerdict } from '../../ast/nft/verdict.ts';
import type { Span } from '../../base/span.ts';
import { verdictType } from '../../datatypes/basic.ts';
import type { Verdict } from '../../model/operations.ts';
import { textLength } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import type { TypedExpression } from '../typed.ts';

/** NFT_CHAIN_MAXNAMELEN counts the terminating zero. */
const longestName = 255;

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
      const chain = chainName(written.chain);
      if (chain === undefined) {
        return fail(context, 'invalid-expression', span, 'not a value expression');
      }
      if (chain === '' || textLength(chain) > longestName) {
        return fail(
          context,
          'name-too-long',
          span,
          `chain name must be 1 to ${longestName} characters long`,
        );
      }
      return { kind: written.kind, chain };
    }
  }
}

function chainName(
  chain: Extract<WrittenVerdict, { chain: unknown }>['chain'],
): string | undefined {
  if (typeof chain === 'string') return chain;
  if (chain.kind === 'symbol' || chain.kind === 'string') return chain.text;
  return undefined;
}
