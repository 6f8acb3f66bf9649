/** Tables, chains, sets, objects and flowtables as JSON. */

import type {
  Chain,
  Flowtable,
  Rule,
  SetDeclaration,
  SetType,
  Table,
} from '../../../ast/nft/ruleset.ts';
import { datatypeOfExpression } from '../../nft/print/expression-datatype.ts';
import { countedElements } from '../../nft/print/set.ts';
import { filled, type Json, type JsonObject, object } from '../json.ts';
import type { JsonContext } from './context.ts';
import { expressionJson } from './expression.ts';
import { objectJson } from './object.ts';
import { statementJson } from './statement.ts';

/** Chains before what may refer to them; rules last (libnftables: table_print_json_full). */
export function tableJson(table: Table, context: JsonContext): readonly Json[] {
  return [
    { table: tableHead(table) },
    ...table.chains.map((chain) => chainJson(chain, table)),
    ...table.objects.map((item) => objectJson(item, table)),
    ...table.sets.map((set) => setJson(set, table, context)),
    ...table.flowtables.map((flowtable) => flowtableJson(flowtable, table)),
    ...table.chains.flatMap((chain) =>
      chain.rules.map((rule) => ruleJson(rule, chain, table, context)),
    ),
  ];
}

function tableHead(table: Table): JsonObject {
  return object({
    family: table.family,
    name: table.name,
    handle: table.handle ?? 0,
    flags: filled(table.flags),
    comment: table.comment,
  });
}

/** One name alone, several as a list. */
function devices(names: readonly string[]): Json | undefined {
  return names.length > 1 ? [...names] : names[0];
}

function chainJson(chain: Chain, table: Table): Json {
  const { base } = chain;
  return {
    chain: object({
      family: table.family,
      table: table.name,
      name: chain.name,
      handle: chain.handle ?? 0,
      comment: chain.comment,
      dev: devices(base?.devices ?? []),
      type: base?.type,
      hook: base?.hook,
      prio: base?.priority.value,
      policy: base === undefined ? undefined : (base.policy ?? 'accept'),
    }),
  };
}

function ruleJson(rule: Rule, chain: Chain, table: Table, context: JsonContext): Json {
  return {
    rule: object({
      family: table.family,
      table: table.name,
      chain: chain.name,
      handle: rule.handle ?? 0,
      comment: rule.comment,
      expr: filled(rule.statements.map((statement) => statementJson(statement, context))),
    }),
  };
}

function typeJson(type: SetType | undefined, context: JsonContext): Json {
  if (type === undefined) return 'invalid';
  if (type.kind === 'typeof') return { typeof: expressionJson(type.expression, context) };
  return type.names.length > 1 ? [...type.names] : (type.names[0] ?? 'invalid');
}

/** Data of maps are shown by their types even where they were declared with `typeof`. */
function dataJson(type: SetType): Json {
  if (type.kind === 'type') return type.names.length > 1 ? [...type.names] : (type.names[0] ?? '');
  const { expression } = type;
  if (expression.kind !== 'concat') return datatypeOfExpression(expression);
  return expression.parts.map(datatypeOfExpression);
}

const flagOrder = ['constant', 'interval', 'timeout', 'dynamic'] as const;

function setJson(set: SetDeclaration, table: Table, context: JsonContext): Json {
  const stateless = { ...context, stateless: true };
  const constant = set.flags.includes('constant');
  return {
    [set.map ? 'map' : 'set']: object({
      family: table.family,
      name: set.name,
      table: table.name,
      type: typeJson(set.key, context),
      handle: set.handle ?? 0,
      comment: set.comment,
      map: set.objectType ?? (set.data === undefined ? undefined : dataJson(set.data)),
      policy: constant || set.policy !== 'memory' ? undefined : 'memory',
      size: constant || set.size === undefined ? undefined : set.size | 0,
      count: constant || set.size === undefined ? undefined : countedElements(set) || undefined,
      flags: filled(flagOrder.filter((flag) => set.flags.includes(flag))),
      timeout: set.timeout === undefined ? undefined : Math.floor(set.timeout / 1000),
      'gc-interval': set.gcInterval === undefined ? undefined : Math.floor(set.gcInterval / 1000),
      'auto-merge': set.autoMerge ? true : undefined,
      elem: filled(set.elements.map((element) => expressionJson(element, context))),
      stmt: filled(set.statements.map((statement) => statementJson(statement, stateless))),
    }),
  };
}

function flowtableJson(flowtable: Flowtable, table: Table): Json {
  return {
    flowtable: object({
      family: table.family,
      name: flowtable.name,
      table: table.name,
      handle: flowtable.handle ?? 0,
      hook: flowtable.priority === undefined ? undefined : 'ingress',
      prio: flowtable.priority?.value,
      dev: devices(flowtable.devices),
    }),
  };
}
