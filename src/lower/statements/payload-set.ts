/** Writes to header fields (nft: stmt_evaluate_payload()). */

import type { PayloadExpression, RawPayloadExpression } from '../../ast/nft/expressions.ts';
import type { MangleStatement } from '../../ast/nft/statements.ts';
import { integerType } from '../../datatypes/basic.ts';
import { convertOrder } from '../byteorder.ts';
import { bitmask } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import { fieldShift, isUnaligned } from '../evaluate/bits.ts';
import { resolvePayload, typedPayload, typedRawPayload } from '../evaluate/payload.ts';
import { registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import { protocolUdp, protocolVlan } from '../protocol.ts';
import {
  isConstant,
  type TypedBinary,
  type TypedExpression,
  type TypedPayload,
  type TypedValue,
} from '../typed.ts';
import { evaluateArgument, refuseRange } from './argument.ts';
import { emit } from './push.ts';

export function lowerPayloadSet(
  context: LoweringContext,
  statement: MangleStatement,
  node: PayloadExpression | RawPayloadExpression,
): boolean {
  if (node.tunnel !== undefined) return unsupported(context, node);
  const typed = node.kind === 'payload' ? typedPayload(context, node) : typedRawPayload(node);
  if (typed === undefined) return false;
  if (typed.tunnel !== undefined) return unsupported(context, node);
  const field = resolvePayload(context, typed);
  if (field === undefined) return false;
  const value = evaluateValue(context, statement, field);
  if (value === undefined) return false;
  const write = align(context, field, value);
  return write === undefined ? false : emitWrite(context, statement, field, write);
}

function unsupported(
  context: LoweringContext,
  node: { readonly span: TypedExpression['span'] },
): false {
  fail(
    context,
    'invalid-expression',
    node.span,
    'payload statement for this expression is not supported',
  );
  return false;
}

function evaluateValue(
  context: LoweringContext,
  statement: MangleStatement,
  field: TypedPayload,
): TypedExpression | undefined {
  const { type, bits, order } = field;
  context.payloadStatement = true;
  const value = evaluateArgument(context, statement.value, { type, bits, order }, statement.span);
  context.payloadStatement = false;
  if (value === undefined) return undefined;
  const converted = isConstant(value) ? value : convertOrder(context, value, order);
  if (converted === undefined || !refuseRange(context, converted, 'payload')) return undefined;
  return converted;
}

/** What is written, and to which whole bytes. */
interface Write {
  readonly target: TypedPayload;
  readonly value: TypedExpression;
}

/** Checksummed headers and VLAN tags are written in pairs of bytes. */
function needsPairs(field: TypedPayload): boolean {
  if (field.base === 'inner') return true;
  return field.protocol?.rows?.checksum !== undefined || field.protocol === protocolVlan;
}

function align(
  context: LoweringContext,
  field: TypedPayload,
  value: TypedExpression,
): Write | undefined {
  const pairs = needsPairs(field);
  if (!isUnaligned(field) && (!pairs || (field.bits / 8) % 2 === 0)) {
    return { target: field, value };
  }
  const { shift, extra } = fieldShift(field.offset, field.bits);
  let offset = Math.floor(field.offset / 8);
  let bytes = Math.ceil((field.bits + extra) / 8);
  let up = shift;
  if (bytes > 16) {
    return fail(
      context,
      'value-out-of-range',
      field.span,
      `uneven load cannot span more than 16 bytes, got ${bytes}`,
    );
  }
  if (pairs && bytes % 2 === 1) {
    bytes++;
    if (offset % 2 === 1) offset--;
    else up += 8;
  }
  const whole: TypedPayload = {
    ...field,
    offset: offset * 8,
    bits: bytes * 8,
    raw: true,
    protocolKey: false,
  };
  if (value.kind === 'value') {
    const moved: TypedValue = { ...value, value: value.value << BigInt(up) };
    return { target: whole, value: keepRest(field, whole, up, moved) };
  }
  if (value.kind === 'binary') return alignBinary(context, field, whole, up, value);
  return fail(
    context,
    'invalid-expression',
    value.span,
    'payload statement for this expression is not supported',
  );
}

/** (bytes & outside the field) ^ value */
function keepRest(
  field: TypedPayload,
  whole: TypedPayload,
  up: number,
  value: TypedExpression,
): TypedExpression {
  const outside = bitmask(whole.bits) ^ (bitmask(field.bits) << BigInt(up));
  const { span, type, bits, order } = whole;
  const common = { span, type, bits, order } as const;
  const masked: TypedBinary = {
    kind: 'binary',
    operator: '&',
    left: whole,
    right: { kind: 'value', value: outside, ...common, type: integerType },
    ...common,
  };
  const right = value.kind === 'value' ? { ...value, bits, order } : value;
  return { kind: 'binary', operator: '^', left: masked, right, ...common };
}

/** `ip dscp set ip dscp & 0x3f | 1`: operators on the field itself work on the bytes that hold it. */
function alignBinary(
  context: LoweringContext,
  field: TypedPayload,
  whole: TypedPayload,
  up: number,
  value: TypedBinary,
): Write | undefined {
  const chain: TypedBinary[] = [];
  let source: TypedExpression = value;
  while (source.kind === 'binary') {
    chain.push(source);
    source = source.left;
  }
  const same =
    source.kind === 'payload' &&
    source.base === field.base &&
    source.protocol === field.protocol &&
    source.offset === field.offset &&
    source.bits === field.bits;
  if (!same) return { target: whole, value: keepRest(field, whole, up, value) };
  const { span, type, bits, order } = whole;
  const common = { span, type, bits, order } as const;
  let rebuilt: TypedExpression = whole;
  for (const [index, step] of chain.reverse().entries()) {
    if (step.right.kind !== 'value') {
      return fail(
        context,
        'invalid-expression',
        step.right.span,
        'payload statement for this expression is not supported',
      );
    }
    const right = index === 0 ? shiftOperand(field, whole, up, step, step.right) : step.right;
    rebuilt = {
      kind: 'binary',
      operator: step.operator,
      left: rebuilt,
      right: { ...right, bits, order },
      ...common,
    };
  }
  return { target: whole, value: rebuilt };
}

function shiftOperand(
  field: TypedPayload,
  whole: TypedPayload,
  up: number,
  step: TypedBinary,
  right: TypedValue,
): TypedValue {
  const moved = right.value << BigInt(up);
  if (step.operator !== '&') return { ...right, value: moved };
  const outside = bitmask(whole.bits) ^ (bitmask(field.bits) << BigInt(up));
  return { ...right, value: moved | outside };
}

/** nft: netlink_gen_payload_stmt() */
function emitWrite(
  context: LoweringContext,
  statement: MangleStatement,
  field: TypedPayload,
  write: Write,
): boolean {
  const { target, value } = write;
  const rows = field.protocol?.rows;
  const checksum = rows?.checksum;
  const inPseudoHeader =
    (field.base === 'network' &&
      field.field !== undefined &&
      rows?.pseudoHeader?.includes(field.field.name) === true) ||
    (field.base === 'transport' && field.protocol === protocolUdp) ||
    field.base === 'inner';
  return emit(context, (emitter) =>
    withRegister(emitter, value, (unit) => {
      generateLoad(emitter, value, unit);
      emitter.operations.push({
        kind: 'payload-write',
        base: target.base,
        offset: target.offset / 8,
        length: target.bits / 8,
        source: registerAt(unit),
        checksumType: checksum?.type ?? 'none',
        checksumOffset: checksum?.offset ?? 0,
        pseudoHeader: inPseudoHeader,
        span: statement.span,
      });
    }),
  );
}
