/** Header fields with their implicit dependencies (nft: expr_evaluate_payload(), payload.c). */

import type { PayloadExpression, RawPayloadExpression } from '../../ast/nft/expressions.ts';
import { hexIntegerType } from '../../datatypes/basic.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import { inetServiceType } from '../../datatypes/protocol.ts';
import { headerByName, headerField } from '../../fields/headers.ts';
import { expectType, fail, type LoweringContext, protocolsOf } from '../context.ts';
import { generateDependency, generateIcmpDependency, linkDependency } from '../dependency.ts';
import {
  conflictingProtocol,
  isAmbiguous,
  type Layer,
  layerNames,
  newProtocolContext,
  type Protocol,
  protocolByName,
  protocolEther,
  protocolIcmp,
  protocolIcmpv6,
  protocolInet,
  protocolNetdev,
  protocolNumber,
  protocolTh,
  updateProtocol,
} from '../protocol.ts';
import type { TypedExpression, TypedPayload } from '../typed.ts';
import { typeByName } from '../types.ts';
import { evaluateBits, isUnaligned } from './bits.ts';

const layerOf = { link: 1, network: 2, transport: 3, inner: 4, tunnel: 4 } as const;

export function evaluatePayload(
  context: LoweringContext,
  node: PayloadExpression,
): TypedExpression | undefined {
  const payload = typedPayload(context, node);
  return payload === undefined ? undefined : evaluateTypedPayload(context, payload);
}

/** The field as nft's parser makes it, before dependencies and offsets. */
export function typedPayload(
  context: LoweringContext,
  node: PayloadExpression,
): TypedPayload | undefined {
  const protocol = protocolByName(node.protocol);
  const field = headerField(node.protocol, node.field);
  const rows = protocol?.rows;
  if (protocol === undefined || field === undefined || rows === undefined) {
    return fail(
      context,
      'unknown-symbol',
      node.span,
      `no field '${node.field}' in header ${node.protocol}`,
    );
  }
  const tunnel =
    node.tunnel !== undefined
      ? headerByName(node.tunnel)
      : rows.layer === 'inner'
        ? rows
        : undefined;
  return {
    kind: 'payload',
    span: node.span,
    type: typeByName(field.type),
    bits: field.bits,
    order: 'big',
    base: rows.layer === 'inner' ? 'tunnel' : rows.layer,
    offset: field.offset,
    protocol,
    field,
    // `th` stands for whatever transport there is: nothing is implied.
    raw: protocol === protocolTh,
    protocolKey: rows.protocolKey === field.name,
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

export function typedRawPayload(node: RawPayloadExpression): TypedPayload {
  const tunnel = node.tunnel === undefined ? undefined : headerByName(node.tunnel);
  return {
    kind: 'payload',
    span: node.span,
    type: rawType(node),
    bits: node.bits,
    order: 'big',
    base: node.base,
    offset: node.offset,
    raw: true,
    protocolKey: false,
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

/** nft: payload_init_raw(): where ports stand, they are ports. */
function rawType({ base, offset, bits }: RawPayloadExpression): Datatype {
  const port = base === 'transport' && bits === 16 && (offset === 0 || offset === 16);
  return port ? inetServiceType : hexIntegerType;
}

/** Dependencies, expectation for the right side, odd widths. */
export function evaluateTypedPayload(
  context: LoweringContext,
  payload: TypedPayload,
): TypedExpression | undefined {
  if (payload.tunnel !== undefined && !enterTunnel(context, payload)) return undefined;
  const { key } = context.expect;
  const resolved = resolvePayload(context, payload);
  if (resolved === undefined) return undefined;
  expectType(context, resolved.type, resolved.order, resolved.bits);
  context.expect.key = key;
  return isUnaligned(resolved) ? evaluateBits(context, resolved) : resolved;
}

/** nft: expr_evaluate_inner() */
function enterTunnel(context: LoweringContext, payload: TypedPayload): boolean {
  const { tunnel, span } = payload;
  if (tunnel === undefined) return true;
  const description = protocolByName(tunnel.protocol);
  const layers = protocolsOf(context).layers;
  if (description === undefined) return true;
  if (tunnel.layer !== 'inner') {
    if (layers[3].protocol === undefined) {
      const { tunnel: _outer, ...plain } = payload;
      const stub: TypedPayload = { ...plain, base: 'transport', protocol: description };
      if (!generateDependency(context, stub)) return false;
      updateProtocol(protocolsOf(context), 3, description);
    }
  } else {
    const transport = layers[3].protocol;
    if (transport === undefined) {
      fail(context, 'conflicting-protocols', span, 'no transport protocol specified');
      return false;
    }
    if (protocolNumber(transport, description) === undefined) {
      fail(
        context,
        'conflicting-protocols',
        span,
        `unexpected transport protocol ${transport.name}`,
      );
      return false;
    }
    updateProtocol(protocolsOf(context), 4, description);
  }
  if (payload.base !== 'tunnel') {
    context.innerProtocols ??= newProtocolContext('bridge');
    context.tunnel = tunnel;
  }
  return true;
}

/** nft: __expr_evaluate_payload() */
export function resolvePayload(
  context: LoweringContext,
  payload: TypedPayload,
): TypedPayload | undefined {
  const { protocol } = payload;
  if (payload.raw || protocol === undefined) return payload;
  const protocols = protocolsOf(context);
  const layer: Layer = layerOf[payload.base];
  let known = protocols.layers[layer].protocol;
  if (known === undefined) {
    if (!generateDependency(context, payload)) return undefined;
    known = protocols.layers[layer].protocol;
    if (known === protocol || known === undefined || layer !== 1) {
      return checkMessageType(context, payload);
    }
    const link = linkDependency(context, known, payload);
    if (link !== true) return link === false ? conflict(context, payload, known) : undefined;
    return shifted(payload, protocols.stacked[0]?.length ?? 0);
  }
  if (known.layer === layer && isAmbiguous(protocols, layer)) {
    return conflict(context, payload, conflictingProtocol(protocols, layer, protocol) ?? known);
  }
  if (known === protocol) {
    return checkMessageType(context, layer === 1 ? stackedOffset(context, payload) : payload);
  }
  if (layer === 1) {
    const outcome = resolveLinkConflict(context, known, payload);
    if (outcome !== 'conflict') return outcome;
    if (protocols.layers[1].protocol === protocol) return payload;
  }
  const now = protocols.layers[layer].protocol ?? known;
  return fail(
    context,
    'conflicting-protocols',
    payload.span,
    `conflicting ${layerNames[layer]} protocols specified: ${now.name} vs. ${protocol.name}`,
  );
}

function conflict(context: LoweringContext, payload: TypedPayload, other: Protocol): undefined {
  return fail(
    context,
    'conflicting-protocols',
    payload.span,
    `conflicting protocols specified: ${other.name} vs. ${payload.protocol?.name ?? ''}`,
  );
}

function shifted(payload: TypedPayload, bits: number): TypedPayload {
  return bits === 0 ? payload : { ...payload, offset: payload.offset + bits };
}

/** Behind the headers that are stacked below it on the link layer. */
function stackedOffset(context: LoweringContext, payload: TypedPayload): TypedPayload {
  const { stacked } = protocolsOf(context);
  return shifted(
    payload,
    stacked.reduce((bits, header) => bits + header.length, 0),
  );
}

/** nft: resolve_ll_protocol_conflict() */
function resolveLinkConflict(
  context: LoweringContext,
  known: Protocol,
  payload: TypedPayload,
): TypedPayload | undefined | 'conflict' {
  const protocols = protocolsOf(context);
  const { protocol } = payload;
  if (protocol === undefined) return 'conflict';
  let below = known;
  if (known === protocolInet || known === protocolNetdev) {
    if (context.tunnel !== undefined) {
      updateProtocol(protocols, 1, protocolEther);
    } else if (!generateDependency(context, payload, 'device')) return undefined;
    below = protocols.layers[1].protocol ?? known;
    if (below === protocol) return payload;
  } else if (protocols.stacked.includes(protocol)) return payload;
  const link = linkDependency(context, below, payload);
  if (link !== true) return link === undefined ? undefined : 'conflict';
  return stackedOffset(context, payload);
}

/** Fields of ICMP messages imply the type of the message. */
function checkMessageType(
  context: LoweringContext,
  payload: TypedPayload,
): TypedPayload | undefined {
  const { protocol, field } = payload;
  if (protocol !== protocolIcmp && protocol !== protocolIcmpv6) return payload;
  if (field?.messageTypes === undefined) return payload;
  return generateIcmpDependency(context, payload, field.messageTypes) ? payload : undefined;
}
