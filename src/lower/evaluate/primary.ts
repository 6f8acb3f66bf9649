/** Loads without an operand: meta, ct, rt, fib, socket, osf, ipsec, tunnel, numgen, symhash. */

import type {
  FibExpression,
  JhashExpression,
  MetaExpression,
  NumgenExpression,
  OsfExpression,
  RtExpression,
  SocketExpression,
  SymhashExpression,
  TunnelExpression,
  XfrmExpression,
} from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { integerType } from '../../datatypes/basic.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import { metaKeyByName } from '../../fields/meta.ts';
import {
  fibResults,
  ipsecKeys,
  type KeyRow,
  keyRowByName,
  osfKeys,
  rtKeys,
  socketKeys,
  tunnelKeys,
} from '../../fields/other-keys.ts';
import type { Operation } from '../../model/operations.ts';
import { expectNothing, expectType, fail, type LoweringContext, protocolsOf } from '../context.ts';
import { protocolIp, protocolIp6 } from '../protocol.ts';
import type { TypedExpression, TypedLoad } from '../typed.ts';
import { typeByName } from '../types.ts';
import { evaluateExpression } from './expression.ts';

/** Makes the load the thing that constants are read against (nft: expr_evaluate_primary()). */
export function asPrimary<Node extends TypedExpression>(
  context: LoweringContext,
  node: Node,
  max = 0,
): Node {
  expectType(context, node.type, node.order, node.bits, max);
  return node;
}

export function evaluateMeta(
  context: LoweringContext,
  node: MetaExpression,
): TypedExpression | undefined {
  const key = metaKeyByName(node.key);
  if (key === undefined) {
    return fail(context, 'unknown-symbol', node.span, `no meta key '${node.key}'`);
  }
  if (key.name === 'nfproto' && protocolsOf(context).family !== 'inet') {
    return fail(
      context,
      'invalid-context',
      node.span,
      'meta nfproto is only useful in the inet family',
    );
  }
  if (key.writeOnly === true) {
    fail(
      context,
      'kernel-refused',
      node.span,
      `the kernel cannot match meta ${key.name}: operation not supported`,
    );
  }
  return asPrimary(
    context,
    {
      kind: 'meta',
      key,
      span: node.span,
      type: typeByName(key.type),
      bits: key.bits,
      order: key.byteOrder,
    },
    key.name === 'day' ? 6 : 0,
  );
}

type LoadName = TypedLoad['name'];

function load(
  name: LoadName,
  span: Span,
  row: Pick<KeyRow, 'bits' | 'byteOrder'> & { readonly type: Datatype },
  make: (destination: number) => Operation,
): TypedLoad {
  return { kind: 'load', name, span, type: row.type, bits: row.bits, order: row.byteOrder, make };
}

function loadRow(
  name: LoadName,
  span: Span,
  row: KeyRow,
  make: (destination: number) => Operation,
): TypedLoad {
  return load(name, span, { ...row, type: typeByName(row.type) }, make);
}

function unknownKey(context: LoweringContext, span: Span, key: string): undefined {
  return fail(context, 'unknown-symbol', span, `no key '${key}'`);
}

const ambiguousNexthop =
  'cannot determine ip protocol version, use "ip nexthop" or "ip6 nexthop" instead';

/** nft: expr_evaluate_rt() */
export function evaluateRt(
  context: LoweringContext,
  node: RtExpression,
): TypedExpression | undefined {
  const { family, layers } = protocolsOf(context);
  const network = layers[2].protocol;
  const version =
    node.family ?? (network === protocolIp ? 'ip' : network === protocolIp6 ? 'ip6' : undefined);
  const name = node.key === 'nexthop' ? `${version} nexthop` : node.key;
  const row = keyRowByName(rtKeys, name);
  if (row === undefined) {
    return node.key === 'nexthop'
      ? fail(context, 'conflicting-protocols', node.span, ambiguousNexthop)
      : unknownKey(context, node.span, node.key);
  }
  if (
    node.key === 'nexthop' &&
    ((family === 'ip' && version === 'ip6') || (family === 'ip6' && version === 'ip'))
  ) {
    return fail(context, 'invalid-context', node.span, `${version} nexthop will not match`);
  }
  const key = rtListing(row.listing);
  return asPrimary(
    context,
    loadRow('rt', node.span, row, (destination) => ({ kind: 'rt', key, destination })),
  );
}

function rtListing(listing: string): 'classid' | 'nexthop4' | 'nexthop6' | 'tcpmss' | 'ipsec' {
  switch (listing) {
    case 'nexthop4':
    case 'nexthop6':
    case 'tcpmss':
    case 'ipsec':
      return listing;
    default:
      return 'classid';
  }
}

/** `present`: compared with `exists` or `missing`. */
export function evaluateFib(
  context: LoweringContext,
  node: FibExpression,
  compared: 'boolean' | 'value' = 'value',
): TypedExpression | undefined {
  const present = node.result === 'check' || compared === 'boolean';
  const row = keyRowByName(fibResults, present ? 'check' : node.result);
  if (row === undefined) return unknownKey(context, node.span, node.result);
  const result =
    node.result === 'type' ? 'addrtype' : node.result === 'oifname' ? 'oifname' : 'oif';
  const { flags, span } = node;
  const bad = fibProblem(node);
  if (bad !== undefined) return fail(context, 'invalid-context', span, bad);
  return asPrimary(
    context,
    loadRow('fib', span, row, (destination) => ({
      kind: 'fib',
      flags,
      result,
      present,
      destination,
    })),
  );
}

/** nft's parser: exactly one address, and not both devices. */
function fibProblem(node: FibExpression): string | undefined {
  const { flags } = node;
  const addresses = flags.filter((flag) => flag === 'saddr' || flag === 'daddr').length;
  if (addresses === 0) return 'fib: need either saddr or daddr';
  if (addresses === 2) return 'fib: saddr and daddr are mutually exclusive';
  if (flags.includes('iif') && flags.includes('oif')) {
    return 'fib: iif and oif are mutually exclusive';
  }
  return undefined;
}

export function evaluateSocket(
  context: LoweringContext,
  node: SocketExpression,
): TypedExpression | undefined {
  const row = keyRowByName(socketKeys, node.key);
  if (row === undefined) return unknownKey(context, node.span, node.key);
  const key = socketListing(row.name);
  const { level } = node;
  const max = key === 'transparent' || key === 'wildcard' ? 1 : 0;
  const typed = loadRow('socket', node.span, row, (destination) => ({
    kind: 'socket',
    key,
    destination,
    ...(level === undefined ? {} : { level }),
  }));
  return asPrimary(context, typed, max);
}

function socketListing(name: string): 'transparent' | 'mark' | 'wildcard' | 'cgroupv2' {
  return name === 'mark' || name === 'wildcard' || name === 'cgroupv2' ? name : 'transparent';
}

export function evaluateOsf(
  context: LoweringContext,
  node: OsfExpression,
): TypedExpression | undefined {
  const row = keyRowByName(osfKeys, node.key);
  if (row === undefined) return unknownKey(context, node.span, node.key);
  const { family } = context;
  if (family !== 'ip' && family !== 'inet') {
    fail(
      context,
      'kernel-refused',
      node.span,
      'the kernel knows fingerprints of IPv4 only: operation not supported',
    );
  }
  const ttl = node.ttl === 'loose' ? 1 : node.ttl === 'skip' ? 2 : 0;
  return asPrimary(
    context,
    loadRow('osf', node.span, row, (destination) => ({
      kind: 'osf',
      ttl,
      version: node.key === 'version',
      destination,
    })),
  );
}

/** nft: expr_evaluate_xfrm() */
export function evaluateIpsec(
  context: LoweringContext,
  node: XfrmExpression,
): TypedExpression | undefined {
  const { family } = protocolsOf(context);
  if (family !== 'ip' && family !== 'ip6' && family !== 'inet') {
    return fail(
      context,
      'invalid-context',
      node.span,
      'ipsec expression is only valid in ip/ip6/inet tables',
    );
  }
  const row = keyRowByName(
    ipsecKeys,
    node.family === undefined ? node.key : `${node.family} ${node.key}`,
  );
  if (row === undefined) return unknownKey(context, node.span, node.key);
  const { direction, spnum = 0 } = node;
  const { listing } = row;
  return asPrimary(
    context,
    loadRow('xfrm', node.span, row, (destination) => ({
      kind: 'xfrm',
      direction,
      spnum,
      key: listing,
      destination,
    })),
  );
}

export function evaluateTunnel(
  context: LoweringContext,
  node: TunnelExpression,
): TypedExpression | undefined {
  const row = keyRowByName(tunnelKeys, node.key);
  if (row === undefined) return unknownKey(context, node.span, node.key);
  const key = node.key === 'path' ? 'path' : 'id';
  return asPrimary(
    context,
    loadRow('tunnel', node.span, row, (destination) => ({ kind: 'tunnel', key, destination })),
  );
}

/** Generated numbers take the datatype that the statement expects, where it is a 32-bit integer. */
function generatedType(context: LoweringContext): Datatype {
  const { type, bits } = context.expect;
  return type !== undefined && type.base === 'integer' && type.number !== 4 && bits === 32
    ? type
    : integerType;
}

export function evaluateNumgen(
  context: LoweringContext,
  node: NumgenExpression,
): TypedExpression | undefined {
  const { mode, modulus, offset = 0, span } = node;
  const type = generatedType(context);
  const typed = load('numgen', span, { type, bits: 32, byteOrder: 'host' }, (destination) => ({
    kind: 'numgen',
    mode,
    modulus,
    offset,
    destination,
  }));
  return asPrimary(context, typed, (modulus + offset - 1) >>> 0);
}

export function evaluateSymhash(
  context: LoweringContext,
  node: SymhashExpression,
): TypedExpression | undefined {
  const { modulus, offset = 0, span } = node;
  const type = generatedType(context);
  const typed = load('hash', span, { type, bits: 32, byteOrder: 'host' }, (destination) => ({
    kind: 'hash',
    type: 'symmetric',
    modulus,
    offset,
    destination,
  }));
  return asPrimary(context, typed, (modulus + offset - 1) >>> 0);
}

/** nft: expr_evaluate_hash() */
export function evaluateJhash(
  context: LoweringContext,
  node: JhashExpression,
): TypedExpression | undefined {
  const type = generatedType(context);
  expectNothing(context);
  const source = evaluateExpression(context, node.key);
  if (source === undefined) return undefined;
  const { modulus, offset = 0, seed, span } = node;
  return asPrimary(
    context,
    {
      kind: 'jhash',
      source,
      modulus,
      offset,
      span,
      type,
      bits: 32,
      order: 'host',
      ...(seed === undefined ? {} : { seed }),
    },
    modulus + offset - 1,
  );
}
