/** Elements by what they stand for: `ssh` is 22, a prefix is a range; and intervals with a part taken out. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { SetDeclaration } from '../../../ast/nft/ruleset.ts';
import type { Datatype } from '../../../datatypes/datatype.ts';
import { debianEnvironment } from '../../../datatypes/environment.ts';
import { formatValue } from '../../../datatypes/format-value.ts';
import { parseValue } from '../../../datatypes/parse-value.ts';
import { datatypeByName } from '../../../datatypes/registry.ts';
import { datatypeOfExpression } from '../print/expression-datatype.ts';

/** First and last value of one field. */
interface FieldRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** The datatypes of the key's fields; undefined where one is not known. */
export function keyTypes({ key }: SetDeclaration): readonly Datatype[] | undefined {
  if (key === undefined) return undefined;
  const names =
    key.kind === 'type'
      ? key.names.flatMap((name) => name.split(' . '))
      : (key.expression.kind === 'concat' ? key.expression.parts : [key.expression]).map(
          datatypeOfExpression,
        );
  const types = names.flatMap((name) => datatypeByName(name) ?? []);
  return types.length === names.length ? types : undefined;
}

/** A text that elements of equal value share; undefined for what has no plain value (names, wildcards). */
export function valueKey(element: Expression, types: readonly Datatype[]): string | undefined {
  const ranges = fieldRanges(element, types);
  return ranges?.map(({ from, to }) => `${from}-${to}`).join(' . ');
}

function fieldRanges(
  element: Expression,
  types: readonly Datatype[],
): readonly FieldRange[] | undefined {
  if (element.kind === 'element' || element.kind === 'mapping') {
    return fieldRanges(element.key, types);
  }
  const parts = element.kind === 'concat' ? element.parts : [element];
  if (parts.length !== types.length) return undefined;
  const ranges = parts.flatMap((part, index) => {
    const type = types[index];
    return (type === undefined ? undefined : rangeOf(part, type)) ?? [];
  });
  return ranges.length === parts.length ? ranges : undefined;
}

function rangeOf(node: Expression, type: Datatype): FieldRange | undefined {
  switch (node.kind) {
    case 'symbol':
    case 'string': {
      const value = parseValue(type, node.text, debianEnvironment);
      if (!('value' in value) || typeof value.value !== 'bigint') return undefined;
      return { from: value.value, to: value.value };
    }
    case 'prefix': {
      const address = rangeOf(node.address, type);
      if (address === undefined || type.bits === 0) return undefined;
      const rest = (1n << BigInt(type.bits - node.length)) - 1n;
      return { from: address.from & ~rest, to: address.from | rest };
    }
    case 'range': {
      const from = rangeOf(node.from, type);
      const to = rangeOf(node.to, type);
      return from && to && { from: from.from, to: to.to };
    }
    default:
      return undefined;
  }
}

/**
 * What is left of the interval that holds all of `removed`, in its place (nft: setelem_adjust, for `auto-merge`);
 * undefined where no interval holds it.
 */
export function withoutPart(
  elements: readonly Expression[],
  removed: Expression,
  types: readonly Datatype[],
): readonly Expression[] | undefined {
  const [type] = types;
  const gone = types.length === 1 ? fieldRanges(removed, types)?.[0] : undefined;
  if (gone === undefined || type === undefined) return undefined;
  for (const [index, element] of elements.entries()) {
    const whole = fieldRanges(element, types)?.[0];
    if (whole === undefined || gone.from < whole.from || gone.to > whole.to) continue;
    const rest = [
      { from: whole.from, to: gone.from - 1n },
      { from: gone.to + 1n, to: whole.to },
    ].filter(({ from, to }) => from <= to);
    const kept = rest.map((range) => rangeExpression(range, type, element));
    return [...elements.slice(0, index), ...kept, ...elements.slice(index + 1)];
  }
  return undefined;
}

function rangeExpression(range: FieldRange, type: Datatype, { span }: Expression): Expression {
  const symbol = (value: bigint): Expression => ({
    kind: 'symbol',
    text: formatValue(type, value, type.bits),
    span,
  });
  const from = symbol(range.from);
  return range.from === range.to ? from : { kind: 'range', from, to: symbol(range.to), span };
}
