/** `meta … set`, `ct … set`, header fields and options `set` (nft: stmt_evaluate_meta(), _ct(), _exthdr()). */

import type { CtExpression, MetaExpression } from '../../ast/nft/expressions.ts';
import type { MangleStatement, ResetOptionStatement } from '../../ast/nft/statements.ts';
import { ctKeyByName } from '../../fields/ct.ts';
import { metaKeyByName } from '../../fields/meta.ts';
import { fail, type LoweringContext } from '../context.ts';
import { checkConntrack } from '../evaluate/ct.ts';
import { evaluateTypedExthdr, typedExthdr } from '../evaluate/exthdr.ts';
import { registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import { isConstant } from '../typed.ts';
import { typeByName } from '../types.ts';
import { evaluateArgument, refuseRange } from './argument.ts';
import { lowerPayloadSet } from './payload-set.ts';
import { emit, pushOperation } from './push.ts';

export function lowerMangle(context: LoweringContext, statement: MangleStatement): boolean {
  const { key } = statement;
  switch (key.kind) {
    case 'meta':
      return lowerMetaSet(context, statement, key);
    case 'ct':
      return lowerCtSet(context, statement, key);
    case 'payload':
    case 'raw-payload':
      return lowerPayloadSet(context, statement, key);
    case 'tcp-option':
    case 'exthdr':
    case 'ip-option':
    case 'sctp-chunk':
    case 'dccp-option':
      return lowerOptionSet(context, statement);
    default:
      fail(context, 'invalid-expression', key.span, 'this cannot be set');
      return false;
  }
}

function lowerMetaSet(
  context: LoweringContext,
  statement: MangleStatement,
  node: MetaExpression,
): boolean {
  const key = metaKeyByName(node.key);
  if (key === undefined) {
    fail(context, 'unknown-symbol', node.span, `no meta key '${node.key}'`);
    return false;
  }
  context.statementBits = key.bits;
  const shape = { type: typeByName(key.type), bits: key.bits, order: key.byteOrder };
  const value = evaluateArgument(context, statement.value, shape, statement.span);
  context.statementBits = 0;
  if (value === undefined || !refuseRange(context, value, 'meta')) return false;
  if (key.settable !== true) {
    fail(
      context,
      'kernel-refused',
      statement.span,
      `the kernel cannot set meta ${key.name}: operation not supported`,
    );
  }
  return emit(context, (emitter) =>
    withRegister(emitter, value, (unit) => {
      generateLoad(emitter, value, unit);
      emitter.operations.push({
        kind: 'meta-set',
        key: key.listing,
        source: registerAt(unit),
        span: statement.span,
      });
    }),
  );
}

function lowerCtSet(
  context: LoweringContext,
  statement: MangleStatement,
  node: CtExpression,
): boolean {
  const key = ctKeyByName(node.key);
  if (key === undefined) {
    fail(context, 'unknown-symbol', node.span, `no ct key '${node.key}'`);
    return false;
  }
  context.statementBits = key.bits;
  const shape = { type: typeByName(key.type), bits: key.bits, order: key.byteOrder };
  const value = evaluateArgument(context, statement.value, shape, statement.span);
  context.statementBits = 0;
  if (value === undefined || !refuseRange(context, value, 'ct')) return false;
  if (key.name === 'secmark' && isConstant(value)) {
    fail(
      context,
      'invalid-expression',
      statement.span,
      'ct secmark must not be set to constant value',
    );
    return false;
  }
  if (key.settable !== true) {
    fail(
      context,
      'kernel-refused',
      statement.span,
      `the kernel cannot set ct ${key.name}: operation not supported`,
    );
  }
  checkConntrack(context, statement.span);
  const { direction } = node;
  return emit(context, (emitter) =>
    withRegister(emitter, value, (unit) => {
      generateLoad(emitter, value, unit);
      emitter.operations.push({
        kind: 'ct-set',
        key: key.listing,
        source: registerAt(unit),
        ...(direction === undefined ? {} : { direction }),
        span: statement.span,
      });
    }),
  );
}

/** nft_exthdr_tcp_set_init(): fields of two or four bytes behind kind and length. */
function checkOptionWrite(
  context: LoweringContext,
  { offset, bits }: { readonly offset: number; readonly bits: number },
  { key }: MangleStatement,
): void {
  const bytes = Math.ceil(bits / 8);
  if (offset >= 16 && (bytes === 2 || bytes === 4)) return;
  const message = 'the kernel does not write this field of TCP options: operation not supported';
  fail(context, 'kernel-refused', key.span, message);
}

function lowerOptionSet(context: LoweringContext, statement: MangleStatement): boolean {
  const { key } = statement;
  if (
    key.kind !== 'tcp-option' &&
    key.kind !== 'exthdr' &&
    key.kind !== 'ip-option' &&
    key.kind !== 'sctp-chunk' &&
    key.kind !== 'dccp-option'
  ) {
    return false;
  }
  const typed = typedExthdr(context, key);
  if (typed === undefined) return false;
  const checked = evaluateTypedExthdr(context, typed);
  if (checked === undefined) return false;
  const shape = { type: checked.type, bits: checked.bits, order: 'big' } as const;
  const value = evaluateArgument(context, statement.value, shape, statement.span);
  if (value === undefined || !refuseRange(context, value, 'exthdr')) return false;
  if (typed.operator !== 'tcpopt' || checked.kind !== 'exthdr') {
    fail(
      context,
      'kernel-refused',
      statement.span,
      'the kernel writes only whole fields of TCP options: operation not supported',
    );
    return true;
  }
  checkOptionWrite(context, typed, statement);
  return emit(context, (emitter) =>
    withRegister(emitter, value, (unit) => {
      generateLoad(emitter, value, unit);
      emitter.operations.push({
        kind: 'exthdr-write',
        operator: 'tcpopt',
        type: typed.number,
        offset: Math.floor(typed.offset / 8),
        length: Math.ceil(typed.bits / 8),
        source: registerAt(unit),
        span: statement.span,
      });
    }),
  );
}

export function lowerResetOption(
  context: LoweringContext,
  statement: ResetOptionStatement,
): boolean {
  const { option } = statement;
  const typed = option.kind === 'tcp-option' ? typedExthdr(context, option) : undefined;
  if (typed === undefined) {
    fail(context, 'invalid-expression', option.span, 'only TCP options can be reset');
    return false;
  }
  return pushOperation(context, {
    kind: 'exthdr-reset',
    operator: 'tcpopt',
    type: typed.number,
    span: statement.span,
  });
}
