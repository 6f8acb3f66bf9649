/** A text that two expressions share when they are written alike, wherever they stand. */

import type { Expression } from '../../../ast/nft/expressions.ts';

/** Spans are left out; the case of letters and leading zeros of addresses are kept as written. */
export function expressionKey(expression: Expression): string {
  switch (expression.kind) {
    case 'symbol':
    case 'string':
      return expression.text;
    case 'prefix':
      return `${expressionKey(expression.address)}/${expression.length}`;
    case 'range':
      return `${expressionKey(expression.from)}-${expressionKey(expression.to)}`;
    case 'concat':
      return expression.parts.map(expressionKey).join(' . ');
    case 'wildcard':
      return '*';
    default:
      return JSON.stringify(expression, withoutSpan);
  }
}

function withoutSpan(key: string, value: unknown): unknown {
  if (key === 'span') return undefined;
  return typeof value === 'bigint' ? value.toString() : value;
}

/** The key of an element, without its options and data. */
export function elementKey(element: Expression): string {
  if (element.kind === 'mapping') return elementKey(element.key);
  return expressionKey(element.kind === 'element' ? element.key : element);
}

/** The data of a map's element. */
export function elementData(element: Expression): string | undefined {
  return element.kind === 'mapping' ? expressionKey(element.data) : undefined;
}
