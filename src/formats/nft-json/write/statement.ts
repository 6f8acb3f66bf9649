/** Statements as JSON (libnftables: json.c). */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type {
  LogStatement,
  MatchStatement,
  NatStatement,
  PerStatement,
  QueueStatement,
  RejectStatement,
  SetUpdateStatement,
  Statement,
  StatementByKind,
  StatementKind,
  SynproxyStatement,
  TproxyStatement,
} from '../../../ast/nft/statements.ts';
import { printNftStatement } from '../../nft/print.ts';
import { filled, type Json, type JsonObject, object } from '../json.ts';
import type { JsonContext } from './context.ts';
import { expressionJson, verdictJson } from './expression.ts';
import { limitJson, quotaJson } from './stateful.ts';

export function statementJson(node: Statement, context: JsonContext): Json {
  return dispatch(node, context);
}

function dispatch<Kind extends StatementKind>(
  node: StatementByKind[Kind] & { readonly kind: Kind },
  context: JsonContext,
): Json {
  return writers[node.kind](node, context);
}

function optional(node: Expression | undefined, context: JsonContext): Json | undefined {
  return node === undefined ? undefined : expressionJson(node, context);
}

/** `null` in the place of an object without members. */
function orNull(members: JsonObject): Json {
  return Object.keys(members).length === 0 ? null : members;
}

/** Flags tests are `in`; what is written without an operator is equality otherwise. */
function operatorName({ operator, left, right }: MatchStatement): string {
  if (operator !== 'in') return operator;
  if (right.kind === 'list' || isOverMidnight(left, right)) return 'in';
  const flags = right.kind === 'value' && right.type.base === 'bitmask';
  return flags && right.type.name !== 'bitmask' ? 'in' : '==';
}

/** Such hours are sent as the negated rest of the day, and turned back without an operator. */
function isOverMidnight(left: Expression, right: Expression): boolean {
  if (left.kind !== 'meta' || left.key !== 'hour' || right.kind !== 'range') return false;
  return right.from.kind === 'value' && right.to.kind === 'value'
    ? right.from.value > right.to.value
    : false;
}

function matchJson(node: MatchStatement, context: JsonContext): Json {
  const comparing = { ...context, comparing: true };
  return {
    match: {
      op: operatorName(node),
      left: expressionJson(node.left, comparing),
      right: expressionJson(node.right, comparing),
    },
  };
}

function logJson(node: LogStatement, context: JsonContext): Json {
  const level = node.level === 'warn' ? undefined : node.level;
  return {
    log: orNull(
      object({
        prefix: optional(node.prefix, context),
        group: node.group,
        snaplen: node.snaplen,
        'queue-threshold': node.queueThreshold,
        level,
        flags: filled(node.flags ?? []),
      }),
    ),
  };
}

/** The answer of a plain `reject`, by family. */
const plainReject: Readonly<Record<string, string>> = { ip: 'icmp', ip6: 'icmpv6' };

function rejectJson(node: RejectStatement, context: JsonContext): Json {
  if (node.type === 'tcp reset') return { reject: { type: 'tcp reset' } };
  if (node.versionUnknown === true) return { reject: null };
  const type = node.type ?? plainReject[context.family] ?? 'icmpx';
  const expr = node.code === undefined ? 'port-unreachable' : expressionJson(node.code, context);
  return { reject: { type, expr } };
}

/** `netmap` is the flag that makes a translation one of prefixes. */
function natJson(node: NatStatement, context: JsonContext): Json {
  const prefix = node.typeFlags?.includes('prefix') ?? false;
  const flags = [...(node.flags ?? []), ...(prefix ? ['netmap'] : [])];
  return {
    [node.type]: orNull(
      object({
        family: node.family,
        addr: optional(node.address, context),
        port: optional(node.port, context),
        flags: filled(flags),
        type_flags: prefix ? ['prefix'] : undefined,
      }),
    ),
  };
}

function tproxyJson(node: TproxyStatement, context: JsonContext): Json {
  const addr = optional(node.address, context);
  return { tproxy: object({ family: node.family, addr, port: optional(node.port, context) }) };
}

function queueJson({ number, flags }: QueueStatement, context: JsonContext): Json {
  const num = number === undefined ? 0 : expressionJson(number, context);
  return { queue: object({ num, flags: filled(flags ?? []) }) };
}

function synproxyJson({ mss, wscale, flags }: SynproxyStatement): Json {
  return { synproxy: orNull(object({ mss, wscale, flags: filled(flags ?? []) })) };
}

function setUpdateJson(node: SetUpdateStatement, context: JsonContext): Json {
  const stateless = { ...context, stateless: true };
  const stmt = filled((node.statements ?? []).map((item) => statementJson(item, stateless)));
  const elem = expressionJson(node.element, context);
  const name = `@${node.set}`;
  if (node.data === undefined)
    return { set: object({ op: node.operation, elem, set: name, stmt }) };
  const data = expressionJson(node.data, context);
  return { map: object({ op: node.operation, elem, data, map: name, stmt }) };
}

/** Options without a name have no width here. */
function resetJson(option: Expression, context: JsonContext): Json {
  const unnamed = option.kind === 'tcp-option' && /^\d+$/.test(option.option);
  if (!unnamed) return expressionJson(option, context);
  return { 'tcp option': { base: Number(option.option), offset: 0, len: 0 } };
}

const writers: PerStatement<[JsonContext], Json> = {
  match: matchJson,
  verdict: ({ verdict }, context) => verdictJson(verdict, context),
  'anonymous-chain': (node, context) => printNftStatement(node, { stateless: context.stateless }),
  vmap: ({ key, data }, context) => ({
    vmap: { key: expressionJson(key, context), data: expressionJson(data, context) },
  }),
  counter: ({ packets, bytes }, context) => ({
    counter: context.stateless ? null : { packets: packets ?? 0n, bytes: bytes ?? 0n },
  }),
  quota: quotaJson,
  limit: limitJson,
  'ct-count': ({ over, count }) => ({
    // json_pack takes it for a signed integer.
    'ct count': object({ val: count | 0, inv: over ? true : undefined }),
  }),
  last: ({ used }, context) => ({
    last: context.stateless || used === undefined ? null : { used },
  }),
  log: logJson,
  reject: rejectJson,
  nat: natJson,
  tproxy: tproxyJson,
  notrack: () => ({ notrack: null }),
  mangle: ({ key, value }, context) => ({
    mangle: { key: expressionJson(key, context), value: expressionJson(value, context) },
  }),
  'reset-option': ({ option }, context) => ({ reset: resetJson(option, context) }),
  'set-update': setUpdateJson,
  meter: ({ name, size, key, statement }, context) => ({
    meter: object({
      key: expressionJson(key, context),
      stmt: statementJson(statement, { ...context, stateless: true }),
      size,
      name,
    }),
  }),
  dup: ({ address, device }, context) => ({
    dup: orNull(
      object({
        addr: optional(address ?? device, context),
        dev: address === undefined ? undefined : optional(device, context),
      }),
    ),
  }),
  fwd: ({ device, family, address }, context) => ({
    fwd: object({
      dev: expressionJson(device, context),
      family: address === undefined ? undefined : (family ?? 'ip'),
      addr: optional(address, context),
    }),
  }),
  queue: queueJson,
  synproxy: synproxyJson,
  flow: ({ flowtable }) => ({ flow: { op: 'add', flowtable: `@${flowtable}` } }),
  'object-reference': ({ type, name }, context) => ({ [type]: expressionJson(name, context) }),
  xt: ({ type, name }) => ({ xt: { type, name: name ?? '' } }),
  invalid: () => null,
};
