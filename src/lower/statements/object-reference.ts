/** `counter name "x"`, `ct helper set …`, and maps to objects (nft: stmt_evaluate_objref()). */

import type { MapExpression } from '../../ast/nft/expressions.ts';
import type { ObjectReferenceStatement, ObjectType } from '../../ast/nft/statements.ts';
import { stringType } from '../../datatypes/basic.ts';
import type { ObjectKind } from '../../model/operations.ts';
import { convertOrder } from '../byteorder.ts';
import { expectType, fail, type LoweringContext } from '../context.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { registerAt, withRegister } from '../generate/emitter.ts';
import { generateLoad } from '../generate/load.ts';
import { fillAnonymous, newAnonymous, shapeAnonymous } from '../sets/anonymous.ts';
import { checkMapKey, evaluateMapKey, evaluateMembers, expectedShape } from '../sets/map.ts';
import { findSet } from '../sets/reference.ts';
import type { SetBuild } from '../sets/set-build.ts';
import { closest } from '../suggest.ts';
import type { TypedExpression } from '../typed.ts';
import { emit, pushOperation } from './push.ts';

/** NFT_OBJ_MAXNAMELEN in bits. */
const nameBits = 256 * 8;

export function objectKind(type: ObjectType): ObjectKind {
  switch (type) {
    case 'ct helper':
      return 'ct-helper';
    case 'ct timeout':
      return 'ct-timeout';
    case 'ct expectation':
      return 'ct-expectation';
    default:
      return type;
  }
}

export function lowerObjectReference(
  context: LoweringContext,
  statement: ObjectReferenceStatement,
): boolean {
  const { name: node, span } = statement;
  const type = objectKind(statement.type);
  if (node.kind === 'map') return lowerObjectMap(context, statement, node);
  expectType(context, stringType, 'host', nameBits);
  const typed = evaluateExpression(context, node);
  if (typed === undefined) return false;
  if (typed.kind !== 'value' || typed.text === undefined) {
    fail(context, 'invalid-expression', typed.span, 'object name must be constant');
    return false;
  }
  checkObject(context, statement, typed.text, typed);
  return pushOperation(context, { kind: 'objref', target: { type, name: typed.text }, span });
}

/** The kernel's lookup of the object. */
function checkObject(
  context: LoweringContext,
  statement: ObjectReferenceStatement,
  name: string,
  typed: TypedExpression,
): void {
  const { objects } = context.table;
  if (objects.has(`${statement.type} ${name}`)) return;
  const prefix = `${statement.type} `;
  const candidates = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  const near = closest(name, candidates);
  fail(
    context,
    'unknown-object',
    typed.span,
    `no ${statement.type} '${name}' in this table`,
    near === undefined ? {} : { hint: `did you mean '${near}'?` },
  );
}

function lowerObjectMap(
  context: LoweringContext,
  statement: ObjectReferenceStatement,
  map: MapExpression,
): boolean {
  const key = evaluateMapKey(context, map.key);
  if (key === undefined) return false;
  const set =
    map.data.kind === 'set'
      ? anonymousObjectMap(context, statement, map, key)
      : namedObjectMap(context, map);
  if (set === undefined || !checkMapKey(context, map.data.span, set, key)) return false;
  const source = set.interval ? convertOrder(context, key, 'big') : key;
  if (source === undefined) return false;
  return emit(context, (emitter) =>
    withRegister(emitter, source, (unit) => {
      generateLoad(emitter, source, unit);
      emitter.operations.push({
        kind: 'objref',
        target: { set: set.name, source: registerAt(unit) },
        span: statement.span,
      });
    }),
  );
}

function anonymousObjectMap(
  context: LoweringContext,
  statement: ObjectReferenceStatement,
  map: MapExpression,
  key: TypedExpression,
): SetBuild | undefined {
  const shape = expectedShape(context, key);
  if (shape.type.base === 'invalid') {
    const message = 'unqualified type invalid specified in map definition';
    return fail(context, 'invalid-set', map.data.span, message);
  }
  const set = newAnonymous(context, {
    pattern: '__objmap%d',
    kind: 'object-map',
    key: shape,
    objectType: objectKind(statement.type),
    span: map.data.span,
  });
  const members = evaluateMembers(context, set, map.data);
  if (members === undefined || !shapeAnonymous(context, set, members)) return undefined;
  return fillAnonymous(context, set, members.elements) ? set : undefined;
}

function namedObjectMap(context: LoweringContext, map: MapExpression): SetBuild | undefined {
  const { data } = map;
  if (data.kind !== 'set-reference') {
    return fail(context, 'invalid-expression', data.span, 'invalid mapping expression');
  }
  const set = findSet(context, data.name, data.span);
  if (set === undefined || set.kind === 'object-map') return set;
  return fail(context, 'invalid-set', data.span, 'expression is not a map with objects');
}
