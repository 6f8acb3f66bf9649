/** Elements of sets as expressions. */

import type { Expression } from '../ast/nft/expressions.ts';
import { generatedSpan } from '../base/span.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import type { ProgramElement, ProgramSet } from '../model/program.ts';
import { isFlags } from './set-elements.ts';
import { statefulStatements } from './stateful.ts';
import { toExpression, valueExpression } from './to-expression.ts';
import type { ElementTree, SetTree, Tree, ValueTree } from './tree.ts';

const span = generatedSpan;

/** Integers of a set take the names and base of what is looked up. */
function keyType(type: Datatype, looked: Tree | undefined): Datatype {
  const bare = looked?.kind === 'unary' ? looked.argument : looked;
  const port = bare?.kind === 'payload' && bare.type.name === 'inet_service';
  return type.number === 4 && bare !== undefined && (port || bare.type.number === 4)
    ? bare.type
    : type;
}

/** A constant of an element; several flags are an or of each. */
function constantExpression(tree: ValueTree, type: Datatype): Expression {
  if (!isFlags(type) || tree.value === 0n) return valueExpression(tree, type);
  let result: Expression | undefined;
  let rest = tree.value;
  for (let bit = 1n; rest !== 0n; bit <<= 1n) {
    if ((rest & bit) === 0n) continue;
    rest ^= bit;
    const right = valueExpression({ ...tree, value: bit }, type);
    result =
      result === undefined ? right : { kind: 'binary', operator: '|', left: result, right, span };
  }
  return result ?? valueExpression(tree, type);
}

/** A key or datum of an element; `looked` is what it is compared with. */
export function elementValue(tree: Tree, looked: Tree | undefined): Expression {
  switch (tree.kind) {
    case 'value':
      return constantExpression(tree, keyType(tree.type, looked));
    case 'prefix': {
      const address = elementValue(tree.address, looked);
      return { kind: 'prefix', address, length: tree.length, span };
    }
    case 'range':
      return {
        kind: 'range',
        from: rangeEnd(tree.from, looked),
        to: rangeEnd(tree.to, looked),
        span,
      };
    case 'concat': {
      const parts = looked?.kind === 'concat' ? looked.parts : [];
      return {
        kind: 'concat',
        parts: tree.parts.map((part, index) => elementValue(part, parts[index])),
        span,
      };
    }
    default:
      return toExpression(tree);
  }
}

/** The ends of ranges are numbers, not lists of flags. */
function rangeEnd(tree: Tree, looked: Tree | undefined): Expression {
  return tree.kind === 'value'
    ? valueExpression(tree, keyType(tree.type, looked))
    : elementValue(tree, looked);
}

export function elementData(data: NonNullable<ElementTree['data']>, type?: Datatype): Expression {
  if (typeof data === 'string') return { kind: 'string', text: data, span };
  if (isVerdict(data)) return { kind: 'verdict', verdict: data, span };
  if (data.kind === 'value' && type !== undefined && data.type.number === 4) {
    return valueExpression(data, type.number === 4 ? type : data.type);
  }
  return elementValue(data, undefined);
}

function isVerdict(
  data: Exclude<NonNullable<ElementTree['data']>, string>,
): data is Exclude<NonNullable<ElementTree['data']>, string | Tree> {
  return 'kind' in data && !('bits' in data);
}

/** An element with its options; the options of a mapping stand before the colon. */
export function elementExpression(
  element: ElementTree,
  set: ProgramSet,
  looked: Tree | undefined,
  dataType: Datatype | undefined,
): Expression {
  const at = element.source.span ?? span;
  const key: Expression =
    element.key === undefined ? { kind: 'wildcard', span: at } : elementValue(element.key, looked);
  const item: Expression =
    element.data === undefined
      ? key
      : { kind: 'mapping', key, data: elementData(element.data, dataType), span: at };
  return withOptions(item, element.source, set, at);
}

/** The kernel does not repeat the set's own timeout, counts down from it, and gives elements the set's statements. */
function withOptions(
  item: Expression,
  source: ProgramElement,
  set: ProgramSet,
  at: Expression['span'],
): Expression {
  const { comment } = source;
  const timeout = source.timeout === set.defaultTimeout ? undefined : source.timeout;
  const expires =
    source.expires ?? source.timeout ?? (set.timeout ? set.defaultTimeout : undefined);
  const own = source.operations ?? [];
  const statements = statefulStatements(own.length === 0 ? set.operations : own);
  const bare = timeout === undefined && expires === undefined && comment === undefined;
  if (bare && statements.length === 0) return item;
  return {
    kind: 'element',
    key: item,
    ...(comment === undefined ? {} : { comment }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(expires === undefined || source.timeout === 0 ? {} : { expires }),
    ...(statements.length === 0 ? {} : { statements }),
    span: at,
  };
}

/** `{ … }` for an anonymous set, `@name` for others. */
export function setExpression(
  tree: SetTree,
  looked: Tree | undefined,
  dataType: Datatype | undefined,
): Expression {
  if (tree.elements === undefined) return { kind: 'set-reference', name: tree.set.name, span };
  const items = tree.elements.map((element) =>
    elementExpression(element, tree.set, looked, dataType),
  );
  return { kind: 'set', items, span };
}
