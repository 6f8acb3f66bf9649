/** dup, fwd and queue (nft: stmt_evaluate_dup(), _fwd(), _queue()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { DupStatement, FwdStatement, QueueStatement } from '../../ast/nft/statements.ts';
import type { Span } from '../../base/span.ts';
import { integerType } from '../../datatypes/basic.ts';
import { interfaceIndexType } from '../../datatypes/interface.ts';
import { fail, type LoweringContext, protocolsOf } from '../context.ts';
import { type Emitter, registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import type { TypedExpression } from '../typed.ts';
import { evaluateArgument, refuseRange } from './argument.ts';
import { evaluateNatAddress } from './nat.ts';
import { emit, pushOperation } from './push.ts';

const deviceShape = { type: interfaceIndexType, bits: 32, order: 'host' } as const;

function evaluateDevice(
  context: LoweringContext,
  node: Expression,
  span: Span,
  name: string,
): TypedExpression | undefined {
  const typed = evaluateArgument(context, node, deviceShape, span);
  return typed !== undefined && refuseRange(context, typed, name) ? typed : undefined;
}

function evaluateAddress(
  context: LoweringContext,
  node: Expression,
  family: 'ip' | 'ip6',
  span: Span,
  name: string,
): TypedExpression | undefined {
  const typed = evaluateNatAddress(context, node, family, span);
  return typed !== undefined && refuseRange(context, typed, name) ? typed : undefined;
}

function withLoaded(
  emitter: Emitter,
  expression: TypedExpression | undefined,
  then: (register: number | undefined) => void,
): void {
  if (expression === undefined) {
    then(undefined);
    return;
  }
  withRegister(emitter, expression, (unit) => {
    generateLoad(emitter, expression, unit);
    then(registerAt(unit));
  });
}

export function lowerDup(context: LoweringContext, statement: DupStatement): boolean {
  const { family } = protocolsOf(context);
  const { span } = statement;
  switch (family) {
    case 'ip':
    case 'ip6': {
      if (statement.address === undefined) {
        return refuse(context, span, 'missing destination address');
      }
      const address = evaluateNatAddress(context, statement.address, family, span);
      if (address === undefined) return false;
      const device =
        statement.device === undefined
          ? undefined
          : evaluateDevice(context, statement.device, span, 'dup');
      if (statement.device !== undefined && device === undefined) return false;
      if (!refuseRange(context, address, 'dup')) return false;
      return emitDup(context, span, address, device);
    }
    case 'netdev': {
      const target = statement.address ?? statement.device;
      if (target === undefined) return refuse(context, span, 'missing destination interface');
      if (statement.address !== undefined && statement.device !== undefined) {
        return refuse(context, span, 'cannot specify device');
      }
      const device = evaluateDevice(context, target, span, 'dup');
      return device === undefined ? false : emitDup(context, span, undefined, device);
    }
    default:
      return refuse(context, span, 'unsupported family');
  }
}

function refuse(context: LoweringContext, span: Span, message: string): false {
  fail(context, 'invalid-context', span, message);
  return false;
}

function emitDup(
  context: LoweringContext,
  span: Span,
  address: TypedExpression | undefined,
  device: TypedExpression | undefined,
): boolean {
  return emit(context, (emitter) =>
    withLoaded(emitter, address, (first) =>
      withLoaded(emitter, device, (second) => {
        emitter.operations.push({
          kind: 'dup',
          ...(first === undefined ? {} : { address: first }),
          ...(second === undefined ? {} : { device: second }),
          span,
        });
      }),
    ),
  );
}

export function lowerFwd(context: LoweringContext, statement: FwdStatement): boolean {
  const { span, family } = statement;
  if (protocolsOf(context).family !== 'netdev') return refuse(context, span, 'unsupported family');
  const device = evaluateDevice(context, statement.device, span, 'fwd');
  if (device === undefined) return false;
  let address: TypedExpression | undefined;
  if (statement.address !== undefined) {
    if (family === undefined) return refuse(context, span, 'missing family');
    address = evaluateAddress(context, statement.address, family, span, 'fwd');
    if (address === undefined) return false;
  }
  return emit(context, (emitter) =>
    withLoaded(emitter, device, (first) =>
      withLoaded(emitter, address, (second) => {
        emitter.operations.push({
          kind: 'fwd',
          device: first ?? 1,
          ...(second === undefined ? {} : { address: second }),
          ...(second === undefined || family === undefined ? {} : { family }),
          span,
        });
      }),
    ),
  );
}

const queueShape = { type: integerType, bits: 16, order: 'host' } as const;

export function lowerQueue(context: LoweringContext, statement: QueueStatement): boolean {
  const { number: node, flags = [], span } = statement;
  const bypass = flags.includes('bypass');
  const fanout = flags.includes('fanout');
  if (node === undefined) {
    return pushOperation(context, { kind: 'queue', number: 0, total: 1, bypass, fanout, span });
  }
  const target = evaluateArgument(context, node, queueShape, span);
  if (target === undefined) return false;
  if (fanout && target.kind !== 'range') {
    fail(context, 'invalid-expression', target.span, 'fanout requires a range to be specified');
    return false;
  }
  if (context.expect.max > 65535) {
    fail(context, 'value-out-of-range', target.span, 'queue expression max value exceeds 65535');
    return false;
  }
  if (target.kind === 'value' || target.kind === 'range') {
    const [first, last] =
      target.kind === 'value' ? [target.value, target.value] : [target.from.value, target.to.value];
    const total = Number(last - first) + 1;
    return pushOperation(context, {
      kind: 'queue',
      number: Number(first),
      total,
      bypass,
      fanout,
      span,
    });
  }
  return emit(context, (emitter) =>
    withRegister(emitter, target, (unit) => {
      generateLoad(emitter, target, unit);
      emitter.operations.push({ kind: 'queue', source: registerAt(unit), bypass, fanout, span });
    }),
  );
}
