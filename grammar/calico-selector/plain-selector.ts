/** Reads selectors of terms joined by `&&`, as most are, without the grammar: a test holds that both agree. */

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

/** Terms and groups of them joined by `&&`; undefined for anything else. */
export function readPlainSelector(source: Source): Selector | undefined {
  const read = readGroup(source, 0, 0);
  return read?.end === source.text.length ? read.selector : undefined;
}

interface Read {
  readonly selector: Selector;
  readonly end: number;
}

const mostDepth = 20;

/** Operands joined by `&&`, up to whatever else follows. */
function readGroup(source: Source, start: number, depth: number): Read | undefined {
  const operands: Selector[] = [];
  let at = start;
  for (;;) {
    const operand = readOperand(source, at, depth);
    if (operand === undefined) return undefined;
    operands.push(operand.selector);
    if (!source.text.startsWith(' && ', operand.end)) {
      const selector = joined(operands);
      return selector && { selector, end: operand.end };
    }
    at = operand.end + 4;
  }
}

function readOperand(source: Source, start: number, depth: number): Read | undefined {
  if (source.text.charAt(start) === '(') {
    const group = depth < mostDepth ? readGroup(source, start + 1, depth + 1) : undefined;
    if (group === undefined || source.text.charAt(group.end) !== ')') return undefined;
    return { selector: group.selector, end: group.end + 1 };
  }
  term.lastIndex = start;
  const found = term.exec(source.text);
  if (found === null) return undefined;
  const end = start + found[0].length;
  const selector = selectorOf(found.groups ?? {}, source, start, end);
  return selector && { selector, end };
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
