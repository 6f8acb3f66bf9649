/** Expressions as JSON (libnftables: json.c). */

import type {
  BinaryExpression,
  ElementExpression,
  Expression,
  ExpressionByKind,
  ExpressionKind,
  PerExpression,
} from '../../../ast/nft/expressions.ts';
import { chainOfVerdict, type Verdict } from '../../../ast/nft/verdict.ts';
import { parseInteger } from '../../../datatypes/parse-integer.ts';
import { isObject, type Json, object } from '../json.ts';
import type { JsonContext } from './context.ts';
import { statementJson } from './statement.ts';
import { integerJson, valueJson } from './value.ts';

export function expressionJson(node: Expression, context: JsonContext): Json {
  return dispatch(node, context);
}

function dispatch<Kind extends ExpressionKind>(
  node: ExpressionByKind[Kind] & { readonly kind: Kind },
  context: JsonContext,
): Json {
  return writers[node.kind](node, context);
}

function allJson(nodes: readonly Expression[], context: JsonContext): readonly Json[] {
  return nodes.map((node) => expressionJson(node, context));
}

export function verdictJson(verdict: Verdict, context: JsonContext): Json {
  if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return { [verdict.kind]: null };
  const { chain } = verdict;
  if (typeof chain === 'string') return { [verdict.kind]: { target: chain } };
  const target = chainOfVerdict(verdict) ?? expressionJson(chain, context);
  return { [verdict.kind]: { target } };
}

/** Operands of one operator in a row are one list. */
function operands(node: BinaryExpression, context: JsonContext): readonly Json[] {
  return [node.left, node.right].flatMap((operand) =>
    operand.kind === 'binary' && operand.operator === node.operator
      ? operands(operand, context)
      : [expressionJson(operand, context)],
  );
}

function elementJson(node: ElementExpression, context: JsonContext): Json {
  if (node.key.kind !== 'mapping') return optionsJson(node, node.key, context);
  const key = optionsJson(node, node.key.key, context);
  return [key, expressionJson(node.key.data, context)];
}

function optionsJson(node: ElementExpression, key: Expression, context: JsonContext): Json {
  const val = expressionJson(key, context);
  const { timeout, expires, comment } = node;
  const statements = node.statements ?? [];
  const bare = !timeout && !expires && comment === undefined && statements.length === 0;
  if (bare) return val;
  const shown = statements.map((statement) => statementJson(statement, context));
  return {
    elem: {
      ...Object.assign({}, ...shown.filter(isObject)),
      ...object({
        val,
        timeout: timeout ? Math.floor(timeout / 1000) : undefined,
        expires: expires ? Math.floor(expires / 1000) : undefined,
        comment,
      }),
    },
  };
}

/** Words of a parsed tree: numbers as such. */
function symbolJson(text: string): Json {
  const number = /^[0-9]/.test(text) ? parseInteger(text) : undefined;
  return number === undefined ? text : integerJson(number);
}

const baseTokens = {
  link: 'll',
  network: 'nh',
  transport: 'th',
  inner: 'ih',
  tunnel: 'ih',
} as const;

/** Protocols whose own fields are matched as those of a tunnel. */
const tunnels: ReadonlySet<string> = new Set(['vxlan', 'geneve']);

function payloadJson(node: ExpressionByKind['payload']): Json {
  const { protocol, field } = node;
  const tunnel = node.tunnel ?? (tunnels.has(protocol) ? protocol : undefined);
  return { payload: object({ tunnel, protocol, field }) };
}

function tcpOptionJson(node: ExpressionByKind['tcp-option']): Json {
  const { option, field, raw } = node;
  if (raw !== undefined) {
    return { 'tcp option': { base: raw.type, offset: raw.offset, len: raw.bits } };
  }
  if (/^\d+$/.test(option)) return { 'tcp option': { base: Number(option), offset: 0, len: 8 } };
  return { 'tcp option': object({ name: option, field }) };
}

function mapJson(key: Expression, data: Expression, context: JsonContext): Json {
  return { key: expressionJson(key, context), data: expressionJson(data, context) };
}

function isVerdictMap(data: Expression): boolean {
  if (data.kind !== 'set') return false;
  const [first] = data.items;
  const item = first?.kind === 'element' ? first.key : first;
  return item?.kind === 'mapping' && item.data.kind === 'verdict';
}

const writers: PerExpression<[JsonContext], Json> = {
  symbol: ({ text }) => symbolJson(text),
  string: ({ text }) => text,
  value: valueJson,
  variable: ({ name }) => `$${name}`,
  prefix: ({ address, length }, context) => ({
    prefix: { addr: expressionJson(address, context), len: length },
  }),
  range: ({ from, to }, context) => {
    const numeric = { ...context, numericProtocols: true };
    return { range: [expressionJson(from, numeric), expressionJson(to, numeric)] };
  },
  concat: ({ parts }, context) => ({ concat: allJson(parts, context) }),
  list: ({ items }, context) => allJson(items, context),
  set: ({ items }, context) => ({ set: allJson(items, context) }),
  'set-reference': ({ name }) => `@${name}`,
  element: elementJson,
  wildcard: () => '*',
  mapping: ({ key, data }, context) => [
    expressionJson(key, context),
    expressionJson(data, context),
  ],
  verdict: ({ verdict }, context) => verdictJson(verdict, context),
  map: ({ key, data }, context) => ({
    [isVerdictMap(data) ? 'vmap' : 'map']: mapJson(key, data, context),
  }),
  payload: payloadJson,
  'raw-payload': ({ base, offset, bits }) => ({
    payload: { base: baseTokens[base], offset, len: bits },
  }),
  exthdr: ({ header, field, index }) => ({
    exthdr: object({
      name: header,
      field: field === undefined || index === undefined ? field : `${field}[${index}]`,
    }),
  }),
  'tcp-option': tcpOptionJson,
  'ip-option': ({ option, field }) => ({ 'ip option': object({ name: option, field }) }),
  'sctp-chunk': ({ chunk, field }) => ({ 'sctp chunk': object({ name: chunk, field }) }),
  'dccp-option': ({ type }) => ({ 'dccp option': { type } }),
  meta: ({ key }) => ({ meta: { key } }),
  ct: ({ key, direction }) => ({ ct: object({ key, dir: direction }) }),
  rt: ({ key, family }) => ({ rt: object({ key, family }) }),
  fib: ({ flags, result }, context) => ({
    fib: { result: result === 'check' && context.comparing ? 'oif' : result, flags: [...flags] },
  }),
  socket: ({ key }) => ({ socket: { key } }),
  osf: ({ key, ttl }) => ({ osf: object({ key, ttl }) }),
  ipsec: ({ direction, spnum, key, family }) => ({
    ipsec: object({ key, family, dir: direction, spnum: spnum ?? 0 }),
  }),
  tunnel: ({ key }) => ({ tunnel: { key } }),
  numgen: ({ mode, modulus, offset }) => ({
    numgen: { mode, mod: modulus, offset: offset ?? 0 },
  }),
  jhash: ({ key, modulus, seed, offset }, context) => ({
    jhash: object({ mod: modulus, seed, offset, expr: expressionJson(key, context) }),
  }),
  symhash: ({ modulus, offset }) => ({ symhash: object({ mod: modulus, offset }) }),
  binary: (node, context) => ({ [node.operator]: operands(node, context) }),
  'flags-mask': ({ value, mask }, context) => [
    expressionJson(value, context),
    expressionJson(mask, context),
  ],
  boolean: ({ value }) => value,
};
