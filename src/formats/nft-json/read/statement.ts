/** Statements from libnftables JSON. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type {
  MatchOperator,
  NatStatement,
  ObjectType,
  RejectStatement,
  Statement,
} from '../../../ast/nft/statements.ts';
import { parseRuleText } from '../../nft/parse.ts';
import { isArray, type Json, type JsonObject } from '../json.ts';
import {
  complain,
  numberOf,
  objectOf,
  onlyMember,
  type ReadContext,
  stringsOf,
  textOf,
} from './context.ts';
import { readExpression, readVerdict } from './expression.ts';
import { isReference, readStateful } from './stateful.ts';

/** The statements of one entry of an `expr` array. */
export function readStatement(json: Json, context: ReadContext): readonly Statement[] {
  if (typeof json === 'string') return readText(json, context);
  const member = onlyMember(json);
  if (member === undefined) {
    complain(context, 'statement', json);
    return [{ kind: 'invalid', span: context.span }];
  }
  const statement = readMember(member[0], member[1], context);
  if (statement !== undefined) return [statement];
  complain(context, 'statement', json);
  return [{ kind: 'invalid', span: context.span }];
}

/** Anonymous chains are plain text inside the JSON. */
function readText(text: string, context: ReadContext): readonly Statement[] {
  const source = { name: context.source.name, text };
  const { value, diagnostics } = parseRuleText(source, context.family);
  context.diagnostics.push(...diagnostics);
  return value.statements;
}

function readMember(name: string, json: Json, context: ReadContext): Statement | undefined {
  const { span } = context;
  const verdict = name === 'queue' ? undefined : readVerdict(name, json);
  if (verdict !== undefined) return { kind: 'verdict', verdict, span };
  const type = objectTypes.find((word) => word === name);
  if (type !== undefined && (isReference(json) || !stateful.has(name))) {
    return { kind: 'object-reference', type, name: readExpression(json, context), span };
  }
  return readStateful(name, json, context) ?? readers[name]?.(json, context);
}

const objectTypes: readonly ObjectType[] = [
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
  'tunnel',
];

/** Words that are both statements and kinds of objects. */
const stateful: ReadonlySet<string> = new Set(['counter', 'quota', 'limit', 'synproxy', 'tunnel']);

const operators: readonly MatchOperator[] = ['in', '==', '!=', '<', '>', '<=', '>=', '!'];

function readMatch(json: Json, context: ReadContext): Statement {
  const { op, left, right } = objectOf(json);
  return {
    kind: 'match',
    operator: operators.find((operator) => operator === op) ?? '==',
    left: readFibTest(readExpression(left, context), right),
    right: readExpression(right, context),
    span: context.span,
  };
}

/** In comparisons an existence test is written with its old name. */
function readFibTest(left: Expression, right: Json | undefined): Expression {
  const test = left.kind === 'fib' && left.result === 'oif' && typeof right === 'boolean';
  return test ? { ...left, result: 'check' } : left;
}

function optional<Name extends string>(
  name: Name,
  json: Json | undefined,
  context: ReadContext,
): { readonly [Key in Name]?: Expression } {
  if (json === undefined) return {};
  const members: { [Key in Name]?: Expression } = {};
  members[name] = readExpression(json, context);
  return members;
}

function familyOf(json: Json | undefined): { readonly family?: 'ip' | 'ip6' } {
  return json === 'ip' || json === 'ip6' ? { family: json } : {};
}

function readNat(type: NatStatement['type']) {
  return (json: Json, context: ReadContext): Statement => {
    const { family, addr, port, flags, type_flags: typeFlags } = objectOf(json);
    const words = stringsOf(flags).filter((word) => word !== 'netmap');
    const prefix = stringsOf(typeFlags).includes('prefix');
    return {
      kind: 'nat',
      type,
      ...familyOf(family),
      ...optional('address', addr, context),
      ...optional('port', port, context),
      ...(words.length === 0 ? {} : { flags: words }),
      ...(prefix ? { typeFlags: ['prefix'] } : {}),
      span: context.span,
    };
  };
}

const rejectTypes = ['tcp reset', 'icmp', 'icmpv6', 'icmpx'] as const;

function readReject(json: Json, context: ReadContext): RejectStatement {
  const { type, expr } = objectOf(json);
  const word = rejectTypes.find((known) => known === type);
  return {
    kind: 'reject',
    ...(word === undefined ? {} : { type: word }),
    ...optional('code', expr, context),
    span: context.span,
  };
}

function readLog(json: Json, { span }: ReadContext): Statement {
  const members = objectOf(json);
  const prefix = textOf(members.prefix);
  const level = textOf(members.level);
  const group = numberOf(members.group);
  const snaplen = numberOf(members.snaplen);
  const queueThreshold = numberOf(members['queue-threshold']);
  const flags = stringsOf(members.flags);
  return {
    kind: 'log',
    ...(prefix === undefined ? {} : { prefix: { kind: 'string', text: prefix, span } }),
    ...(group === undefined ? {} : { group }),
    ...(snaplen === undefined ? {} : { snaplen }),
    ...(queueThreshold === undefined ? {} : { queueThreshold }),
    ...(level === undefined ? {} : { level }),
    ...(flags.length === 0 ? {} : { flags }),
    span,
  };
}

function nameOf(json: Json | undefined): string {
  return (textOf(json) ?? '').replace(/^@/, '');
}

function statementsOf(json: Json | undefined, context: ReadContext): readonly Statement[] {
  if (json === undefined || json === null) return [];
  return (isArray(json) ? json : [json]).flatMap((item) => readStatement(item, context));
}

function readUpdate(set: string, members: JsonObject, context: ReadContext): Statement {
  const { op, elem, data, stmt } = members;
  const statements = statementsOf(stmt, context);
  return {
    kind: 'set-update',
    operation: op === 'update' || op === 'delete' ? op : 'add',
    set,
    element: readExpression(elem, context),
    ...optional('data', data, context),
    ...(statements.length === 0 ? {} : { statements }),
    span: context.span,
  };
}

function readMeter(json: Json, context: ReadContext): Statement {
  const { name, size, key, stmt } = objectOf(json);
  const limit = numberOf(size);
  const [statement] = statementsOf(stmt, context);
  return {
    kind: 'meter',
    name: textOf(name) ?? '',
    ...(limit === undefined ? {} : { size: limit }),
    key: readExpression(key, context),
    statement: statement ?? { kind: 'invalid', span: context.span },
    span: context.span,
  };
}

/** Outside of the IP families the only operand is a device. */
function readDup(json: Json, context: ReadContext): Statement {
  const { addr, dev } = objectOf(json);
  const { span, family } = context;
  if (addr !== undefined && dev === undefined && family === 'netdev') {
    return { kind: 'dup', device: readExpression(addr, context), span };
  }
  return {
    kind: 'dup',
    ...optional('address', addr, context),
    ...optional('device', dev, context),
    span,
  };
}

function readSynproxy(json: Json, { span }: ReadContext): Statement {
  const { mss, wscale, flags } = objectOf(json);
  const size = numberOf(mss);
  const scale = numberOf(wscale);
  const words = stringsOf(flags).filter(
    (word): word is 'timestamp' | 'sack-perm' => word === 'timestamp' || word === 'sack-perm',
  );
  return {
    kind: 'synproxy',
    ...(size === undefined ? {} : { mss: size }),
    ...(scale === undefined ? {} : { wscale: scale }),
    ...(words.length === 0 ? {} : { flags: words }),
    span,
  };
}

function readQueue(json: Json, context: ReadContext): Statement {
  const { num, flags } = objectOf(json);
  const words = stringsOf(flags).filter(
    (word): word is 'bypass' | 'fanout' => word === 'bypass' || word === 'fanout',
  );
  return {
    kind: 'queue',
    ...optional('number', num, context),
    ...(words.length === 0 ? {} : { flags: words }),
    span: context.span,
  };
}

function readXt(json: Json, { span }: ReadContext): Statement {
  const { type, name } = objectOf(json);
  const kinds = ['match', 'target', 'watcher'] as const;
  return {
    kind: 'xt',
    type: kinds.find((kind) => kind === type) ?? 'match',
    name: textOf(name) ?? '',
    span,
  };
}

const readers: Readonly<
  Record<string, (json: Json, context: ReadContext) => Statement | undefined>
> = {
  match: readMatch,
  vmap: (json, context) => ({
    kind: 'vmap',
    key: readExpression(objectOf(json).key, context),
    data: readExpression(objectOf(json).data, context),
    span: context.span,
  }),
  log: readLog,
  reject: readReject,
  snat: readNat('snat'),
  dnat: readNat('dnat'),
  masquerade: readNat('masquerade'),
  redirect: readNat('redirect'),
  tproxy: (json, context) => ({
    kind: 'tproxy',
    ...familyOf(objectOf(json).family),
    ...optional('address', objectOf(json).addr, context),
    ...optional('port', objectOf(json).port, context),
    span: context.span,
  }),
  notrack: (_, { span }) => ({ kind: 'notrack', span }),
  mangle: (json, context) => ({
    kind: 'mangle',
    key: readExpression(objectOf(json).key, context),
    value: readExpression(objectOf(json).value, context),
    span: context.span,
  }),
  reset: (json, context) => ({
    kind: 'reset-option',
    option: readExpression(json, context),
    span: context.span,
  }),
  set: (json, context) => readUpdate(nameOf(objectOf(json).set), objectOf(json), context),
  map: (json, context) => readUpdate(nameOf(objectOf(json).map), objectOf(json), context),
  meter: readMeter,
  dup: readDup,
  fwd: (json, context) => ({
    kind: 'fwd',
    device: readExpression(objectOf(json).dev, context),
    ...familyOf(objectOf(json).family),
    ...optional('address', objectOf(json).addr, context),
    span: context.span,
  }),
  queue: readQueue,
  synproxy: readSynproxy,
  flow: (json, { span }) => ({ kind: 'flow', flowtable: nameOf(objectOf(json).flowtable), span }),
  xt: readXt,
};
