/** Constants: words and numbers read by the datatype that is expected (nft: expr_evaluate_symbol(), _value()). */

import type { ValueExpression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { booleanType } from '../../datatypes/basic.ts';
import { parseValue } from '../../datatypes/parse-value.ts';
import { inetProtoType } from '../../datatypes/protocol.ts';
import { bitmask, textLength } from '../bytes.ts';
import { fail, type LoweringContext } from '../context.ts';
import { closest } from '../suggest.ts';
import type { TypedExpression, TypedValue } from '../typed.ts';

/** Words of nft's grammar that stand for protocols whatever the machine calls them. */
const protocolKeywords: ReadonlyMap<string, bigint> = new Map([
  ['tcp', 6n],
  ['udp', 17n],
  ['udplite', 136n],
  ['esp', 50n],
  ['ah', 51n],
  ['icmp', 1n],
  ['igmp', 2n],
  ['icmpv6', 58n],
  ['gre', 47n],
  ['comp', 108n],
  ['dccp', 33n],
  ['sctp', 132n],
]);

export function evaluateWord(
  context: LoweringContext,
  text: string,
  span: Span,
  quoted = false,
): TypedExpression | undefined {
  const { type } = context.expect;
  if (type === undefined || type.base === 'invalid') {
    return fail(context, 'unknown-symbol', span, `no datatype is known for '${text}'`);
  }
  if (type.base === 'concat') {
    return fail(
      context,
      'datatype-mismatch',
      span,
      `datatype mismatch, expected ${type.description}, expression has type ${type.fields?.[0]?.description ?? 'invalid'}`,
    );
  }
  const keyword = quoted ? undefined : protocolKeywords.get(text);
  if (keyword !== undefined) {
    if (type.name === 'inet_proto') return evaluateNumber(context, keyword, span);
    if (context.listDepth > 0) {
      const member = evaluateNumber(context, keyword, span);
      return member === undefined ? undefined : { ...member, type: inetProtoType };
    }
    return { kind: 'value', span, type: inetProtoType, bits: 8, order: 'none', value: keyword };
  }
  const result = parseValue(type, text, context.environment);
  if (result.kind === 'unparsed') {
    const near = closest(text, result.candidates);
    return fail(
      context,
      'unknown-symbol',
      span,
      result.message,
      near === undefined ? {} : { hint: `did you mean ${near}?` },
    );
  }
  const { value } = result;
  return typeof value === 'string'
    ? evaluateText(context, value, span)
    : evaluateNumber(context, value, span);
}

/** nft: expr_evaluate_string() */
export function evaluateText(
  context: LoweringContext,
  text: string,
  span: Span,
): TypedExpression | undefined {
  const { expect } = context;
  const type = expect.type;
  if (type === undefined) return undefined;
  const length = (textLength(text) + 1) * 8;
  if (expect.bits > 0 && length > expect.bits) {
    return fail(
      context,
      'value-out-of-range',
      span,
      `string exceeds maximum length of ${expect.bits / 8}`,
    );
  }
  const bits = expect.bits > 0 ? expect.bits : length;
  if (text === '') return fail(context, 'invalid-value', span, 'empty string is not allowed');
  const common = { kind: 'value', span, type, bits, order: 'host', value: 0n } as const;
  if (!text.endsWith('*')) return { ...common, text };
  if (text === '*') {
    return fail(context, 'invalid-value', span, 'all-wildcard strings are not supported');
  }
  if (text.endsWith('\\*')) return { ...common, text: text.replace(/\\(.)/g, '$1') };
  const prefix = text.slice(0, -1);
  return {
    kind: 'prefix',
    span,
    type,
    bits,
    order: 'host',
    length: textLength(prefix) * 8,
    base: { ...common, text: prefix },
  };
}

/** nft: expr_evaluate_integer() */
export function evaluateNumber(
  context: LoweringContext,
  value: bigint,
  span: Span,
): TypedValue | undefined {
  const { expect } = context;
  const { max, type } = expect;
  if (type === undefined) return undefined;
  if (max > 0 && value > max) {
    return fail(context, 'value-out-of-range', span, `value ${value} exceeds valid range 0-${max}`);
  }
  const bits = Math.max(context.statementBits, expect.bits);
  if (value >> BigInt(bits) !== 0n) {
    return fail(
      context,
      'value-out-of-range',
      span,
      `value ${value} exceeds valid range 0-${bitmask(bits)}`,
    );
  }
  return { kind: 'value', span, type, bits, order: expect.order, value };
}

/** A constant whose datatype is already known. */
export function evaluateTyped(
  context: LoweringContext,
  node: ValueExpression,
): TypedExpression | undefined {
  const { expect } = context;
  if (expect.type === undefined || expect.type.base === 'invalid') {
    return {
      kind: 'value',
      span: node.span,
      type: node.type,
      bits: node.bits,
      order: node.type.byteOrder,
      value: typeof node.value === 'string' ? 0n : node.value,
      ...(typeof node.value === 'string' ? { text: node.value } : {}),
    };
  }
  return typeof node.value === 'string'
    ? evaluateText(context, node.value, node.span)
    : evaluateNumber(context, node.value, node.span);
}

/** `exists` and `missing`. */
export function evaluateBoolean(
  context: LoweringContext,
  value: boolean,
  span: Span,
): TypedExpression | undefined {
  const number = evaluateNumber(context, value ? 1n : 0n, span);
  return number === undefined ? undefined : { ...number, type: booleanType };
}
