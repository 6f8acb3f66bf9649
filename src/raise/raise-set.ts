/** Named sets and maps from a program. */

import type { Expression } from '../ast/nft/expressions.ts';
import type { SetDeclaration, SetFlag, SetType } from '../ast/nft/ruleset.ts';
import { generatedSpan } from '../base/span.ts';
import type { ProgramSet, SetField } from '../model/program.ts';
import { elementTrees, type SourcedElement } from './set-elements.ts';
import { statefulStatements } from './stateful.ts';
import { objectType } from './statement-operations.ts';
import { elementData, elementValue } from './to-expression.ts';

/** The set with its elements in listing order; what a program does not keep (`typeof`, the handle) is taken from `written`. */
export function raiseSet(set: ProgramSet, written: SetDeclaration | undefined): SetDeclaration {
  const { comment, size, defaultTimeout, gcInterval } = set;
  return {
    kind: 'set',
    name: set.name,
    map: set.map !== undefined,
    key: typeofKey(written?.key) ?? fieldTypes(set.key),
    ...mapDeclaration(set, written),
    flags: setFlags(set),
    autoMerge: set.autoMerge,
    policy: set.policy,
    ...(size === undefined ? {} : { size }),
    ...(defaultTimeout === undefined ? {} : { timeout: defaultTimeout }),
    ...(gcInterval === undefined ? {} : { gcInterval }),
    ...(comment === undefined ? {} : { comment }),
    ...(written?.handle === undefined ? {} : { handle: written.handle }),
    statements: statefulStatements(set.operations),
    elements: elementTrees(set).map(elementExpression),
    span: set.span,
  };
}

function typeofKey(type: SetType | undefined): SetType | undefined {
  return type?.kind === 'typeof' ? type : undefined;
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

function setFlags(set: ProgramSet): SetFlag[] {
  const flags: SetFlag[] = [];
  if (set.constant) flags.push('constant');
  if (set.dynamic) flags.push('dynamic');
  if (set.interval) flags.push('interval');
  if (set.timeout) flags.push('timeout');
  return flags;
}

function elementExpression(element: SourcedElement): Expression {
  const span = element.source.span ?? generatedSpan;
  const key: Expression =
    element.key === undefined ? { kind: 'wildcard', span } : elementValue(element.key, undefined);
  const item: Expression =
    element.data === undefined
      ? key
      : { kind: 'mapping', key, data: elementData(element.data), span };
  return withOptions(item, element, span);
}

function withOptions(
  item: Expression,
  { source, comment }: SourcedElement,
  span: Expression['span'],
): Expression {
  const { timeout, expires } = source;
  const statements = statefulStatements(source.operations ?? []);
  const bare = timeout === undefined && expires === undefined && comment === undefined;
  if (bare && statements.length === 0) return item;
  return {
    kind: 'element',
    key: item,
    ...(comment === undefined ? {} : { comment }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(expires === undefined ? {} : { expires }),
    ...(statements.length === 0 ? {} : { statements }),
    span,
  };
}
