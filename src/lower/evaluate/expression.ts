/** Evaluation of one expression by its kind (nft: expr_evaluate()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import { fail, type LoweringContext } from '../context.ts';
import { evaluateSetItems } from '../sets/items.ts';
import { evaluateMap } from '../sets/map.ts';
import { evaluateSetReference } from '../sets/reference.ts';
import { holeValue } from '../shape/pass.ts';
import type { TypedExpression } from '../typed.ts';
import { evaluateBinary } from './binary.ts';
import { evaluateConcat } from './concat.ts';
import { evaluateBoolean, evaluateTyped, evaluateWord } from './constant.ts';
import { evaluateCt } from './ct.ts';
import { evaluateExthdr } from './exthdr.ts';
import { evaluatePrefix, evaluateRange } from './interval.ts';
import { evaluateList } from './list.ts';
import { evaluatePayload, evaluateTypedPayload, typedRawPayload } from './payload.ts';
import {
  evaluateFib,
  evaluateIpsec,
  evaluateJhash,
  evaluateMeta,
  evaluateNumgen,
  evaluateOsf,
  evaluateRt,
  evaluateSocket,
  evaluateSymhash,
  evaluateTunnel,
} from './primary.ts';
import { evaluateVerdict } from './verdict.ts';

/** The evaluated expression; undefined after an error, which the diagnostics tell. */
export function evaluateExpression(
  context: LoweringContext,
  node: Expression,
): TypedExpression | undefined {
  switch (node.kind) {
    case 'symbol':
    case 'string':
      return (
        holeValue(node, context) ??
        evaluateWord(context, node.text, node.span, node.kind === 'string')
      );
    case 'value':
      return evaluateTyped(context, node);
    case 'boolean':
      return evaluateBoolean(context, node.value, node.span);
    case 'payload':
      return evaluatePayload(context, node);
    case 'raw-payload':
      return evaluateTypedPayload(context, typedRawPayload(node));
    case 'meta':
      return evaluateMeta(context, node);
    case 'ct':
      return evaluateCt(context, node);
    case 'prefix':
      return evaluatePrefix(context, node);
    case 'range':
      return evaluateRange(context, node);
    case 'concat':
      return evaluateConcat(context, node);
    case 'list':
      return evaluateList(context, node);
    case 'set':
      return evaluateSetItems(context, node);
    case 'set-reference':
      return evaluateSetReference(context, node);
    case 'map':
      return evaluateMap(context, node);
    case 'verdict':
      return evaluateVerdict(context, node.verdict, node.span);
    case 'binary':
      return evaluateBinary(context, node);
    default:
      return evaluateRare(context, node);
  }
}

function evaluateRare(context: LoweringContext, node: Expression): TypedExpression | undefined {
  switch (node.kind) {
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk':
    case 'dccp-option':
      return evaluateExthdr(context, node);
    case 'rt':
      return evaluateRt(context, node);
    case 'fib':
      return evaluateFib(context, node);
    case 'socket':
      return evaluateSocket(context, node);
    case 'osf':
      return evaluateOsf(context, node);
    case 'ipsec':
      return evaluateIpsec(context, node);
    case 'tunnel':
      return evaluateTunnel(context, node);
    case 'numgen':
      return evaluateNumgen(context, node);
    case 'symhash':
      return evaluateSymhash(context, node);
    case 'jhash':
      return evaluateJhash(context, node);
    default:
      return fail(context, 'invalid-expression', node.span, `${node.kind} cannot be used here`);
  }
}
