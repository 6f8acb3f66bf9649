/** snat, dnat, masquerade, redirect and tproxy (nft: stmt_evaluate_nat(), _tproxy()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { NatStatement, TproxyStatement } from '../../ast/nft/statements.ts';
import type { Span } from '../../base/span.ts';
import { ipv4AddressType, ipv6AddressType } from '../../datatypes/address.ts';
import { concatDatatype } from '../../datatypes/concat.ts';
import { inetServiceType } from '../../datatypes/protocol.ts';
import { expectType, fail, type LoweringContext, protocolsOf } from '../context.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { protocolIp, protocolIp6, protocolTh } from '../protocol.ts';
import { findSet } from '../sets/reference.ts';
import type { TypedExpression } from '../typed.ts';
import { evaluateArgument } from './argument.ts';
import { emitNat, emitTproxy } from './nat-operations.ts';

export type AddressFamily = 'ip' | 'ip6' | 'inet';

/** What is known of a nat statement once evaluated. */
export interface EvaluatedNat {
  readonly statement: NatStatement;
  readonly family: AddressFamily;
  readonly address: TypedExpression | undefined;
  readonly port: TypedExpression | undefined;
  /** The address is looked up together with the port. */
  readonly concat: boolean;
}

export function lowerNat(context: LoweringContext, statement: NatStatement): boolean {
  const family = natFamily(context, statement);
  if (family === undefined) return false;
  if (statement.address === undefined) return lowerPort(context, statement, family, undefined);
  if (!checkNetwork(context, statement.span, statement.type, family)) return false;
  const concat = isConcatMap(context, statement);
  if (concat === undefined) return false;
  if (concat || statement.typeFlags?.includes('concat') === true) {
    return lowerConcatMap(context, statement, family);
  }
  const resolved = resolveFamily(
    context,
    statement.span,
    statement.type,
    family,
    statement.address,
  );
  if (resolved === undefined) return false;
  const address = evaluateNatAddress(context, statement.address, resolved, statement.span);
  if (address === undefined) return false;
  return lowerPort(context, statement, resolved, address);
}

/** nft: nat_evaluate_family() */
function natFamily(context: LoweringContext, statement: NatStatement): AddressFamily | undefined {
  const { family, layers } = protocolsOf(context);
  switch (family) {
    case 'ip':
    case 'ip6':
      return statement.family ?? family;
    case 'inet': {
      if (statement.address === undefined) return 'inet';
      if (statement.family !== undefined) return statement.family;
      const network = layers[2].protocol;
      return network === protocolIp ? 'ip' : network === protocolIp6 ? 'ip6' : 'inet';
    }
    default:
      return fail(
        context,
        'invalid-context',
        statement.span,
        'NAT is only supported for IPv4/IPv6',
      );
  }
}

/** nft: stmt_evaluate_l3proto() */
function checkNetwork(
  context: LoweringContext,
  span: Span,
  name: string,
  family: AddressFamily,
): boolean {
  const network = protocolsOf(context).layers[2].protocol;
  const conflict =
    (network === protocolIp && family !== 'ip') || (network === protocolIp6 && family !== 'ip6');
  if (!conflict) return true;
  fail(
    context,
    'conflicting-protocols',
    span,
    `conflicting protocols specified: ${network?.name} vs. ${family}: specify ip or ip6 in the ${name} statement`,
  );
  return false;
}

/** nft: expr_family_infer(): the key of a map tells the family in inet tables. */
function resolveFamily(
  context: LoweringContext,
  span: Span,
  name: string,
  family: AddressFamily,
  address: Expression,
): 'ip' | 'ip6' | undefined {
  const table = protocolsOf(context).family;
  if (table === 'ip' || table === 'ip6') return table;
  const inferred = family === 'inet' ? inferFamily(address) : family;
  if (inferred !== undefined) return inferred;
  return fail(
    context,
    'invalid-context',
    span,
    `specify '${name} ip' or '${name} ip6' in ${table} table to disambiguate`,
  );
}

function inferFamily(address: Expression): 'ip' | 'ip6' | undefined {
  if (address.kind !== 'map') return undefined;
  const { key } = address;
  let family: 'ip' | 'ip6' | undefined;
  for (const part of key.kind === 'concat' ? key.parts : [key]) {
    if (part.kind !== 'payload') continue;
    if (part.protocol === 'ip') family = 'ip';
    else if (part.protocol === 'ip6') family = 'ip6';
  }
  return family;
}

export function addressType(family: 'ip' | 'ip6') {
  return family === 'ip' ? ipv4AddressType : ipv6AddressType;
}

export function evaluateNatAddress(
  context: LoweringContext,
  node: Expression,
  family: 'ip' | 'ip6',
  span: Span,
): TypedExpression | undefined {
  const type = addressType(family);
  return evaluateArgument(context, node, { type, bits: type.bits, order: 'big' }, span);
}

/** The mapped values are addresses with ports (nft: nat_concat_map()). */
function isConcatMap(context: LoweringContext, statement: NatStatement): boolean | undefined {
  const { address } = statement;
  if (address?.kind !== 'map') return false;
  const { data } = address;
  if (data.kind === 'set') {
    return data.items.some((item) => item.kind === 'mapping' && item.data.kind === 'concat');
  }
  if (data.kind !== 'set-reference') return false;
  const set = findSet(context, data.name, data.span);
  if (set === undefined) return undefined;
  if (set.kind !== 'map') {
    return fail(context, 'invalid-set', data.span, 'expression is not a map');
  }
  return set.data?.type.fields !== undefined;
}

/** nft: stmt_evaluate_nat_map() */
function lowerConcatMap(
  context: LoweringContext,
  statement: NatStatement,
  family: AddressFamily,
): boolean {
  const { address, port, span } = statement;
  if (address === undefined) return false;
  if (port !== undefined) {
    fail(context, 'invalid-expression', span, 'nat map and protocol are mutually exclusive', {
      also: port.span,
    });
    return false;
  }
  const resolved = family === 'inet' ? inferFamily(address) : family;
  if (resolved === undefined) {
    fail(
      context,
      'invalid-context',
      span,
      `specify '${statement.type} ip' or '${statement.type} ip6' to disambiguate`,
    );
    return false;
  }
  const type = concatDatatype([addressType(resolved), inetServiceType]);
  expectType(context, type, 'big', type.bits);
  const typed = evaluateExpression(context, address);
  if (typed === undefined) return false;
  if (!knowsTransport(context, typed)) return missingTransport(context, address, span);
  return emitNat(context, {
    statement,
    family: resolved,
    address: typed,
    port: undefined,
    concat: true,
  });
}

/** nft: nat_evaluate_addr_has_th_expr() */
function knowsTransport(context: LoweringContext, address: TypedExpression | undefined): boolean {
  if (protocolsOf(context).layers[3].protocol !== undefined) return true;
  if (address?.kind !== 'map' || address.key.kind !== 'concat') return false;
  return address.key.parts.some((part) => {
    if (part.kind === 'meta') return part.key.name === 'l4proto';
    if (part.kind !== 'payload') return false;
    return part.base === 'transport'
      ? part.protocol !== protocolTh && part.protocol !== undefined
      : part.base === 'network' && part.protocolKey;
  });
}

function missingTransport(context: LoweringContext, node: Expression, also: Span): false {
  fail(
    context,
    'invalid-context',
    node.span,
    'transport protocol mapping is only valid after transport protocol match',
    { also },
  );
  return false;
}

function evaluatePort(
  context: LoweringContext,
  node: Expression,
  address: TypedExpression | undefined,
  span: Span,
): TypedExpression | undefined {
  const port = evaluateArgument(
    context,
    node,
    { type: inetServiceType, bits: 16, order: 'big' },
    span,
  );
  if (port === undefined) return undefined;
  if (!knowsTransport(context, address)) {
    missingTransport(context, node, span);
    return undefined;
  }
  return port;
}

function lowerPort(
  context: LoweringContext,
  statement: NatStatement,
  family: AddressFamily,
  address: TypedExpression | undefined,
): boolean {
  const port =
    statement.port === undefined
      ? undefined
      : evaluatePort(context, statement.port, address, statement.span);
  if (statement.port !== undefined && port === undefined) return false;
  return emitNat(context, { statement, family, address, port, concat: false });
}

export function lowerTproxy(context: LoweringContext, statement: TproxyStatement): boolean {
  const { family: table, layers } = protocolsOf(context);
  const { span } = statement;
  if (table !== 'ip' && table !== 'ip6' && table !== 'inet') {
    fail(context, 'invalid-context', span, 'tproxy is only supported for IPv4/IPv6/INET');
    return false;
  }
  const family = statement.family ?? (table === 'inet' ? undefined : table);
  if (layers[3].protocol === undefined) {
    fail(
      context,
      'invalid-context',
      span,
      'transparent proxy support requires transport protocol match',
    );
    return false;
  }
  if (statement.address === undefined && statement.port === undefined) {
    fail(context, 'invalid-expression', span, 'either address or port must be specified');
    return false;
  }
  if (!checkNetwork(context, span, 'tproxy', family ?? 'inet')) return false;
  return evaluateTproxy(context, statement, family);
}

function evaluateTproxy(
  context: LoweringContext,
  statement: TproxyStatement,
  family: 'ip' | 'ip6' | undefined,
): boolean {
  const { span } = statement;
  let resolved = family;
  let address: TypedExpression | undefined;
  if (statement.address !== undefined) {
    resolved = resolveFamily(context, span, 'tproxy', family ?? 'inet', statement.address);
    if (resolved === undefined) return false;
    address = evaluateNatAddress(context, statement.address, resolved, span);
    if (address === undefined || !noRange(context, address, span, 'address')) return false;
  }
  let port: TypedExpression | undefined;
  if (statement.port !== undefined) {
    port = evaluatePort(context, statement.port, address, span);
    if (port === undefined || !noRange(context, port, span, 'port')) return false;
  }
  return emitTproxy(context, statement, resolved, address, port);
}

function noRange(
  context: LoweringContext,
  typed: TypedExpression,
  span: Span,
  what: string,
): boolean {
  if (typed.kind !== 'range') return true;
  fail(context, 'invalid-expression', span, `${what} ranges are not supported for tproxy`);
  return false;
}
