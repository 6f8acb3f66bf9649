/** Selectors as Felix uses them: normalised text, ids, label prefixes, evaluation. */

import { parseSelector } from '../../../../grammar/calico-selector/parse-selector.ts';
import type { Selector } from '../../../../grammar/calico-selector/selector.ts';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import { ipSetId } from '../names.ts';

export type { Selector };

function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** The text that is hashed into ids: one spelling for every selector. */
export function printSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'all':
      return 'all()';
    case 'global':
      return 'global()';
    case 'has':
      return `has(${selector.label})`;
    case 'comparison':
      return `${selector.label} ${selector.operator} ${quote(selector.value)}`;
    case 'membership': {
      const operator = selector.negated ? 'not in' : 'in';
      return `${selector.label} ${operator} {${selector.values.map(quote).join(', ')}}`;
    }
    case 'not':
      return `!${printSelector(selector.operand)}`;
    case 'and':
      return `(${selector.operands.map(printSelector).join(' && ')})`;
    case 'or':
      return `(${selector.operands.map(printSelector).join(' || ')})`;
  }
}

/** The same condition on labels that all begin with `prefix`. */
export function prefixLabels(selector: Selector, prefix: string): Selector {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return selector;
    case 'has':
    case 'comparison':
    case 'membership':
      return { ...selector, label: prefix + selector.label };
    case 'not':
      return { ...selector, operand: prefixLabels(selector.operand, prefix) };
    case 'and':
    case 'or':
      return {
        ...selector,
        operands: selector.operands.map((operand) => prefixLabels(operand, prefix)),
      };
  }
}

export type Labels = ReadonlyMap<string, string>;

function compares(
  value: string | undefined,
  { operator, value: wanted }: Extract<Selector, { kind: 'comparison' }>,
): boolean {
  switch (operator) {
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case 'contains':
      return value?.includes(wanted) === true;
    case 'starts with':
      return value?.startsWith(wanted) === true;
    case 'ends with':
      return value?.endsWith(wanted) === true;
  }
}

/** Does a thing with these labels match? A label that is not there differs from every value. */
export function selects(selector: Selector, labels: Labels): boolean {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return labels.has(selector.label);
    case 'comparison':
      return compares(labels.get(selector.label), selector);
    case 'membership': {
      const value = labels.get(selector.label);
      return (value !== undefined && selector.values.includes(value)) !== selector.negated;
    }
    case 'not':
      return !selects(selector.operand, labels);
    case 'and':
      return selector.operands.every((operand) => selects(operand, labels));
    case 'or':
      return selector.operands.some((operand) => selects(operand, labels));
  }
}

/** A selector with what Felix derives from it. */
export interface SelectorSet {
  readonly selector: Selector;
  readonly normalised: string;
  /** `s:` and the digest: the id of the set of what it selects. */
  readonly id: string;
}

export function selectorSet(selector: Selector): SelectorSet {
  const normalised = printSelector(selector);
  return { selector, normalised, id: ipSetId('s', normalised) };
}

/** Parses text that stands at `where`; what is wrong is added to `diagnostics`. */
export function readSelector(
  text: string,
  where: string,
  diagnostics: Diagnostic[],
): Selector | undefined {
  const result = parseSelector({ name: where, text });
  diagnostics.push(...result.diagnostics);
  return result.value;
}

/** Normalised text, or the text itself where it is not a selector. */
export function normaliseSelector(text: string): string {
  const { value } = parseSelector({ name: 'selector', text });
  return value === undefined ? text : printSelector(value);
}
