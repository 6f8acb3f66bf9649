/** `KEY map { … }`, `KEY map @name` and verdict maps (nft: expr_evaluate_map()). */

import type { Expression, MapExpression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { verdictType } from '../../datatypes/basic.ts';
import { convertOrder } from '../byteorder.ts';
import {
  type Expectation,
  expectNothing,
  fail,
  type KeyShape,
  type LoweringContext,
} from '../context.ts';
import { shapeOf } from '../evaluate/concat.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { isConstant, type TypedExpression, type TypedMap, type TypedSet } from '../typed.ts';
import { compatibleType } from '../types.ts';
import { fillAnonymous, newAnonymous, shapeAnonymous } from './anonymous.ts';
import { findSet } from './reference.ts';
import { isMap, type SetBuild } from './set-build.ts';
import { transferToElements } from './transfer.ts';

export function evaluateMap(context: LoweringContext, node: MapExpression): TypedMap | undefined {
  const wanted: Expectation = { ...context.expect };
  const key = evaluateDataMapKey(context, node.key);
  if (key === undefined) return undefined;
  context.statementBits = 0;
  const mapped =
    node.data.kind === 'set'
      ? anonymousMap(context, node, key, wanted)
      : namedMap(context, node.data, key);
  if (mapped === undefined) return undefined;
  return finishMap(context, node.span, mapped.set, mapped.key);
}

/** Addresses of unknown version are no keys. */
function evaluateDataMapKey(
  context: LoweringContext,
  node: Expression,
): TypedExpression | undefined {
  const parts = node.kind === 'concat' ? node.parts : [node];
  const address = parts.find(
    (part) => part.kind === 'ct' && (part.key === 'saddr' || part.key === 'daddr'),
  );
  if (address === undefined) return evaluateMapKey(context, node);
  const message = 'specify either ip or ip6 for address matching';
  return fail(context, 'conflicting-protocols', address.span, message);
}

/** nft refuses constants as keys; addresses of unknown version only where no objects are chosen. */
export function evaluateMapKey(
  context: LoweringContext,
  node: Expression,
): TypedExpression | undefined {
  expectNothing(context);
  const key = evaluateExpression(context, node);
  if (key === undefined) return undefined;
  if (isConstant(key)) {
    return fail(context, 'invalid-expression', key.span, 'map expression can not be constant');
  }
  return key;
}

interface Mapped {
  readonly set: SetBuild;
  readonly key: TypedExpression;
}

/** What the members are read against: the left side's own width, before shifts. */
export function expectedShape(context: LoweringContext, key: TypedExpression): KeyShape {
  if (key.kind === 'concat') return shapeOf(key);
  const { type, bits, order } = context.expect;
  return { type: type ?? key.type, bits: type === undefined ? key.bits : bits, order };
}

function anonymousMap(
  context: LoweringContext,
  node: MapExpression,
  key: TypedExpression,
  wanted: Expectation,
): Mapped | undefined {
  const { type } = wanted;
  if (type === undefined || type.base === 'invalid') {
    return fail(
      context,
      'invalid-expression',
      node.span,
      'implicit map expression without known datatype',
    );
  }
  const verdict = type.base === 'verdict';
  const set = newAnonymous(context, {
    pattern: '__map%d',
    kind: verdict ? 'verdict-map' : 'map',
    key: expectedShape(context, key),
    span: node.data.span,
    ...(verdict ? {} : { data: dataShape(wanted) }),
  });
  const members = evaluateMembers(context, set, node.data);
  return members === undefined ? undefined : fillMap(context, set, key, members);
}

function dataShape(wanted: Expectation): KeyShape {
  const { type, bits, order, key } = wanted;
  if (type === undefined) throw new Error('a map needs a datatype');
  if (key !== undefined && key.type === type) return key;
  const parts = type.fields?.map((field) => ({
    type: field,
    bits: field.bits,
    order: field.byteOrder,
  }));
  return { type, bits, order, ...(parts === undefined ? {} : { parts }) };
}

export function evaluateMembers(
  context: LoweringContext,
  set: SetBuild,
  data: Expression,
): TypedSet | undefined {
  const outer = context.set;
  context.set = set;
  const members = evaluateExpression(context, data);
  context.set = outer;
  return members?.kind === 'set' ? members : undefined;
}

/** Members into the set, with shifts of the key moved to them where that can be. */
function fillMap(
  context: LoweringContext,
  set: SetBuild,
  key: TypedExpression,
  members: TypedSet,
): Mapped | undefined {
  if (!shapeAnonymous(context, set, members)) return undefined;
  if (set.interval && !set.concat) {
    return fillAnonymous(context, set, members.elements) ? { set, key } : undefined;
  }
  const moved = transferToElements(context, key, members.elements);
  if (moved === undefined) return undefined;
  const first = moved.right.find((element) => element.key !== undefined)?.key;
  if (moved.left !== key && first !== undefined) set.key = { ...set.key, bits: first.bits };
  if (!fillAnonymous(context, set, moved.right)) return undefined;
  return { set, key: moved.left };
}

function namedMap(
  context: LoweringContext,
  data: Expression,
  key: TypedExpression,
): Mapped | undefined {
  if (data.kind !== 'set-reference') {
    return fail(context, 'invalid-expression', data.span, 'invalid mapping expression');
  }
  const set = findSet(context, data.name, data.span);
  if (set === undefined) return undefined;
  if (!isMap(set) || set.kind === 'object-map') {
    return fail(context, 'invalid-set', data.span, 'expression is not a map');
  }
  return { set, key };
}

export function checkMapKey(
  context: LoweringContext,
  span: Span,
  set: SetBuild,
  key: TypedExpression,
): boolean {
  if (compatibleType(set.key.type, key.type)) return true;
  fail(
    context,
    'datatype-mismatch',
    span,
    `datatype mismatch, map expects ${set.key.type.description}, mapping expression has type ${key.type.description}`,
    { also: key.span },
  );
  return false;
}

function finishMap(
  context: LoweringContext,
  span: Span,
  set: SetBuild,
  key: TypedExpression,
): TypedMap | undefined {
  if (!checkMapKey(context, span, set, key)) return undefined;
  const converted = set.interval ? convertOrder(context, key, 'big') : key;
  if (converted === undefined) return undefined;
  const data = set.data;
  return {
    kind: 'map',
    key: converted,
    set,
    span,
    type: data?.type ?? verdictType,
    bits: data?.bits ?? 0,
    order: data?.order ?? 'none',
  };
}
