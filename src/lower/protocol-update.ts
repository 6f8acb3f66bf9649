/** What comparisons say of the protocols of the packet (nft: relational_expr_pctx_update()). */

import { bytesToBigInt } from './bytes.ts';
import { type LoweringContext, protocolsOf } from './context.ts';
import {
  familyProtocol,
  type Layer,
  type Protocol,
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
): void {
  if (left.kind !== 'payload' && left.kind !== 'meta' && left.kind !== 'ct') return;
  if (!namesProtocol(left)) return;
  if (right.kind === 'value') updateFromValue(context, left, Number(right.value));
  else if (right.kind === 'set') {
    for (const { key } of right.elements) {
      if (key?.kind === 'value') updateFromValue(context, left, Number(key.value));
    }
  } else if (right.kind === 'set-reference' && !right.set.interval && left.bits <= 32) {
    for (const { key } of right.set.elements) {
      if (key !== undefined) updateFromValue(context, left, elementNumber(left, key));
    }
  }
}

/** The number that the key of a named set's element stands for. */
function elementNumber(left: TypedExpression, key: Uint8Array): number {
  return Number(bytesToBigInt(left.order === 'host' ? key.toReversed() : key));
}

/** EXPR_F_PROTOCOL, and the types of ICMP messages. */
function namesProtocol(left: TypedPayload | TypedMeta | TypedCt): boolean {
  switch (left.kind) {
    case 'payload':
      return left.protocolKey || isIcmpType(left);
    case 'meta':
      return left.bits <= 16;
    case 'ct':
      return left.key.name === 'l3proto' || left.key.name === 'protocol';
  }
}

function isIcmpType({ protocol, field }: TypedPayload): boolean {
  return (protocol === protocolIcmp || protocol === protocolIcmpv6) && field?.name === 'type';
}

function updateFromValue(
  context: LoweringContext,
  left: TypedPayload | TypedMeta | TypedCt,
  value: number,
): void {
  const protocols = protocolsOf(context);
  switch (left.kind) {
    case 'payload':
      updateFromPayload(protocols, left, value);
      break;
    case 'meta':
      updateFromMeta(protocols, left, value);
      break;
    case 'ct':
      updateFromCt(protocols, left, value);
      break;
  }
}

/** nft: payload_expr_pctx_update() */
function updateFromPayload(protocols: ProtocolContext, left: TypedPayload, value: number): void {
  if (isIcmpType(left)) {
    protocols.icmpType = value;
    return;
  }
  const layer = left.protocol?.layer ?? 0;
  if (layer === 0) return;
  const base = protocols.layers[layer].protocol;
  const upper = base === undefined ? undefined : upperProtocol(base, value);
  if (base === undefined || upper === undefined || upper.layer === 0) return;
  if (upper.layer === base.layer && layer === 1 && protocols.stacked.length < 3) {
    protocols.stacked = [...protocols.stacked, base];
  }
  updateProtocol(protocols, upper.layer, upper);
}

/** nft: meta_expr_pctx_update() */
function updateFromMeta(protocols: ProtocolContext, left: TypedMeta, value: number): void {
  const found = protocolOfMeta(protocols, left, value);
  if (found !== undefined) updateProtocol(protocols, found[0], found[1]);
}

function protocolOfMeta(
  protocols: ProtocolContext,
  left: TypedMeta,
  value: number,
): readonly [Layer, Protocol] | undefined {
  const { family } = protocols;
  const base = familyProtocol(family);
  switch (left.key.name) {
    case 'iiftype':
      if (family === 'bridge') return undefined;
      return [1, value === 1 ? protocolEther : protocolUnknown];
    case 'nfproto':
      if ((value === 2 && base === protocolIp) || (value === 10 && base === protocolIp6)) {
        return undefined;
      }
      return [2, upperProtocol(base, value) ?? protocolUnknown];
    case 'l4proto':
      return [3, upperProtocol(protocolInetService, value) ?? protocolUnknown];
    case 'protocol': {
      if (family !== 'netdev' && family !== 'bridge') return undefined;
      const upper = upperProtocol(base, value);
      return [2, upper ?? protocolUnknown];
    }
    default:
      return undefined;
  }
}

/** nft: ct_expr_pctx_update() */
function updateFromCt(protocols: ProtocolContext, left: TypedCt, value: number): void {
  const layer: Layer = left.key.name === 'l3proto' ? 2 : 3;
  const base = protocols.layers[layer === 2 ? 1 : 2].protocol;
  const upper = base === undefined ? undefined : upperProtocol(base, value);
  if (upper !== undefined) updateProtocol(protocols, layer, upper);
}
