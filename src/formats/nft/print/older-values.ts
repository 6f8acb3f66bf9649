/** What nft 1.0.6 lists otherwise besides masks: codes by name, offsets in decimal, hours, bits of raw headers. */

import type {
  BinaryExpression,
  Expression,
  RawPayloadExpression,
} from '../../../ast/nft/expressions.ts';
import type { Statement, StatementByKind } from '../../../ast/nft/statements.ts';
import { mapChildren } from '../../../ast/nft/visit.ts';
import { hexIntegerType, integerType } from '../../../datatypes/basic.ts';
import { ctStatusType } from '../../../datatypes/conntrack.ts';
import type { Datatype } from '../../../datatypes/datatype.ts';
import {
  icmpCodeType,
  icmpv6CodeType,
  icmpxCodeType,
  rejectIcmpCodeType,
  rejectIcmpv6CodeType,
  rejectIcmpxCodeType,
} from '../../../datatypes/icmp.ts';
import { markType } from '../../../datatypes/mark.ts';

/** Flags of connections that got their names later. */
const laterStatus: ReadonlySet<string> = new Set([
  'seq-adjust',
  'snat-done',
  'dnat-done',
  'fixed-timeout',
  'helper',
  'offload',
  'hw-offload',
]);

const olderStatus: Datatype = {
  ...ctStatusType,
  symbols: (ctStatusType.symbols ?? []).filter(({ name }) => !laterStatus.has(name)),
};

const olderTypes: ReadonlyMap<Datatype, Datatype> = new Map([
  [ctStatusType, olderStatus],
  [icmpCodeType, rejectIcmpCodeType],
  [icmpv6CodeType, rejectIcmpv6CodeType],
  [icmpxCodeType, rejectIcmpxCodeType],
]);

/** The datatype whose symbols and base that release prints: codes had names, options of MPTCP had none. */
export function olderDatatype(type: Datatype): Datatype {
  if (type.number === 4 && type.symbols !== undefined) return integerType;
  return olderTypes.get(type) ?? type;
}

/** The statement with the expressions that nft 1.0.6 would have found in the kernel's rule. */
export function olderStatement(node: Statement): Statement {
  switch (node.kind) {
    case 'match':
      return olderMatchParts(node);
    case 'vmap':
      return { ...node, key: olderKey(node.key), data: olderData(node.key, node.data) };
    case 'mangle':
      return rawBitsWrite(node) ?? { ...node, value: olderMaps(node.value) };
    case 'object-reference':
      return { ...node, name: olderMaps(node.name) };
    case 'tproxy': {
      const { port, ...rest } = node;
      return port === undefined || port.kind === 'value' ? node : rest;
    }
    default:
      return node;
  }
}

function olderMatchParts(node: StatementByKind['match']): Statement {
  const hours = hourRange(node);
  if (hours !== undefined) return hours;
  const bits = rawBits(node);
  if (bits !== undefined) return bits;
  const right = singleElement(node.right) ?? olderData(node.left, node.right);
  return { ...node, left: olderKey(node.left), right };
}

/** A set of one element was compared as a constant, and lost its statements. */
function singleElement(node: Expression): Expression | undefined {
  const [only] = node.kind === 'set' && node.items.length === 1 ? node.items : [];
  return only?.kind === 'element' ? only.key : undefined;
}

function olderMaps(node: Expression): Expression {
  if (node.kind === 'map') {
    return { ...node, key: olderKey(node.key), data: olderData(node.key, node.data) };
  }
  return node.kind === 'binary' ? markMask(node) : mapChildren(node, olderMaps);
}

/** What is looked up or compared. */
function olderKey(node: Expression): Expression {
  if (isOffset(node)) return inDecimal(node);
  if (node.kind === 'concat') return { ...node, parts: node.parts.map(shiftedPart) };
  return node.kind === 'binary' ? markMask(node) : node;
}

/** Constants beside it. */
function olderData(key: Expression, data: Expression): Expression {
  const masked = key.kind === 'binary' && key.left.kind === 'raw-payload' && data.kind === 'set';
  return masked || isOffset(key) ? inDecimal(data) : data;
}

/** Within concatenations the bits below DSCP were shown as a shift. */
function shiftedPart(node: Expression): Expression {
  if (node.kind !== 'payload' || node.protocol !== 'ip' || node.field !== 'dscp') return node;
  const right = { kind: 'value', type: integerType, bits: 8, value: 2n, span: node.span } as const;
  return { kind: 'binary', operator: '>>', left: node, right, span: node.span };
}

/** Masks behind a shift kept the eight digits of marks. */
function markMask(node: BinaryExpression): Expression {
  const left = node.left.kind === 'binary' ? markMask(node.left) : node.left;
  const { right, operator } = node;
  const shift = operator === '<<' || operator === '>>';
  const mask = right.kind === 'value' && right.type.number === 4 && !shift && isMark(left);
  return { ...node, left, right: mask ? { ...right, type: markType } : right };
}

function isMark(node: Expression): boolean {
  if (node.kind === 'binary') return isMark(node.left);
  return (node.kind === 'meta' || node.kind === 'ct') && node.key === 'mark';
}

/** Only later releases print the fragment offset of IPv4 in hexadecimal. */
export function isOffset(node: Expression): boolean {
  if (node.kind === 'binary') return isOffset(node.left);
  if (node.kind === 'concat') return node.parts.some(isOffset);
  return node.kind === 'payload' && node.protocol === 'ip' && node.field === 'frag-off';
}

export function inDecimal(node: Expression): Expression {
  if (node.kind === 'value') {
    return node.type === hexIntegerType ? { ...node, type: integerType } : node;
  }
  return mapChildren(node, inDecimal);
}

/** Hours over midnight (in UTC) are not turned around. */
function hourRange(node: StatementByKind['match']): Statement | undefined {
  const { left, right, operator } = node;
  if (left.kind !== 'meta' || left.key !== 'hour' || right.kind !== 'range') return undefined;
  const { from, to } = right;
  if (from.kind !== 'value' || to.kind !== 'value' || from.value <= to.value) return undefined;
  const turned = operator === '!=' ? 'in' : '!=';
  return { ...node, operator: turned, right: { ...right, from: to, to: from } };
}

/** The whole bytes that hold some bits of a header. */
interface Covering {
  readonly payload: RawPayloadExpression;
  /** The bits themselves, where they stand in those bytes. */
  readonly mask: bigint;
  readonly shift: bigint;
}

function coveringOf(node: Expression, steps: readonly number[]): Covering | undefined {
  if (node.kind !== 'raw-payload' || (node.offset % 8 === 0 && node.bits % 8 === 0)) {
    return undefined;
  }
  const offset = node.offset - (node.offset % 8);
  const needed = node.offset + node.bits - offset;
  const bits = steps.find((step) => step >= needed);
  if (bits === undefined) return undefined;
  const end = bits === 16 || bits === 32 ? alignedStart(node, bits) : offset;
  const shift = BigInt(end + bits - node.offset - node.bits);
  const mask = ((1n << BigInt(node.bits)) - 1n) << shift;
  return { payload: { ...node, offset: end, bits }, mask, shift };
}

/** Writes take 16 or 32 bits at an even place, so that the checksum can follow. */
function alignedStart({ offset, bits: width }: RawPayloadExpression, bits: number): number {
  const even = offset - (offset % 16);
  return even + bits >= offset + width ? even : offset - (offset % 8);
}

const anyWidth = [8, 16, 24, 32, 40, 48, 56, 64];

/** `@ih,35,3 0x2` is `@ih,32,8 & 0x1c == 0x8`. */
function rawBits(node: StatementByKind['match']): Statement | undefined {
  const { left, right, operator } = node;
  if (right.kind !== 'value' || typeof right.value !== 'bigint') return undefined;
  const covering = coveringBytes(left);
  if (covering === undefined) return undefined;
  const { payload, mask, shift } = covering;
  return {
    ...node,
    operator: operator === 'in' ? '==' : operator,
    left: binary('&', payload, constant(mask, payload)),
    right: constant(right.value << shift, payload),
  };
}

function coveringBytes(node: Expression): Covering | undefined {
  if (node.kind !== 'raw-payload' || (node.offset % 8 === 0 && node.bits % 8 === 0)) {
    return undefined;
  }
  const offset = node.offset - (node.offset % 8);
  const bits = anyWidth.find((width) => offset + width >= node.offset + node.bits) ?? 64;
  const shift = BigInt(offset + bits - node.offset - node.bits);
  const mask = ((1n << BigInt(node.bits)) - 1n) << shift;
  return { payload: { ...node, offset, bits }, mask, shift };
}

/** `@ih,58,6 set 0x1` is `@ih,48,16 set @ih,48,16 & 0xffc1 | 0x1`; for zero the bits that go are shown. */
function rawBitsWrite(node: StatementByKind['mangle']): Statement | undefined {
  const { key, value } = node;
  if (value.kind !== 'value' || typeof value.value !== 'bigint') return undefined;
  const covering = coveringOf(key, [16, 32]);
  if (covering === undefined) return undefined;
  const { payload, mask, shift } = covering;
  const bits = value.value << shift;
  const all = (1n << BigInt(payload.bits)) - 1n;
  const kept = binary('&', payload, constant(bits === 0n ? mask : (all ^ mask) | bits, payload));
  const written = bits === 0n ? kept : binary('|', kept, constant(bits, payload));
  return { ...node, key: payload, value: written };
}

function binary(operator: '&' | '|', left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, span: left.span };
}

function constant(value: bigint, { bits, span }: RawPayloadExpression): Expression {
  return { kind: 'value', type: hexIntegerType, bits, value, span };
}
