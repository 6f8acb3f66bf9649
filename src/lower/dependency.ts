/** Implicit matches that a header field or statement needs (nft: payload_gen_dependency() and its kin). */

import type { Span } from '../base/span.ts';
import { headerField } from '../fields/headers.ts';
import { metaKeyByName } from '../fields/meta.ts';
import {
  type ComparisonOperator,
  fail,
  type LoweringContext,
  protocolsOf,
  type RuleItem,
} from './context.ts';
import {
  familyLayer,
  familyProtocol,
  type Layer,
  layerNames,
  type Protocol,
  protocolEther,
  protocolIcmp,
  protocolIcmpv6,
  protocolInetService,
  protocolIp,
  protocolIp6,
  protocolNetdev,
  protocolNumber,
  protocolVlan,
} from './protocol.ts';
import { updateFromMatch } from './protocol-update.ts';
import { declareAnonymousValues } from './sets/anonymous.ts';
import type { TypedExpression, TypedMeta, TypedPayload, TypedValue } from './typed.ts';
import { typeByName } from './types.ts';

const layerOf = { link: 1, network: 2, transport: 3, inner: 4, tunnel: 4 } as const;

export function pushItem(context: LoweringContext, item: RuleItem): void {
  context.items.push(item);
}

/** Puts what follows before everything else of the rule, as nft does for reject and extension headers. */
export function atStart(context: LoweringContext, generate: () => boolean): boolean {
  const { items } = context;
  context.items = [];
  const done = generate();
  context.items = [...context.items, ...items];
  return done;
}

/**
 * The match that a header needs before it, pushed onto the rule; `device` asks for the device type at once.
 * False when it cannot be had (a diagnostic says why).
 */
export function generateDependency(
  context: LoweringContext,
  payload: TypedPayload,
  mode: 'any' | 'device' = 'any',
): boolean {
  const { protocol, span } = payload;
  if (protocol === undefined) return true;
  const protocols = protocolsOf(context);
  const layer: Layer = layerOf[payload.base];
  const base = familyLayer(protocols.family);
  if (mode === 'device' || layer < base) return deviceDependency(context, payload, layer, base);
  if (layer === 3 && !icmpNetwork(context, protocol, span)) {
    return false;
  }
  const below = protocolBelow(context, protocol, layer);
  if (below === undefined) {
    const name = layer > 1 ? layerNames[layer === 4 ? 3 : layer === 3 ? 2 : 1] : layerNames[1];
    fail(context, 'conflicting-protocols', span, `no ${name} protocol specified`);
    return false;
  }
  return protocolDependency(context, below, protocol, span);
}

/** nft: exthdr_gen_dependency(): the link layer's own key, also in the bridge family. */
export function generateNetworkDependency(
  context: LoweringContext,
  network: Protocol,
  span: Span,
): boolean {
  const link = protocolsOf(context).layers[1].protocol;
  if (link !== undefined) return protocolDependency(context, link, network, span);
  fail(context, 'conflicting-protocols', span, 'no link layer protocol specified');
  return false;
}

/** Above a link layer, and inside tunnels, ICMP needs its network layer named. */
function icmpNetwork(context: LoweringContext, protocol: Protocol, span: Span): boolean {
  const network = networkOfIcmp(protocol);
  const { layers } = protocolsOf(context);
  if (network === undefined || layers[2].protocol !== undefined) return true;
  const { tunnel } = context;
  if (tunnel !== undefined) {
    const link = tunnel.tunnel?.first === undefined ? protocolNetdev : protocolEther;
    return protocolDependency(context, link, network, span);
  }
  const link = layers[1].protocol;
  if (link === undefined) return true;
  return protocolDependency(context, link, network, span);
}

function networkOfIcmp(protocol: Protocol): Protocol | undefined {
  if (protocol === protocolIcmpv6) return protocolIp6;
  return protocol === protocolIcmp || protocol.name === 'igmp' ? protocolIp : undefined;
}

function deviceDependency(
  context: LoweringContext,
  payload: TypedPayload,
  layer: Layer,
  base: Layer,
): boolean {
  const { span, protocol } = payload;
  if (layer < base - 1) {
    fail(context, 'invalid-context', span, 'payload expression is invalid for this family');
    return false;
  }
  if (protocol !== protocolEther && protocol !== protocolVlan) {
    fail(
      context,
      'conflicting-protocols',
      span,
      'protocol specification is invalid for this family',
    );
    return false;
  }
  pushMatch(context, '==', typedMeta(context, 'iiftype', span), 1n, span);
  return true;
}

/** The description whose key selects protocols of the layer, given what is known. */
function protocolBelow(
  context: LoweringContext,
  protocol: Protocol,
  layer: Layer,
): Protocol | undefined {
  const protocols = protocolsOf(context);
  const known =
    layer > 1 ? protocols.layers[layer === 4 ? 3 : layer === 3 ? 2 : 1].protocol : undefined;
  const { family } = protocols;
  if (known === undefined) {
    if (layer === 1)
      return family === 'ip' || family === 'ip6' || family === 'arp'
        ? undefined
        : familyProtocol(family);
    if (layer === 3 && (family === 'inet' || family === 'bridge' || family === 'netdev')) {
      return protocolInetService;
    }
    return undefined;
  }
  const isIp = protocol === protocolIp || protocol === protocolIp6;
  return family === 'bridge' && known === protocolEther && isIp ? protocolNetdev : known;
}

/** nft: payload_add_dependency() */
function protocolDependency(
  context: LoweringContext,
  below: Protocol,
  upper: Protocol,
  span: Span,
): boolean {
  const number = protocolNumber(below, upper);
  if (number === undefined || below.key === undefined) {
    fail(
      context,
      'conflicting-protocols',
      span,
      `conflicting protocols specified: ${below.name} vs. ${upper.name}`,
    );
    return false;
  }
  const left =
    below.key.kind === 'meta'
      ? typedMeta(context, below.key.key, span)
      : keyField(context, below, below.key.field, span);
  pushMatch(context, '==', left, BigInt(number), span);
  return true;
}

export function typedMeta(context: LoweringContext, name: string, span: Span): TypedMeta {
  const key = metaKeyByName(name) ?? metaKeyByName('mark');
  if (key === undefined) throw new Error('the meta rows are empty');
  const { tunnel } = context;
  return {
    kind: 'meta',
    key,
    span,
    type: typeByName(key.type),
    bits: key.bits,
    order: key.byteOrder,
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

function keyField(
  context: LoweringContext,
  protocol: Protocol,
  name: string,
  span: Span,
): TypedPayload {
  const field = headerField(protocol.name, name);
  if (field === undefined) throw new Error(`no field ${name} in ${protocol.name}`);
  const { tunnel } = context;
  const stacked = protocol.layer === 1 ? stackedBits(context, protocol) : 0;
  return {
    kind: 'payload',
    span,
    type: typeByName(field.type),
    bits: field.bits,
    order: 'big',
    base: protocol.layer === 1 ? 'link' : protocol.layer === 2 ? 'network' : 'transport',
    offset: field.offset + stacked,
    protocol,
    field,
    raw: false,
    protocolKey: true,
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}

function stackedBits(context: LoweringContext, protocol: Protocol): number {
  const protocols = protocolsOf(context);
  if (protocols.layers[1].protocol !== protocol) return 0;
  return protocols.stacked.reduce((bits, header) => bits + header.length, 0);
}

/**
 * The link layer header's own type field selects the protocol (nft: ll_conflict_resolution_gen_dependency()).
 * False: the protocol does not follow the known one.
 */
export function linkDependency(
  context: LoweringContext,
  known: Protocol,
  payload: TypedPayload,
): boolean {
  const { protocol, span } = payload;
  const number = protocol === undefined ? undefined : protocolNumber(known, protocol);
  if (number === undefined || known.key?.kind !== 'field') return false;
  pushMatch(context, '==', keyField(context, known, known.key.field, span), BigInt(number), span);
  return true;
}

/** Pushes a comparison with a constant and notes what it says of the protocols. */
export function pushMatch(
  context: LoweringContext,
  operator: ComparisonOperator,
  left: TypedMeta | TypedPayload,
  number: bigint,
  span: Span,
): void {
  const right: TypedValue = {
    kind: 'value',
    span,
    type: left.type,
    bits: left.bits,
    order: left.order,
    value: number,
  };
  const earlier = left.kind === 'payload' ? conflictingItem(context, left) : undefined;
  if (earlier !== undefined) {
    fail(context, 'conflicting-protocols', earlier, 'conflicting statements', { also: span });
  }
  pushItem(context, { kind: 'match', operator, left, right, span });
  updateFromMatch(context, left, right);
}

/** nft: stmt_dep_conflict(): the same field was compared before. */
function conflictingItem(context: LoweringContext, left: TypedPayload): Span | undefined {
  for (const item of context.items) {
    if (item.kind !== 'match' || item.right.kind !== 'value') continue;
    const { left: other } = item;
    if (
      other.kind === 'payload' &&
      other.bits === left.bits &&
      other.offset === left.offset &&
      other.base === left.base &&
      other.protocol === left.protocol &&
      other.tunnel === left.tunnel
    ) {
      return item.span;
    }
  }
  return undefined;
}

/** nft: payload_gen_icmp_dependency(): the type of message that has the field, unless it is known. */
export function generateIcmpDependency(
  context: LoweringContext,
  payload: TypedPayload,
  types: readonly number[],
): boolean {
  const protocols = protocolsOf(context);
  const { protocol, span } = payload;
  if (protocol === undefined || types.includes(protocols.icmpType)) return true;
  if (protocols.icmpType >= 0) {
    const known = protocols.icmpType;
    fail(
      context,
      'conflicting-protocols',
      span,
      `incompatible icmp match: rule has ${known}, need ${types[0]}`,
    );
    return false;
  }
  const left = keyField(context, protocol, 'type', span);
  const plain: TypedPayload = { ...left, protocolKey: false };
  if (types.length > 1) {
    const values = types.length === 2 ? types : [...types].sort((a, b) => a - b);
    const set = declareAnonymousValues(context, plain, values.map(BigInt), span);
    const right: TypedExpression = {
      kind: 'set-reference',
      set,
      span,
      type: plain.type,
      bits: plain.bits,
      order: plain.order,
    };
    pushItem(context, { kind: 'match', operator: '==', left: plain, right, span });
  } else pushMatch(context, '==', plain, BigInt(types[0] ?? 0), span);
  protocols.icmpType = types[0] ?? -1;
  return true;
}
