/** Reads selectors without parentheses around terms, as most are, without the grammar: a test holds that both agree. */

import { joinSpans, type Source, type Span, spanOf } from '../../src/base/span.ts';
import type { ComparisonOperator, Selector } from './selector.ts';

const label = '[a-zA-Z0-9_./-]+';
const text = '"[^"]*"|\'[^\']*\'';
const list = `\\{ *(?:(?:${text})(?: *, *(?:${text}))*)? *\\}`;
const term = new RegExp(
  [
    `(?<all>all\\(\\))`,
    `(?<mark>!)?has\\((?<has>${label})\\)`,
    `(?<label>${label}) (?<operator>==|!=|contains|starts with|ends with) (?<value>${text})`,
    `(?<member>${label}) (?<in>in|not in) (?<values>${list})`,
  ]
    .map((pattern) => `(?:${pattern})`)
    .join('|'),
  'y',
);
const texts = new RegExp(text, 'g');

const operators: Readonly<Record<string, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  contains: 'contains',
  'starts with': 'starts with',
  'ends with': 'ends with',
};

/** Terms joined by `&&`; undefined for anything else. */
export function readPlainSelector(source: Source): Selector | undefined {
  const operands: Selector[] = [];
  let at = 0;
  for (;;) {
    term.lastIndex = at;
    const found = term.exec(source.text);
    if (found === null) return undefined;
    const end = at + found[0].length;
    const operand = selectorOf(found.groups ?? {}, source, at, end);
    if (operand === undefined) return undefined;
    operands.push(operand);
    if (end === source.text.length) return joined(operands);
    if (!source.text.startsWith(' && ', end)) return undefined;
    at = end + 4;
  }
}

function joined(operands: readonly Selector[]): Selector | undefined {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined || operands.length === 1) return first;
  return { kind: 'and', operands, span: joinSpans(first.span, last.span) };
}

function selectorOf(
  groups: Readonly<Record<string, string | undefined>>,
  source: Source,
  start: number,
  end: number,
): Selector | undefined {
  const span: Span = spanOf(source, start, end);
  if (groups.all !== undefined) return { kind: 'all', span };
  if (groups.has !== undefined) {
    if (groups.mark === undefined) return { kind: 'has', label: groups.has, span };
    const operand: Selector = {
      kind: 'has',
      label: groups.has,
      span: spanOf(source, start + 1, end),
    };
    return { kind: 'not', operand, span };
  }
  const operator = operators[groups.operator ?? ''];
  if (groups.label !== undefined && groups.value !== undefined && operator !== undefined) {
    const value = groups.value.slice(1, -1);
    return { kind: 'comparison', label: groups.label, operator, value, span };
  }
  if (groups.member === undefined || groups.values === undefined) return undefined;
  const found = groups.values.match(texts) ?? [];
  const values = [...new Set(found.map((quoted) => quoted.slice(1, -1)))].sort();
  return {
    kind: 'membership',
    label: groups.member,
    negated: groups.in === 'not in',
    values,
    span,
  };
}
