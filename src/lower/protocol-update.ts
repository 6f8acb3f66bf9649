/** What comparisons say of the protocols of the packet (nft: relational_expr_pctx_update()). */

import type { Span } from '../base/span.ts';
import { bytesToBigInt } from './bytes.ts';
import { type LoweringContext, protocolsOf } from './context.ts';
import {
  familyLayer,
  familyProtocol,
  type Layer,
  type ProtocolContext,
  protocolEther,
  protocolIcmp,
  protocolIcmpv6,
  protocolInetService,
  protocolIp,
  protocolIp6,
  protocolUnknown,
  updateProtocol,
  upperProtocol,
} from './protocol.ts';
import type { TypedCt, TypedExpression, TypedMeta, TypedPayload } from './typed.ts';

/** An equality was written or implied between `left` and a constant, or the members of a set. */
export function updateFromMatch(
  context: LoweringContext,
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
): void {
  if (left.kind !== 'payload' && left.kind !== 'meta' && left.kind !== 'ct') return;
  if (right.kind === 'value') updateFromValue(context, left, Number(right.value), span);
  else if (right.kind === 'set') {
    for (const { key } of right.elements) {
      if (key?.kind === 'value') updateFromValue(context, left, Number(key.value), span);
    }
  } else if (right.kind === 'set-reference' && !right.set.interval && left.bits <= 32) {
    for (const { key } of right.set.elements) {
      if (key !== undefined) updateFromValue(context, left, elementNumber(left, key), span);
    }
  }
}

/** The number that the key of a named set's element stands for. */
function elementNumber(left: TypedExpression, key: Uint8Array): number {
  return Number(bytesToBigInt(left.order === 'host' ? key.toReversed() : key));
}

function updateFromValue(
  context: LoweringContext,
  left: TypedPayload | TypedMeta | TypedCt,
  value: number,
  span: Span,
): void {
  const protocols = protocolsOf(context);
  switch (left.kind) {
    case 'payload':
      return updateFromPayload(protocols, left, value, span);
    case 'meta':
      return updateFromMeta(protocols, left, value, span);
    case 'ct':
      return updateFromCt(protocols, left, value, span);
  }
}

/** nft: payload_expr_pctx_update() */
function updateFromPayload(
  protocols: ProtocolContext,
  left: TypedPayload,
  value: number,
  span: Span,
): void {
  const { protocol, field } = left;
  if (protocol === protocolIcmp || protocol === protocolIcmpv6) {
    if (field?.name === 'type') protocols.icmpType = value;
    return;
  }
  if (!left.protocolKey || protocol === undefined) return;
  const layer = protocol.layer;
  if (layer === 0) return;
  const base = protocols.layers[layer].protocol;
  if (base === undefined) return;
  const upper = upperProtocol(base, value);
  if (upper === undefined || upper.layer === 0) return;
  if (upper.layer === base.layer && layer === 1 && protocols.stacked.length < 3) {
    protocols.stacked = [...protocols.stacked, base];
  }
  updateProtocol(protocols, upper.layer, span, upper);
}

/** nft: meta_expr_pctx_update() */
function updateFromMeta(
  protocols: ProtocolContext,
  left: TypedMeta,
  value: number,
  span: Span,
): void {
  const base = familyProtocol(protocols.family);
  switch (left.key.name) {
    case 'iiftype':
      if (familyLayer(protocols.family) < 2 && protocols.family === 'bridge') return;
      return updateProtocol(protocols, 1, span, value === 1 ? protocolEther : protocolUnknown);
    case 'nfproto': {
      if ((value === 2 && base === protocolIp) || (value === 10 && base === protocolIp6)) return;
      return updateProtocol(protocols, 2, span, upperProtocol(base, value) ?? protocolUnknown);
    }
    case 'l4proto':
      return updateProtocol(
        protocols,
        3,
        span,
        upperProtocol(protocolInetService, value) ?? protocolUnknown,
      );
    case 'protocol': {
      const { family } = protocols;
      if (family !== 'netdev' && family !== 'bridge') return;
      const upper = upperProtocol(base, value);
      if (upper?.layer === 1) return;
      return updateProtocol(protocols, 2, span, upper ?? protocolUnknown);
    }
  }
}

/** nft: ct_expr_pctx_update() */
function updateFromCt(protocols: ProtocolContext, left: TypedCt, value: number, span: Span): void {
  const layer: Layer | undefined =
    left.key.name === 'l3proto' ? 2 : left.key.name === 'protocol' ? 3 : undefined;
  if (layer === undefined) return;
  const base =
    layer === 2
      ? protocols.layers[1].protocol
      : (protocols.layers[2].protocol ?? protocolInetService);
  if (base === undefined) return;
  const upper = upperProtocol(base, value);
  if (upper !== undefined) updateProtocol(protocols, layer, span, upper);
}
