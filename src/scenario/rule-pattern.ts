/** Names of rules in expectations: `chain`, `chain#2`, `table chain#2`, `family table chain`, `text:WORDS`. */

import { closest } from '../base/text.ts';
import type { Program, ProgramRule } from '../model/program.ts';
import { ruleText } from '../report/trace/trace-text.ts';
import type { RuleMatchedEvent } from '../trace/event.ts';

export interface RulePattern {
  readonly text?: string;
  readonly family?: string;
  readonly table?: string;
  readonly chain?: string;
  readonly index?: number;
}

export function parseRulePattern(pattern: string): RulePattern {
  const searched = /^text:\s*(.*)$/s.exec(pattern)?.[1];
  if (searched !== undefined) return { text: searched };
  const words = pattern.trim().split(/\s+/);
  const last = words.at(-1) ?? '';
  const indexed = /^(.*)#([0-9]+)$/.exec(last);
  const [table, family] = [words.at(-2), words.at(-3)];
  return {
    chain: indexed?.[1] ?? last,
    ...(indexed === null ? {} : { index: Number(indexed[2]) }),
    ...(table === undefined ? {} : { table }),
    ...(family === undefined ? {} : { family }),
  };
}

const wholeRule = 10_000;

function holdsText(rule: Pick<ProgramRule, 'comment'>, text: string, searched: string): boolean {
  return text.includes(searched) || (rule.comment ?? '').includes(searched);
}

export function patternMatches(pattern: RulePattern, event: RuleMatchedEvent): boolean {
  if (pattern.text !== undefined) {
    return holdsText(event, ruleText(event.origin, wholeRule), pattern.text);
  }
  return (
    pattern.chain === event.chain &&
    (pattern.index === undefined || pattern.index === event.index) &&
    (pattern.table === undefined || pattern.table === event.table) &&
    (pattern.family === undefined || pattern.family === event.family)
  );
}

/** Undefined: the program has such a rule; else why not, and what may have been meant. */
export function missingRule(
  program: Program,
  pattern: RulePattern,
): { readonly message: string; readonly hint?: string } | undefined {
  const { text, chain: wanted = '', index } = pattern;
  const tables = program.tables.filter(
    ({ family, name }) => (pattern.table ?? name) === name && (pattern.family ?? family) === family,
  );
  const chains = tables.flatMap((table) => table.chains);
  if (text !== undefined) {
    const found = chains.some(({ rules }) =>
      rules.some((rule) => holdsText(rule, ruleText(rule.span, wholeRule), text)),
    );
    return found ? undefined : { message: `no rule has the text '${text}'` };
  }
  const named = chains.filter(({ name }) => name === wanted);
  if (named.length === 0) {
    const near = closest(
      wanted,
      chains.map(({ name }) => name),
    );
    const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
    return { message: `there is no chain '${wanted}'`, ...hint };
  }
  const longest = Math.max(...named.map(({ rules }) => rules.length));
  if (index === undefined || index < longest) return undefined;
  return {
    message: `chain '${wanted}' has no rule ${index}`,
    hint: `it has ${longest} rules, counted from 0`,
  };
}
