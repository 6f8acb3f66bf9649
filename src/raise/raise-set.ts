/** Named sets and maps from a program. */

import type { Expression } from '../ast/nft/expressions.ts';
import type { SetDeclaration, SetFlag, SetType } from '../ast/nft/ruleset.ts';
import { mapChildren } from '../ast/nft/visit.ts';
import type { ProgramSet, SetField } from '../model/program.ts';
import { elementExpression } from './elements.ts';
import type { Dialect } from './options.ts';
import { elementTrees } from './set-elements.ts';
import { statefulStatements } from './stateful.ts';
import { objectType } from './statement-operations.ts';

/** What the kernel limits sets to that rules add to and that have no limit of their own (nft_dynset_init). */
const updatedSize = 65535;

/** The set with its elements in listing order; what a program does not keep (`typeof`, the handle) is taken from `written`. */
export function raiseSet(
  set: ProgramSet,
  written: SetDeclaration | undefined,
  updated: boolean,
  dialect: Dialect = '1.1.7',
): SetDeclaration {
  const { comment, defaultTimeout, gcInterval } = set;
  const size = set.size ?? (updated ? updatedSize : undefined);
  return {
    kind: 'set',
    name: set.name,
    map: set.map !== undefined,
    key: typeofKey(written?.key) ?? fieldTypes(set.key),
    ...mapDeclaration(set, written),
    flags: setFlags(set, written),
    autoMerge: set.autoMerge || (dialect === '1.0.6' && written?.autoMerge === true),
    policy: set.policy,
    ...(size === undefined ? {} : { size }),
    ...(defaultTimeout === undefined ? {} : { timeout: defaultTimeout }),
    ...(gcInterval === undefined ? {} : { gcInterval }),
    ...(comment === undefined ? {} : { comment }),
    ...(written?.handle === undefined ? {} : { handle: written.handle }),
    statements: statefulStatements(set.operations),
    elements: elementTrees(set, dialect).map((element) =>
      elementExpression(element, set, undefined, undefined),
    ),
    span: set.span,
  };
}

function typeofKey(type: SetType | undefined): SetType | undefined {
  return type?.kind === 'typeof'
    ? { ...type, expression: withoutLevel(type.expression) }
    : undefined;
}

/** nft keeps of a socket's control group everything but the level (socket_expr_build_udata()). */
function withoutLevel(expression: Expression): Expression {
  if (expression.kind === 'concat') return mapChildren(expression, withoutLevel);
  return expression.kind === 'socket' && expression.level !== undefined
    ? { ...expression, level: 0 }
    : expression;
}

function fieldTypes(fields: readonly SetField[]): SetType {
  return { kind: 'type', names: fields.map(({ type }) => type.name) };
}

function mapDeclaration(
  set: ProgramSet,
  written: SetDeclaration | undefined,
): Pick<SetDeclaration, 'data' | 'dataInterval' | 'objectType'> {
  const { map } = set;
  if (map === undefined) return {};
  if (map.kind === 'object') return { objectType: objectType(map.type) };
  if (map.kind === 'verdict') return { data: { kind: 'type', names: ['verdict'] } };
  const data = typeofKey(written?.data) ?? fieldTypes(map.fields);
  return map.interval ? { data, dataInterval: true } : { data };
}

/** Maps that rules update are not dynamic unless they were declared so. */
function setFlags(set: ProgramSet, written: SetDeclaration | undefined): SetFlag[] {
  const undeclared = set.map !== undefined && written?.flags.includes('dynamic') === false;
  const flags: SetFlag[] = [];
  if (set.constant) flags.push('constant');
  if (set.dynamic && !undeclared) flags.push('dynamic');
  if (set.interval) flags.push('interval');
  if (set.timeout) flags.push('timeout');
  return flags;
}
