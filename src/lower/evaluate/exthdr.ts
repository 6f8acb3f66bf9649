/** IPv6 extension headers, TCP and IP options, SCTP chunks, DCCP options (nft: expr_evaluate_exthdr()). */

import type {
  DccpOptionExpression,
  ExthdrExpression,
  IpOptionExpression,
  SctpChunkExpression,
  TcpOptionExpression,
} from '../../ast/nft/expressions.ts';
import { booleanType, hexIntegerType } from '../../datatypes/basic.ts';
import { extensionHeaderByName, routingTypes } from '../../fields/extension-headers.ts';
import type { ExtensionRows } from '../../fields/header.ts';
import { ipOptionByName, tcpOptionByName } from '../../fields/options.ts';
import { sctpChunkByName } from '../../fields/sctp-chunks.ts';
import type { ExthdrOperator } from '../../model/operations.ts';
import { expectType, fail, type LoweringContext, protocolsOf } from '../context.ts';
import { atStart, generateNetworkDependency } from '../dependency.ts';
import { type Protocol, protocolIp, protocolIp6 } from '../protocol.ts';
import type { TypedExpression, TypedExthdr } from '../typed.ts';
import { typeByName } from '../types.ts';
import { evaluateBits, isUnaligned } from './bits.ts';

export type AnyExthdrExpression =
  | ExthdrExpression
  | TcpOptionExpression
  | IpOptionExpression
  | SctpChunkExpression
  | DccpOptionExpression;

export function evaluateExthdr(
  context: LoweringContext,
  node: AnyExthdrExpression,
): TypedExpression | undefined {
  const typed = typedExthdr(context, node);
  if (typed === undefined) return undefined;
  const needed =
    typed.operator === 'ipv4' ? protocolIp : typed.operator === 'ipv6' ? protocolIp6 : undefined;
  if (needed !== undefined && !requireNetwork(context, typed, needed)) return undefined;
  return evaluateTypedExthdr(context, typed);
}

/** nft: __expr_evaluate_exthdr() */
export function evaluateTypedExthdr(
  context: LoweringContext,
  typed: TypedExthdr,
): TypedExpression | undefined {
  const { key } = context.expect;
  expectType(context, typed.type, typed.order, typed.bits);
  context.expect.key = key;
  const evaluated = isUnaligned(typed) ? evaluateBits(context, typed) : typed;
  const limit = typed.operator === 'tcpopt' ? 320 : typed.operator === 'ipv4' ? 320 : undefined;
  const total = typed.offset + typed.bits;
  if (limit !== undefined && total > limit) {
    return fail(
      context,
      'value-out-of-range',
      typed.span,
      typed.operator === 'ipv4'
        ? `offset and size ${total} exceeds max ip option len (${limit})`
        : `offset and size ${total} exceeds max tcp headerlen (${limit})`,
    );
  }
  return evaluated;
}

function requireNetwork(context: LoweringContext, typed: TypedExthdr, needed: Protocol): boolean {
  const known = protocolsOf(context).layers[2].protocol;
  if (known === needed) return true;
  if (known !== undefined) {
    fail(context, 'conflicting-protocols', typed.span, `cannot use exthdr with ${known.name}`);
    return false;
  }
  // As in nft, what is expected is forgotten over the dependency: no byte order conversion follows.
  context.expect.key = undefined;
  return atStart(context, () => generateNetworkDependency(context, needed, typed.span));
}

export function typedExthdr(
  context: LoweringContext,
  node: AnyExthdrExpression,
): TypedExthdr | undefined {
  switch (node.kind) {
    case 'exthdr':
      return extensionHeader(context, node);
    case 'tcp-option':
      return tcpOption(context, node);
    case 'ip-option':
      return fromRows(context, node, ipOptionByName.get(node.option), 'ipv4', node.field);
    case 'sctp-chunk':
      return fromRows(context, node, sctpChunkByName.get(node.chunk), 'sctp', node.field);
    case 'dccp-option':
      return present(node, 'dccp', node.type);
  }
}

function extensionHeader(
  context: LoweringContext,
  node: ExthdrExpression,
): TypedExthdr | undefined {
  const rows = extensionHeaderByName.get(node.header);
  const typed = fromRows(context, node, rows, 'ipv6', node.field, node.index);
  if (typed === undefined) return undefined;
  const routing = node.field === undefined ? routingTypes.get(node.header) : undefined;
  return routing === undefined ? typed : { ...typed, number: 43 };
}

function tcpOption(context: LoweringContext, node: TcpOptionExpression): TypedExthdr | undefined {
  const { raw, option } = node;
  if (raw !== undefined) {
    return {
      kind: 'exthdr',
      operator: 'tcpopt',
      number: raw.type,
      offset: raw.offset,
      bits: raw.bits,
      type: hexIntegerType,
      order: 'big',
      present: false,
      span: node.span,
    };
  }
  const rows = tcpOptionByName.get(option) ?? numberedOption(option);
  return fromRows(context, node, rows, 'tcpopt', node.field);
}

/** `tcp option 254 length`: any option has a kind and a length. */
function numberedOption(option: string): ExtensionRows | undefined {
  const type = Number(option);
  if (!Number.isInteger(type) || type < 0 || type > 255) return undefined;
  return {
    name: option,
    type,
    fields: [
      { name: 'kind', offset: 0, bits: 8, type: 'integer' },
      { name: 'length', offset: 8, bits: 8, type: 'integer' },
    ],
  };
}

function fromRows(
  context: LoweringContext,
  node: AnyExthdrExpression,
  rows: ExtensionRows | undefined,
  operator: ExthdrOperator,
  fieldName: string | undefined,
  index = 1,
): TypedExthdr | undefined {
  if (rows === undefined) return fail(context, 'unknown-symbol', node.span, 'no such header');
  if (fieldName === undefined) return present(node, operator, rows.type);
  const field = rows.fields.find(({ name }) => name === fieldName);
  if (field === undefined) {
    return fail(context, 'unknown-symbol', node.span, `no field '${fieldName}' in ${rows.name}`);
  }
  return {
    kind: 'exthdr',
    operator,
    number: rows.type,
    offset: field.offset + (index - 1) * (field.stride ?? 0),
    bits: field.bits,
    type: typeByName(field.type),
    order: 'big',
    present: false,
    span: node.span,
  };
}

function present(node: AnyExthdrExpression, operator: ExthdrOperator, number: number): TypedExthdr {
  return {
    kind: 'exthdr',
    operator,
    number,
    offset: 0,
    bits: 8,
    type: booleanType,
    order: 'big',
    present: true,
    span: node.span,
  };
}
