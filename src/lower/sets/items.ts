/** Members of sets and maps (nft: expr_evaluate_set(), _set_elem(), _mapping()). */

import type { ElementExpression, Expression, SetExpression } from '../../ast/nft/expressions.ts';
import type { Span } from '../../base/span.ts';
import { stringType } from '../../datatypes/basic.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import type { Operation } from '../../model/operations.ts';
import {
  type Expectation,
  expectShape,
  expectType,
  fail,
  type LoweringContext,
} from '../context.ts';
import { evaluateExpression } from '../evaluate/expression.ts';
import { statefulOperations } from '../statements/stateful.ts';
import {
  expressionName,
  isConstant,
  isSingleton,
  type TypedElement,
  type TypedExpression,
  type TypedSet,
} from '../typed.ts';
import { compatibleType, sameType } from '../types.ts';
import { isMap, type SetBuild, setWord } from './set-build.ts';

/** NFT_OBJ_MAXNAMELEN */
const objectNameBits = 256 * 8;

/** Options that stand with a member. */
interface ElementOptions {
  readonly comment?: string;
  readonly timeout?: number;
  readonly expires?: number;
  readonly operations?: readonly Operation[];
}

const noOptions: ElementOptions = {};

/** Members as they stand in the declaration of a set. */
export function evaluateMembersOf(
  context: LoweringContext,
  set: SetBuild,
  items: readonly Expression[],
): TypedSet | undefined {
  context.set = set;
  const { type, order, bits } = set.key;
  Object.assign(context.expect, { type, order, bits, max: 0, key: set.key });
  const members = evaluateSetItems(context, { kind: 'set', items, span: set.span });
  context.set = undefined;
  return members;
}

export function evaluateSetItems(
  context: LoweringContext,
  node: SetExpression,
): TypedSet | undefined {
  const saved: Expectation = { ...context.expect };
  const elements: TypedElement[] = [];
  let failed = false;
  context.listDepth++;
  for (const item of node.items) {
    Object.assign(context.expect, saved);
    if (!evaluateItem(context, item, elements)) {
      failed = true;
      break;
    }
  }
  context.listDepth--;
  Object.assign(context.expect, saved);
  if (failed) return undefined;
  const interval = elements.some(({ key }) => key !== undefined && !isSingleton(key));
  const concat =
    (context.set?.concat ?? false) ||
    (interval && elements.some(({ key }) => key?.kind === 'concat' && !isSingleton(key)));
  return {
    kind: 'set',
    elements,
    interval,
    concat,
    span: node.span,
    type:
      saved.type === undefined
        ? (elements[0]?.key?.type ?? stringType)
        : typeOfItems(saved.type, elements),
    bits: saved.bits,
    order: saved.order,
  };
}

/** A concatenation with a keyword of another type in it makes the whole set one of that type. */
function typeOfItems(expected: Datatype, elements: readonly TypedElement[]): Datatype {
  if (expected.base !== 'concat') return expected;
  const other = elements.find(({ key }) => key?.kind === 'concat' && !sameType(key.type, expected));
  return other?.key?.type ?? expected;
}

function evaluateItem(
  context: LoweringContext,
  item: Expression,
  elements: TypedElement[],
): boolean {
  let node = item;
  let options = noOptions;
  let data: Expression | undefined;
  for (;;) {
    if (node.kind === 'element') {
      const more = elementOptions(context, node, options);
      if (more === undefined) return false;
      options = more;
      node = node.key;
    } else if (node.kind === 'mapping') {
      if (!checkMapping(context, node.span)) return false;
      data = node.data;
      node = node.key;
    } else break;
  }
  return data === undefined
    ? evaluateMember(context, item.span, node, options, elements)
    : evaluateMapped(context, item.span, node, data, options, elements);
}

function elementOptions(
  context: LoweringContext,
  node: ElementExpression,
  before: ElementOptions,
): ElementOptions | undefined {
  const { comment, timeout, expires, statements } = node;
  const operations = statements === undefined ? undefined : statefulOperations(context, statements);
  if (statements !== undefined && !checkStatements(context, node)) return undefined;
  return {
    ...before,
    ...(comment === undefined ? {} : { comment }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(expires === undefined ? {} : { expires }),
    ...(operations === undefined || operations.length === 0 ? {} : { operations }),
  };
}

/** nft: __expr_evaluate_set_elem() */
function checkStatements(context: LoweringContext, node: ElementExpression): boolean {
  const { set } = context;
  const statements = node.statements ?? [];
  const first = statements[0];
  if (set === undefined || first === undefined) return true;
  const declared = set.declaration?.statements ?? [];
  if (declared.length === 0) {
    if (set.anonymous || set.dynamic) return true;
    fail(context, 'invalid-set', first.span, `missing statement in ${setWord(set)} declaration`);
    return false;
  }
  if (declared.length !== statements.length) {
    fail(
      context,
      'invalid-set',
      node.key.span,
      `number of statements mismatch, set expects ${declared.length} but element has ${statements.length}`,
    );
    return false;
  }
  const wrong = statements.find((statement, index) => statement.kind !== declared[index]?.kind);
  if (wrong === undefined) return true;
  fail(
    context,
    'invalid-set',
    wrong.span,
    `statement mismatch, element expects ${wrong.kind}, but ${setWord(set)} has another type`,
  );
  return false;
}

function checkMapping(context: LoweringContext, span: Span): boolean {
  const { set } = context;
  if (set === undefined) {
    fail(context, 'invalid-expression', span, 'mapping outside of map context');
    return false;
  }
  if (isMap(set)) return true;
  fail(context, 'invalid-set', span, 'set is not a map');
  return false;
}

function evaluateKey(
  context: LoweringContext,
  node: Expression,
): TypedExpression | undefined | 'catch-all' {
  if (node.kind === 'wildcard') return 'catch-all';
  const { set } = context;
  if (set !== undefined) expectShape(context, set.key);
  const key = evaluateExpression(context, node);
  if (key === undefined) return undefined;
  if (key.kind === 'set-reference') {
    return fail(
      context,
      'invalid-expression',
      key.span,
      'set reference cannot be part of another set',
    );
  }
  if (!isConstant(key)) {
    return fail(context, 'invalid-expression', key.span, 'set member is not constant');
  }
  return set === undefined || checkKey(context, set, key) ? key : undefined;
}

function checkKey(context: LoweringContext, set: SetBuild, key: TypedExpression): boolean {
  if (key.kind === 'set') return true;
  if (!set.anonymous && !set.interval) {
    const parts = key.kind === 'concat' ? key.parts : [key];
    const interval = parts.find((part) => part.kind === 'range' || part.kind === 'prefix');
    if (interval !== undefined && isMap(set)) {
      // nft looks at the keys of sets only; the kernel refuses the end of an interval.
      const message = 'intervals need a map with the flag interval: invalid argument';
      fail(context, 'kernel-refused', interval.span, message);
    } else if (interval !== undefined) {
      fail(
        context,
        'invalid-set',
        interval.span,
        `you must add 'flags interval' to your set declaration if you want to add ${expressionName(interval)} elements`,
      );
      return false;
    }
  }
  if (compatibleType(set.key.type, key.type)) return true;
  fail(
    context,
    'datatype-mismatch',
    key.span,
    `element mismatches ${setWord(set)} definition, expected ${set.key.type.description}, not '${key.type.description}'`,
  );
  return false;
}

function evaluateMember(
  context: LoweringContext,
  span: Span,
  node: Expression,
  options: ElementOptions,
  elements: TypedElement[],
): boolean {
  const key = evaluateKey(context, node);
  if (key === undefined) return false;
  if (key === 'catch-all') elements.push({ span, ...options });
  else if (key.kind === 'set') for (const element of key.elements) elements.push(element);
  else elements.push({ span, key, ...options });
  return true;
}

function evaluateMapped(
  context: LoweringContext,
  span: Span,
  keyNode: Expression,
  dataNode: Expression,
  options: ElementOptions,
  elements: TypedElement[],
): boolean {
  const key = evaluateKey(context, keyNode);
  if (key === undefined) return false;
  const data = evaluateData(context, dataNode);
  if (data === undefined) return false;
  if (key === 'catch-all') elements.push({ span, data, ...options });
  else if (key.kind === 'set') {
    for (const element of key.elements) elements.push({ ...element, data });
  } else elements.push({ span, key, data, ...options });
  return true;
}

function evaluateData(context: LoweringContext, node: Expression): TypedExpression | undefined {
  const { set } = context;
  if (set === undefined) return undefined;
  if (set.kind === 'object-map') expectType(context, stringType, 'host', objectNameBits);
  else if (set.data !== undefined) {
    const { type, order, bits } = set.data;
    expectType(context, type, order, bits);
  }
  const data = evaluateExpression(context, node);
  return data === undefined || !checkData(context, set, data) ? undefined : data;
}

function checkData(context: LoweringContext, set: SetBuild, data: TypedExpression): boolean {
  const problem = dataProblem(set, data);
  if (problem === undefined) {
    if (set.anonymous && hasInterval(data)) set.dataInterval = true;
    return true;
  }
  const code = problem.startsWith('element') ? 'datatype-mismatch' : 'invalid-expression';
  fail(context, code, data.span, problem);
  return false;
}

function dataProblem(set: SetBuild, data: TypedExpression): string | undefined {
  if (!isConstant(data)) return 'value must be a constant';
  const interval = set.dataInterval || (set.anonymous && hasInterval(data));
  if (!interval && !isSingleton(data)) return 'value must be a singleton';
  if (set.kind === 'object-map') {
    return data.kind === 'value'
      ? undefined
      : `object mapping data should be a value, not ${expressionName(data)}`;
  }
  const expected = set.data?.type;
  if (set.kind === 'verdict-map') {
    return data.kind === 'verdict'
      ? undefined
      : `element mapping mismatches map definition, expected verdict, not '${data.type.description}'`;
  }
  if (expected === undefined || compatibleType(expected, data.type)) return undefined;
  return `element mapping mismatches map definition, expected ${expected.description}, not '${data.type.description}'`;
}

function hasInterval(data: TypedExpression): boolean {
  if (data.kind === 'range' || data.kind === 'prefix') return true;
  return data.kind === 'concat' && data.parts.some(hasInterval);
}

/** nft_add_set_elem(): -EINVAL; commands that take elements away name them without data. */
export function checkMapData(
  context: LoweringContext,
  set: SetBuild,
  elements: readonly TypedElement[],
): void {
  if (!isMap(set)) return;
  const bare = elements.find(({ data }) => data === undefined);
  if (bare === undefined) return;
  const message = 'an element of a map needs its data: invalid argument';
  fail(context, 'kernel-refused', bare.key?.span ?? bare.span, message);
}
