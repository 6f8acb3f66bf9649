/** Declared sets and maps: key and data types, flags, statements, elements (nft: set_evaluate()). */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { SetDeclaration, SetFlag, SetType } from '../../ast/nft/ruleset.ts';
import type { Span } from '../../base/span.ts';
import { verdictType } from '../../datatypes/basic.ts';
import { concatDatatype, paddedBits } from '../../datatypes/concat.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import { datatypeByName, datatypes } from '../../datatypes/registry.ts';
import { fail, type KeyShape, type LoweringContext } from '../context.ts';
import { objectKind } from '../statements/object-reference.ts';
import { statefulOperations } from '../statements/stateful.ts';
import { closest } from '../suggest.ts';
import type { TypedElement } from '../typed.ts';
import { wordSpan } from '../word-span.ts';
import { checkDuplicates } from './duplicates.ts';
import { programElements } from './elements.ts';
import { checkMapData, evaluateMembersOf } from './items.ts';
import { packElements } from './packed/pack.ts';
import { setPacked } from './packed/unpack.ts';
import type { SetBuild } from './set-build.ts';
import { typeofShape } from './typeof.ts';

/** Declares the set, without its elements; undefined after an error. */
export function declareSet(context: LoweringContext, node: SetDeclaration): SetBuild | undefined {
  const word = node.map ? 'map' : 'set';
  if (node.key === undefined) {
    return fail(context, 'invalid-set', node.span, `${word} definition does not specify key`);
  }
  const key = shapeOfType(context, node.key, node.span, word);
  if (key === undefined) return undefined;
  const data = node.map ? dataOf(context, node) : undefined;
  if (node.map && data === undefined) return undefined;
  const interval = node.flags.includes('interval');
  if (node.autoMerge && !interval) {
    return fail(context, 'invalid-set', node.span, 'auto-merge only works with interval sets');
  }
  const concat = interval && key.parts !== undefined;
  checkConnlimit(context, node);
  checkKernelLimits(context, node);
  return {
    name: node.name,
    anonymous: false,
    kind: data?.kind ?? 'set',
    span: node.span,
    key,
    data: data?.shape,
    dataInterval: node.dataInterval ?? false,
    objectType: node.objectType === undefined ? undefined : objectKind(node.objectType),
    constant: node.flags.includes('constant'),
    interval,
    concat,
    timeout: hasTimeout(node),
    dynamic: node.flags.includes('dynamic'),
    autoMerge: node.autoMerge && !concat,
    size: node.size === undefined ? undefined : node.size % 2 ** 32,
    operations: statefulOperations(context, node.statements),
    elements: [],
    declaration: node,
  };
}

/** A timeout of 0 is none. */
function hasTimeout({ flags, timeout }: SetDeclaration): boolean {
  return flags.includes('timeout') || (timeout !== undefined && timeout > 0);
}

interface MapData {
  readonly kind: SetBuild['kind'];
  readonly shape?: KeyShape;
}

function dataOf(context: LoweringContext, node: SetDeclaration): MapData | undefined {
  if (node.objectType !== undefined) return { kind: 'object-map' };
  const { data } = node;
  if (data === undefined) {
    return fail(
      context,
      'invalid-set',
      node.span,
      'map definition does not specify mapping data type',
    );
  }
  if (data.kind === 'type' && data.names.length === 1 && data.names[0] === 'verdict') {
    return { kind: 'verdict-map' };
  }
  if (
    data.kind === 'typeof' &&
    data.expression.kind === 'symbol' &&
    data.expression.text === 'verdict'
  ) {
    return { kind: 'verdict-map' };
  }
  const shape = shapeOfType(context, data, node.span, 'map');
  return shape === undefined ? undefined : { kind: 'map', shape };
}

function shapeOfType(
  context: LoweringContext,
  type: SetType,
  span: Span,
  word: string,
): KeyShape | undefined {
  return type.kind === 'type'
    ? shapeOfNames(context, type.names, span, word)
    : shapeOfExpression(context, type.expression, span, word);
}

function shapeOfNames(
  context: LoweringContext,
  names: readonly string[],
  span: Span,
  word: string,
): KeyShape | undefined {
  const shapes: KeyShape[] = [];
  for (const name of names) {
    const type = datatypeByName(name);
    if (type === undefined) {
      const near = closest(
        name,
        datatypes.map((candidate) => candidate.name),
      );
      const details = near === undefined ? {} : { hint: `did you mean '${near}'?` };
      return fail(
        context,
        'unknown-symbol',
        wordSpan(span, name),
        `unknown datatype ${name}`,
        details,
      );
    }
    if (type.bits === 0 || type === verdictType) {
      return fail(
        context,
        'invalid-set',
        names.length > 1 ? wordSpan(span, name) : span,
        `unqualified type ${name} specified in ${word} definition`,
        { hint: 'use "typeof EXPRESSION" instead of "type DATATYPE"' },
      );
    }
    shapes.push({ type, bits: widthOf(type), order: type.byteOrder });
  }
  return joinShapes(context, shapes, span);
}

function widthOf(type: Datatype): number {
  return type.bits;
}

export function joinShapes(
  context: LoweringContext,
  shapes: readonly KeyShape[],
  span: Span,
): KeyShape | undefined {
  const [only, ...more] = shapes;
  if (only !== undefined && more.length === 0) return only;
  const bits = shapes.reduce((sum, shape) => sum + paddedBits(shape.bits), 0);
  if (bits > 512) {
    return fail(
      context,
      'value-out-of-range',
      span,
      `concatenation of size ${bits} exceeds maximum size of 512`,
    );
  }
  const type = concatDatatype(
    shapes.map((shape) =>
      shape.type.bits > 0
        ? shape.type
        : { ...shape.type, bits: shape.bits, byteOrder: shape.order },
    ),
  );
  return { type, bits, order: 'none', parts: shapes };
}

function shapeOfExpression(
  context: LoweringContext,
  node: Expression,
  span: Span,
  word: string,
): KeyShape | undefined {
  const parts = node.kind === 'concat' ? node.parts : [node];
  const shapes: KeyShape[] = [];
  for (const part of parts) {
    const shape = typeofShape(context, part);
    if (shape === undefined) return undefined;
    if (shape.bits === 0 && parts.length > 1) {
      const message = 'specify either ip or ip6 for address matching';
      return fail(context, 'conflicting-protocols', part.span, message);
    }
    if (shape.bits === 0) {
      return fail(
        context,
        'invalid-set',
        span,
        `unqualified type ${shape.type.name} specified in ${word} definition`,
      );
    }
    shapes.push(shape);
  }
  return joinShapes(context, shapes, span);
}

/** nft_set_elem_expr_alloc(): which kinds of sets collect connections that are gone. */
function checkConnlimit(context: LoweringContext, node: SetDeclaration): void {
  const { statements, flags, size, span, name } = node;
  if (!statements.some(({ kind }) => kind === 'ct-count')) return;
  const fixedHash = size !== undefined && !flags.includes('dynamic') && !flags.includes('interval');
  if (!fixedHash && !hasTimeout(node)) return;
  const message = 'the kernel takes no ct count in sets with timeouts or of fixed size';
  fail(context, 'kernel-refused', wordSpan(span, name), message);
}

/** nf_tables_newset(): garbage is collected where elements time out; NFT_SET_EXPR_MAX. */
function checkKernelLimits(context: LoweringContext, node: SetDeclaration): void {
  const { statements, flags, gcInterval, span, name } = node;
  const refuse = (message: string) =>
    fail(context, 'kernel-refused', wordSpan(span, name), message);
  const has = (flag: SetFlag) => flags.includes(flag);
  const clash =
    has('constant') && hasTimeout(node)
      ? 'a constant set has no timeouts'
      : has('dynamic') && has('interval')
        ? 'sets of intervals take no elements from rules: flags dynamic and interval'
        : has('dynamic') && node.objectType !== undefined
          ? 'maps of objects take no elements from rules'
          : undefined;
  if (clash !== undefined) refuse(`${clash}: operation not supported`);
  if (statements.length > 2) refuse('elements have at most two statements: argument list too long');
  if (gcInterval !== undefined && gcInterval > 0 && !hasTimeout(node)) {
    refuse('a gc-interval needs the flag timeout: invalid argument');
  }
}

/** nft_add_set_elem(): a set that is full (-ENFILE); the element for all others does not count. */
function checkSize(
  context: LoweringContext,
  { size = 0, constant, elements: built }: SetBuild,
  elements: readonly TypedElement[],
): void {
  // nft does not send the size of a constant set.
  if (size === 0 || constant || built.length <= size) return;
  const places = new Set(built.flatMap(({ key, keyEnd }) => (key ? [`${key} ${keyEnd}`] : [])));
  const first = places.size > size ? elements.filter(({ key }) => key)[size] : undefined;
  if (first === undefined) return;
  const message = `the set has room for ${size} ${size === 1 ? 'element' : 'elements'}: too many open files in system`;
  fail(context, 'kernel-refused', first.key?.span ?? first.span, message);
}

/** nft_add_set_elem(): -EINVAL */
function checkTimeouts(
  context: LoweringContext,
  { timeout, name }: SetBuild,
  elements: readonly TypedElement[],
): void {
  if (timeout) return;
  for (const element of elements) {
    if ((element.timeout ?? element.expires) === undefined) continue;
    const message = `set '${name}' has no timeouts: invalid argument`;
    fail(context, 'kernel-refused', element.key?.span ?? element.span, message);
  }
}

/** The elements that stand in the declaration. */
export function fillSet(context: LoweringContext, set: SetBuild, byShape: boolean): void {
  const shaped = byShape ? set.declaration?.shaped : undefined;
  const packed = shaped === undefined ? undefined : packElements(context, set, shaped);
  if (packed !== undefined) {
    setPacked(set, packed);
    return;
  }
  const items = set.declaration?.elements ?? [];
  if (items.length === 0) return;
  const members = evaluateMembersOf(context, set, items);
  if (members === undefined) return;
  checkTimeouts(context, set, members.elements);
  checkMapData(context, set, members.elements);
  const elements = programElements(context, set, members.elements);
  if (elements === undefined) return;
  checkDuplicates(context, set, elements);
  set.elements = elements;
  checkSize(context, set, members.elements);
}
