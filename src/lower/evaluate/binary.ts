/** Bitwise operators and shifts (nft: expr_evaluate_binop()). */

import type { BinaryExpression, BinaryOperator } from '../../ast/nft/expressions.ts';
import { integerType } from '../../datatypes/basic.ts';
import { convertOrder } from '../byteorder.ts';
import { bitmask, textBytes } from '../bytes.ts';
import { expectType, fail, type LoweringContext } from '../context.ts';
import {
  expressionName,
  isConstant,
  isSingleton,
  rootType,
  type TypedBinary,
  type TypedExpression,
  type TypedValue,
} from '../typed.ts';
import { evaluateExpression } from './expression.ts';

/** NFT_MAX_EXPR_RECURSION */
const deepestChain = 16;

/** Parsing recurses once per operator; far below this the stack still holds. */
const deepestTree = 1000;

export function evaluateBinary(
  context: LoweringContext,
  node: BinaryExpression,
): TypedExpression | undefined {
  if (context.binaryDepth >= deepestTree) {
    return fail(context, 'too-complex', node.span, 'binary operation limit reached');
  }
  context.binaryDepth++;
  const result = evaluateOperands(context, node);
  context.binaryDepth--;
  if (result === undefined) return undefined;
  if (context.binaryDepth === 0 && chainLength(result) >= deepestChain) {
    return fail(
      context,
      'too-complex',
      node.span,
      `binary operation limit ${deepestChain} reached`,
    );
  }
  return result;
}

function chainLength(expression: TypedExpression): number {
  let length = 0;
  for (let node = expression; node.kind === 'binary'; node = node.left) length++;
  return length;
}

function isShift(operator: BinaryOperator): operator is '<<' | '>>' {
  return operator === '<<' || operator === '>>';
}

function evaluateOperands(
  context: LoweringContext,
  node: BinaryExpression,
): TypedExpression | undefined {
  const widest = context.expect.bits;
  let left = evaluateExpression(context, node.left);
  if (left === undefined) return undefined;
  if (isShift(node.operator)) {
    expectType(context, integerType, left.order, Math.max(left.bits, widest));
  }
  let right = evaluateExpression(context, node.right);
  if (right === undefined) return undefined;
  if (isConstant(left) && !isConstant(right) && right.kind !== 'map') [left, right] = [right, left];
  if (!checkOperands(context, node, left, right)) return undefined;
  return isShift(node.operator)
    ? evaluateShift(context, node.operator, node, left, right)
    : evaluateBitwise(context, node.operator, node, left, right);
}

function checkOperands(
  context: LoweringContext,
  node: BinaryExpression,
  left: TypedExpression,
  right: TypedExpression,
): boolean {
  const problem = operandProblem(node.operator, left, right);
  if (problem === undefined) return true;
  const [where, message] = problem;
  fail(context, 'invalid-expression', where.span, message, { also: node.span });
  return false;
}

function operandProblem(
  operator: BinaryOperator,
  left: TypedExpression,
  right: TypedExpression,
): readonly [TypedExpression, string] | undefined {
  const word = `binary operation (${operator})`;
  const root = rootType(left.type);
  if (root !== 'integer' && root !== 'string') {
    return [left, `${word} is undefined for ${left.type.description} types`];
  }
  if (isConstant(left) && !isSingleton(left)) {
    return [left, `${word} is undefined for ${expressionName(left)} expressions`];
  }
  if (root !== rootType(right.type)) {
    return [
      left,
      `${word} with different base types (${root} vs ${rootType(right.type)}) is not supported`,
    ];
  }
  const needsConstant = isShift(operator) || isConstant(left);
  if (needsConstant && !isConstant(right)) {
    return [right, `right hand side of binary operation (${operator}) must be constant`];
  }
  if (isConstant(right) && !isSingleton(right)) {
    return [left, `${word} is undefined for ${expressionName(right)} expressions`];
  }
  return undefined;
}

/** nft: expr_evaluate_shift() */
function evaluateShift(
  context: LoweringContext,
  operator: '<<' | '>>',
  node: BinaryExpression,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression | undefined {
  if (right.kind !== 'value') return undefined;
  if (right.value === 0n) return left;
  const bits = Math.max(context.statementBits, left.bits);
  if (right.value >= BigInt(bits)) {
    const name = operator === '<<' ? 'left' : 'right';
    return fail(
      context,
      'value-out-of-range',
      right.span,
      `${name} shift of ${right.value} bits is undefined for type of ${bits} bits width`,
      { also: left.span },
    );
  }
  const source = convertOrder(context, left, 'host');
  if (source === undefined) return undefined;
  if (source.kind === 'value') {
    return fold(context, operator, node, source, right, bits);
  }
  return {
    kind: 'binary',
    operator,
    left: source,
    right: { ...right, order: 'host' },
    span: node.span,
    type: integerType,
    bits,
    order: 'host',
  };
}

/** nft: expr_evaluate_bitwise() */
function evaluateBitwise(
  context: LoweringContext,
  operator: BinaryOperator,
  node: BinaryExpression,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression | undefined {
  const widen = context.statementBits > left.bits;
  const bits = widen ? context.statementBits : left.bits;
  const order = widen ? 'host' : left.order;
  const source = widen ? convertOrder(context, left, 'host') : left;
  const operand = convertOrder(context, numeric(right), order);
  if (source === undefined || operand === undefined) return undefined;
  if (source.kind === 'value' && operand.kind === 'value') {
    return fold(context, operator, node, source, operand, bits);
  }
  const type = widen ? integerType : left.type;
  return {
    kind: 'binary',
    operator,
    left: source,
    right: operand,
    span: node.span,
    type,
    bits,
    order,
  };
}

/** Text beside an operator is a number of the machine, its first character the lowest (nft: string_type_parse()). */
function numeric(operand: TypedExpression): TypedExpression {
  if (operand.kind !== 'value' || operand.text === undefined) return operand;
  const { text, ...rest } = operand;
  const value = [...textBytes(text, operand.bits / 8)].reduceRight(
    (number, byte) => (number << 8n) | BigInt(byte),
    0n,
  );
  return { ...rest, value };
}

/** nft: constant_binop_simplify() */
function fold(
  context: LoweringContext,
  operator: BinaryOperator,
  node: BinaryExpression,
  left: TypedValue,
  right: TypedValue,
  bits: number,
): TypedValue {
  const { expect } = context;
  const value = compute(operator, left.value, right.value) & bitmask(bits);
  const type = isShift(operator) ? integerType : left.type;
  return {
    kind: 'value',
    span: node.span,
    type,
    bits: Math.max(expect.bits, context.statementBits) || bits,
    order: isShift(operator) ? expect.order : left.order,
    value,
  };
}

function compute(operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
  }
}

/**
 * Moves what can be undone from the left side to the constants (nft: binop_transfer()).
 * `undefined` where nothing is moved; an error is recorded where the comparison can never hold.
 */
export function invertible(
  context: LoweringContext,
  left: TypedBinary,
  value: TypedValue,
): 'yes' | 'no' | 'error' {
  switch (left.operator) {
    case '<<': {
      const shift = left.right.kind === 'value' ? left.right.value : 0n;
      if ((value.value & bitmask(Number(shift))) === 0n) return 'yes';
      fail(context, 'invalid-expression', value.span, 'comparison is always false', {
        also: left.span,
      });
      return 'error';
    }
    case '>>':
      return 'yes';
    case '^':
      return left.right.kind === 'value' ? 'yes' : 'no';
    default:
      return 'no';
  }
}

export function invert(left: TypedBinary, value: TypedValue): TypedValue {
  const operand = left.right.kind === 'value' ? left.right.value : 0n;
  switch (left.operator) {
    case '<<':
      return { ...value, value: value.value >> operand };
    case '>>':
      return {
        ...value,
        value: value.value << operand,
        bits: value.bits + Number(operand),
      };
    case '^':
      return { ...value, value: value.value ^ operand };
    default:
      return value;
  }
}

/** The left side once its operator has been moved to the constants. */
export function stripped(left: TypedBinary): TypedExpression {
  if (left.operator !== '>>') return { ...left.left, type: left.type };
  const shift = left.right.kind === 'value' ? left.right.value : 0n;
  const mask: TypedValue = {
    kind: 'value',
    span: left.span,
    type: integerType,
    bits: left.left.bits,
    order: 'host',
    value: bitmask(left.left.bits) << shift,
  };
  return { ...left, operator: '&', right: mask };
}
