/** Expressions from libnftables JSON. */

import type {
  BinaryOperator,
  ElementExpression,
  Expression,
  FibFlag,
  PayloadBase,
} from '../../../ast/nft/expressions.ts';
import type { Statement } from '../../../ast/nft/statements.ts';
import type { Verdict } from '../../../ast/nft/verdict.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import {
  complain,
  numberOf,
  objectOf,
  onlyMember,
  type ReadContext,
  stringsOf,
  textOf,
} from './context.ts';
import { readStateful } from './stateful.ts';

/** Any expression; what is not understood becomes an empty word and a diagnostic. */
export function readExpression(json: Json | undefined, context: ReadContext): Expression {
  const { span } = context;
  if (typeof json === 'boolean') return { kind: 'boolean', value: json, span };
  if (typeof json === 'number' || typeof json === 'bigint') {
    return { kind: 'symbol', text: String(json), span };
  }
  if (typeof json === 'string') return readWord(json, context);
  if (isArray(json)) return { kind: 'list', items: readAll(json, context), span };
  const member = json === undefined || json === null ? undefined : onlyMember(json);
  const reader = member === undefined ? undefined : readers[member[0]];
  if (member === undefined || reader === undefined) {
    complain(context, 'expression', json);
    return { kind: 'symbol', text: '', span };
  }
  return reader(member[1], context);
}

function readAll(items: readonly Json[], context: ReadContext): Expression[] {
  return items.map((item) => readExpression(item, context));
}

/** Words that the grammar takes without quotes; all others are strings. */
const bareWord = /^[A-Za-z0-9_.:*/-]+$/;

function readWord(text: string, { span }: ReadContext): Expression {
  if (text.startsWith('@')) return { kind: 'set-reference', name: text.slice(1), span };
  if (text === '*') return { kind: 'wildcard', span };
  return bareWord.test(text) ? { kind: 'symbol', text, span } : { kind: 'string', text, span };
}

export function readVerdict(name: string, json: Json): Verdict | undefined {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
    case 'queue':
      return { kind: name };
    case 'jump':
    case 'goto': {
      const chain = isObject(json) ? textOf(json.target) : textOf(json);
      return chain === undefined ? undefined : { kind: name, chain };
    }
    default:
      return undefined;
  }
}

function readVerdictExpression(name: string) {
  return (json: Json, context: ReadContext): Expression => {
    const verdict = readVerdict(name, json) ?? { kind: 'continue' };
    return { kind: 'verdict', verdict, span: context.span };
  };
}

/** Items of a set; a pair is a mapping. */
export function readSetItem(json: Json, context: ReadContext): Expression {
  const { span } = context;
  if (!isArray(json)) return readExpression(json, context);
  const [key, data] = json;
  return {
    kind: 'mapping',
    key: readExpression(key, context),
    data: readExpression(data, context),
    span,
  };
}

function readSet(json: Json, context: ReadContext): Expression {
  const items = isArray(json) ? json : [json];
  return {
    kind: 'set',
    items: items.map((item) => readSetItem(item, context)),
    span: context.span,
  };
}

/** Seconds in JSON, milliseconds in the tree. */
export function milliseconds(json: Json | undefined): number | undefined {
  const seconds = numberOf(json);
  return seconds === undefined ? undefined : seconds * 1000;
}

function readElement(json: Json, context: ReadContext): ElementExpression {
  const { val, timeout, expires, comment, ...rest } = objectOf(json);
  const statements = Object.entries(rest).flatMap(([name, value]): Statement[] => {
    const statement = readStateful(name, value, context);
    return statement === undefined ? [] : [statement];
  });
  const time = milliseconds(timeout);
  const expiry = milliseconds(expires);
  const text = textOf(comment);
  return {
    kind: 'element',
    key: readExpression(val, context),
    ...(text === undefined ? {} : { comment: text }),
    ...(time === undefined ? {} : { timeout: time }),
    ...(expiry === undefined ? {} : { expires: expiry }),
    ...(statements.length === 0 ? {} : { statements }),
    span: context.span,
  };
}

const bases: Readonly<Record<string, PayloadBase>> = {
  ll: 'link',
  nh: 'network',
  th: 'transport',
  ih: 'inner',
};

function readPayload(json: Json, { span }: ReadContext): Expression {
  const { base, offset, len, protocol, field, tunnel } = objectOf(json);
  const outer = textOf(tunnel);
  const around = outer === undefined || outer === protocol ? {} : { tunnel: outer };
  const raw = bases[textOf(base) ?? ''];
  if (raw !== undefined) {
    const bits = numberOf(len) ?? 0;
    return { kind: 'raw-payload', base: raw, offset: numberOf(offset) ?? 0, bits, ...around, span };
  }
  return {
    kind: 'payload',
    protocol: textOf(protocol) ?? '',
    field: textOf(field) ?? '',
    ...around,
    span,
  };
}

function fieldOf(json: JsonObject): { readonly field?: string } {
  const field = textOf(json.field);
  return field === undefined ? {} : { field };
}

function readExthdr(json: Json, { span }: ReadContext): Expression {
  const members = objectOf(json);
  const header = textOf(members.name) ?? '';
  const indexed = /^(\w+)\[(\d+)\]$/.exec(textOf(members.field) ?? '');
  if (indexed === null) return { kind: 'exthdr', header, ...fieldOf(members), span };
  const [, field = '', index = ''] = indexed;
  return { kind: 'exthdr', header, field, index: Number(index), span };
}

function readTcpOption(json: Json, { span }: ReadContext): Expression {
  const members = objectOf(json);
  const name = textOf(members.name);
  if (name !== undefined) return { kind: 'tcp-option', option: name, ...fieldOf(members), span };
  const type = numberOf(members.base) ?? 0;
  const offset = numberOf(members.offset) ?? 0;
  const bits = numberOf(members.len) ?? 8;
  const option = String(type);
  if (offset === 0 && (bits === 0 || bits === 8)) return { kind: 'tcp-option', option, span };
  return { kind: 'tcp-option', option, raw: { type, offset, bits }, span };
}

function readMap(json: Json, context: ReadContext): Expression {
  const { key, data } = objectOf(json);
  return {
    kind: 'map',
    key: readExpression(key, context),
    data: readExpression(data, context),
    span: context.span,
  };
}

function readCt(json: Json, { span }: ReadContext): Expression {
  const { key, dir, family } = objectOf(json);
  const direction = dir === 'original' || dir === 'reply' ? ({ direction: dir } as const) : {};
  const name = typeof family === 'string' ? `${family} ${textOf(key)}` : (textOf(key) ?? '');
  return { kind: 'ct', key: name, ...direction, span };
}

function familyOf(json: Json | undefined): { readonly family?: 'ip' | 'ip6' } {
  return json === 'ip' || json === 'ip6' ? { family: json } : {};
}

const fibFlags: readonly FibFlag[] = ['saddr', 'daddr', 'mark', 'iif', 'oif'];
const fibResults = ['oif', 'oifname', 'type', 'check'] as const;

function readFib(json: Json, { span }: ReadContext): Expression {
  const { result, flags } = objectOf(json);
  const words = stringsOf(flags);
  return {
    kind: 'fib',
    flags: fibFlags.filter((flag) => words.includes(flag)),
    result: fibResults.find((word) => word === result) ?? 'oif',
    span,
  };
}

function readOsf(json: Json, { span }: ReadContext): Expression {
  const { key, ttl } = objectOf(json);
  const word = ttl === 'loose' || ttl === 'skip' ? ({ ttl } as const) : {};
  return { kind: 'osf', key: key === 'version' ? 'version' : 'name', ...word, span };
}

function readIpsec(json: Json, { span }: ReadContext): Expression {
  const { key, family, dir, spnum } = objectOf(json);
  const number = numberOf(spnum);
  return {
    kind: 'ipsec',
    direction: dir === 'out' ? 'out' : 'in',
    ...(number ? { spnum: number } : {}),
    key: textOf(key) ?? '',
    ...familyOf(family),
    span,
  };
}

function offsetOf(json: Json | undefined): { readonly offset?: number } {
  const offset = numberOf(json);
  return offset ? { offset } : {};
}

function readNumgen(json: Json, { span }: ReadContext): Expression {
  const { mode, mod, offset } = objectOf(json);
  return {
    kind: 'numgen',
    mode: mode === 'random' ? 'random' : 'inc',
    modulus: numberOf(mod) ?? 1,
    ...offsetOf(offset),
    span,
  };
}

function readJhash(json: Json, context: ReadContext): Expression {
  const { mod, seed, offset, expr } = objectOf(json);
  const number = numberOf(seed);
  return {
    kind: 'jhash',
    key: readExpression(expr, context),
    modulus: numberOf(mod) ?? 1,
    ...(number === undefined ? {} : { seed: number }),
    ...offsetOf(offset),
    span: context.span,
  };
}

/** Several operands are grouped from the left. */
function readBinary(operator: BinaryOperator) {
  return (json: Json, context: ReadContext): Expression => {
    const [first, ...rest] = readAll(isArray(json) ? json : [json], context);
    const { span } = context;
    return rest.reduce<Expression>(
      (left, right) => ({ kind: 'binary', operator, left, right, span }),
      first ?? { kind: 'symbol', text: '', span },
    );
  };
}

type Reader = (json: Json, context: ReadContext) => Expression;

const readers: Readonly<Record<string, Reader>> = {
  concat: (json, context) => ({
    kind: 'concat',
    parts: readAll(isArray(json) ? json : [json], context),
    span: context.span,
  }),
  set: readSet,
  elem: readElement,
  map: readMap,
  vmap: readMap,
  prefix: (json, context) => ({
    kind: 'prefix',
    address: readExpression(objectOf(json).addr, context),
    length: numberOf(objectOf(json).len) ?? 0,
    span: context.span,
  }),
  range: (json, context) => {
    const [from, to] = isArray(json) ? json : [];
    return {
      kind: 'range',
      from: readExpression(from, context),
      to: readExpression(to, context),
      span: context.span,
    };
  },
  payload: readPayload,
  exthdr: readExthdr,
  'tcp option': readTcpOption,
  'ip option': (json, { span }) => ({
    kind: 'ip-option',
    option: textOf(objectOf(json).name) ?? '',
    ...fieldOf(objectOf(json)),
    span,
  }),
  'sctp chunk': (json, { span }) => ({
    kind: 'sctp-chunk',
    chunk: textOf(objectOf(json).name) ?? '',
    ...fieldOf(objectOf(json)),
    span,
  }),
  'dccp option': (json, { span }) => ({
    kind: 'dccp-option',
    type: numberOf(objectOf(json).type) ?? 0,
    span,
  }),
  meta: (json, { span }) => ({ kind: 'meta', key: textOf(objectOf(json).key) ?? '', span }),
  ct: readCt,
  rt: (json, { span }) => ({
    kind: 'rt',
    key: textOf(objectOf(json).key) ?? '',
    ...familyOf(objectOf(json).family),
    span,
  }),
  fib: readFib,
  socket: (json, { span }) => ({ kind: 'socket', key: textOf(objectOf(json).key) ?? '', span }),
  osf: readOsf,
  ipsec: readIpsec,
  tunnel: (json, { span }) => ({ kind: 'tunnel', key: textOf(objectOf(json).key) ?? '', span }),
  numgen: readNumgen,
  jhash: readJhash,
  symhash: (json, { span }) => ({
    kind: 'symhash',
    modulus: numberOf(objectOf(json).mod) ?? 1,
    ...offsetOf(objectOf(json).offset),
    span,
  }),
  '|': readBinary('|'),
  '^': readBinary('^'),
  '&': readBinary('&'),
  '<<': readBinary('<<'),
  '>>': readBinary('>>'),
  accept: readVerdictExpression('accept'),
  drop: readVerdictExpression('drop'),
  continue: readVerdictExpression('continue'),
  return: readVerdictExpression('return'),
  jump: readVerdictExpression('jump'),
  goto: readVerdictExpression('goto'),
  queue: readVerdictExpression('queue'),
};
