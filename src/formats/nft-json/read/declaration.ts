/** Tables, chains, sets, objects and flowtables from libnftables JSON. */

import type {
  BaseChain,
  Chain,
  Flowtable,
  Rule,
  SetDeclaration,
  SetFlag,
  SetType,
  Table,
} from '../../../ast/nft/ruleset.ts';
import { type Family, familyNumber } from '../../../fields/families.ts';
import { priorityByName } from '../../../fields/hooks.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';
import { numberOf, type ReadContext, stringsOf, textOf } from './context.ts';
import { milliseconds, readExpression, readSetItem } from './expression.ts';
import { objectTypeOf } from './object.ts';
import { readStatement } from './statement.ts';

export function readFamily(json: Json | undefined): Family {
  const families: readonly Family[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
  return families.find((family) => family === json && family in familyNumber) ?? 'ip';
}

function commentAndHandle(json: JsonObject): { comment?: string; handle?: number } {
  const comment = textOf(json.comment);
  const handle = numberOf(json.handle);
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(handle === undefined ? {} : { handle }),
  };
}

export function readTable(json: JsonObject, { span }: ReadContext): Table {
  const flags = stringsOf(json.flags).filter(
    (flag): flag is Table['flags'][number] =>
      flag === 'dormant' || flag === 'owner' || flag === 'persist',
  );
  return {
    kind: 'table',
    family: readFamily(json.family),
    name: textOf(json.name) ?? '',
    flags,
    ...commentAndHandle(json),
    objects: [],
    sets: [],
    flowtables: [],
    chains: [],
    span,
  };
}

const chainTypes = ['filter', 'nat', 'route'] as const;
const hooks = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
] as const;

function readBase(json: JsonObject, { span }: ReadContext): BaseChain | undefined {
  const type = chainTypes.find((word) => word === json.type);
  const hook = hooks.find((word) => word === json.hook);
  if (type === undefined || hook === undefined) return undefined;
  const devices = stringsOf(json.dev);
  const named = textOf(json.prio) ?? '0';
  const value =
    numberOf(json.prio) ??
    (/^-?\d+$/.test(named) ? Number(named) : undefined) ??
    priorityByName(readFamily(json.family), hook, named) ??
    0;
  return {
    type,
    hook,
    priority: { offset: value, value, span },
    ...(devices.length === 0 ? {} : { devices }),
    policy: json.policy === 'drop' ? 'drop' : 'accept',
  };
}

export function readChain(json: JsonObject, context: ReadContext): Chain {
  const base = readBase(json, context);
  return {
    kind: 'chain',
    name: textOf(json.name) ?? '',
    ...(base === undefined ? {} : { base }),
    ...commentAndHandle(json),
    rules: [],
    span: context.span,
  };
}

export function readRule(json: JsonObject, context: ReadContext): Rule {
  const expr = isArray(json.expr) ? json.expr : [];
  return {
    kind: 'rule',
    statements: expr.flatMap((item) => readStatement(item, context)),
    ...commentAndHandle(json),
    span: context.span,
  };
}

/** Names, or an expression behind `typeof`. */
function readType(json: Json | undefined, context: ReadContext): SetType {
  if (isObject(json) && json.typeof !== undefined) {
    return { kind: 'typeof', expression: readExpression(json.typeof, context) };
  }
  return { kind: 'type', names: stringsOf(json) };
}

const setFlags: readonly SetFlag[] = ['constant', 'interval', 'timeout', 'dynamic'];

export function readSet(json: JsonObject, map: boolean, context: ReadContext): SetDeclaration {
  const flags = stringsOf(json.flags);
  const size = numberOf(json.size);
  const timeout = milliseconds(json.timeout);
  const gcInterval = milliseconds(json['gc-interval']);
  const elements = isArray(json.elem) ? json.elem : [];
  const statements = isArray(json.stmt) ? json.stmt : [];
  const policy =
    json.policy === 'memory' || json.policy === 'performance' ? json.policy : undefined;
  return {
    kind: 'set',
    name: textOf(json.name) ?? '',
    map,
    key: readType(json.type, context),
    ...(map ? readMapData(json.map, context) : {}),
    ...(map && elements.some(hasRangeData) ? { dataInterval: true } : {}),
    flags: setFlags.filter((flag) => flags.includes(flag)),
    autoMerge: json['auto-merge'] === true,
    ...(policy === undefined ? {} : { policy }),
    ...(size === undefined ? {} : { size }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(gcInterval === undefined ? {} : { gcInterval }),
    ...commentAndHandle(json),
    statements: statements.flatMap((item) => readStatement(item, context)),
    elements: elements.map((item) => readSetItem(item, context)),
    span: context.span,
  };
}

/** JSON does not say that the data of a map are intervals; the data do. */
function hasRangeData(json: Json): boolean {
  const data = isArray(json) ? json[1] : undefined;
  if (!isObject(data)) return false;
  const parts = isArray(data.concat) ? data.concat : [data];
  return parts.some((part) => isObject(part) && ('range' in part || 'prefix' in part));
}

function readMapData(
  json: Json | undefined,
  context: ReadContext,
): Pick<SetDeclaration, 'data' | 'objectType'> {
  const type = objectTypeOf(textOf(json));
  return type === undefined ? { data: readType(json, context) } : { objectType: type };
}

export function readFlowtable(json: JsonObject, { span }: ReadContext): Flowtable {
  const value = numberOf(json.prio);
  return {
    kind: 'flowtable',
    name: textOf(json.name) ?? '',
    ...(value === undefined ? {} : { hook: 'ingress', priority: { offset: value, value, span } }),
    devices: stringsOf(json.dev),
    flags: [],
    counter: false,
    ...commentAndHandle(json),
    span,
  };
}
