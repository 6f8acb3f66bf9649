/** Sets without a name of their own (nft: implicit_set_declaration()). */

import type { Span } from '../../base/span.ts';
import { fail, type KeyShape, type LoweringContext } from '../context.ts';
import { anonymousName } from '../table-scope.ts';
import type { TypedElement, TypedExpression, TypedSet } from '../typed.ts';
import { checkDuplicates } from './duplicates.ts';
import { programElements } from './elements.ts';
import { checkMapData } from './items.ts';
import type { SetBuild } from './set-build.ts';

export interface AnonymousShape {
  readonly pattern: '__set%d' | '__map%d' | '__objmap%d';
  readonly kind: SetBuild['kind'];
  readonly key: KeyShape;
  readonly data?: KeyShape;
  readonly objectType?: SetBuild['objectType'];
  readonly span: Span;
}

/** A new anonymous set of the table; its members come later. */
export function newAnonymous(context: LoweringContext, shape: AnonymousShape): SetBuild {
  const set: SetBuild = {
    name: anonymousName(context.table, shape.pattern),
    anonymous: true,
    kind: shape.kind,
    span: shape.span,
    key: shape.key,
    data: shape.data,
    dataInterval: false,
    objectType: shape.objectType,
    constant: true,
    interval: false,
    concat: false,
    timeout: false,
    dynamic: false,
    autoMerge: false,
    size: undefined,
    operations: [],
    elements: [],
    declaration: undefined,
  };
  context.table.anonymousSets.push(set);
  return set;
}

/** Marks intervals as the members need them; false when a member does not fit the key. */
export function shapeAnonymous(
  context: LoweringContext,
  set: SetBuild,
  members: TypedSet,
): boolean {
  set.interval = members.interval;
  set.concat = members.interval && set.key.parts !== undefined;
  set.autoMerge = set.kind === 'set' && members.interval && !set.concat;
  if (set.key.parts === undefined) return true;
  const odd = members.elements.find(({ key }) => key !== undefined && key.kind !== 'concat');
  if (odd === undefined) return true;
  fail(context, 'datatype-mismatch', odd.span, 'expression is not a concatenation');
  return false;
}

export function fillAnonymous(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly TypedElement[],
): boolean {
  checkMapData(context, set, elements);
  const program = programElements(context, set, elements);
  if (program === undefined) return false;
  checkDuplicates(context, set, program);
  set.elements = program;
  return true;
}

/** A set of plain numbers, for implicit matches. */
export function declareAnonymousValues(
  context: LoweringContext,
  left: TypedExpression,
  values: readonly bigint[],
  span: Span,
): SetBuild {
  const { type, bits, order } = left;
  const set = newAnonymous(context, {
    pattern: '__set%d',
    kind: 'set',
    key: { type, bits, order },
    span,
  });
  const elements = values.map(
    (value): TypedElement => ({
      span,
      key: { kind: 'value', span, type, bits, order, value },
    }),
  );
  fillAnonymous(context, set, elements);
  return set;
}
