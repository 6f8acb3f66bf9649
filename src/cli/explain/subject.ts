/** What a text to explain is: a datatype, a header, an expression, or statements of a rule. */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { Rule } from '../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { closest } from '../../base/text.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import { datatypeByName, datatypes } from '../../datatypes/registry.ts';
import type { Family } from '../../fields/families.ts';
import { metaKeys } from '../../fields/meta.ts';
import { parseNft, parseRuleText } from '../../formats/nft/parse.ts';
import { overviewNames } from './overview.ts';

export type Subject =
  | { readonly kind: 'datatype'; readonly type: Datatype }
  | { readonly kind: 'overview'; readonly name: string }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'mistake'; readonly diagnostics: readonly Diagnostic[] };

/** `text` is one expression; names of expressions come before those of datatypes, as nft reads them. */
export function readSubject(source: Source, family: Family): Subject {
  const text = source.text.trim();
  const type = datatypeByName(text);
  const asExpression = readExpression(source);
  const bare = 'expression' in asExpression && asExpression.expression.kind !== 'symbol';
  if (bare) return { kind: 'expression', expression: asExpression.expression };
  if (type !== undefined) return { kind: 'datatype', type };
  if (overviewNames.has(text)) return { kind: 'overview', name: text };
  const asRule = parseRuleText(source, family);
  if (asRule.diagnostics.length === 0 && asRule.value.statements.length > 0) {
    return { kind: 'rule', rule: asRule.value };
  }
  const mistakes = 'diagnostics' in asExpression ? asExpression.diagnostics : [];
  return { kind: 'mistake', diagnostics: furthest(source, asRule.diagnostics, mistakes) };
}

const before = 'add set inet t s { typeof ';

/** A lone expression stands nowhere in nft's language but behind `typeof` (and `describe`). */
function readExpression(
  source: Source,
): { readonly expression: Expression } | { readonly diagnostics: readonly Diagnostic[] } {
  const text = source.text.replaceAll(/[\n;{}]/g, ' ').replace(/(?<=^|\s)#.*/, '');
  const { value, diagnostics } = parseNft({ name: source.name, text: `${before}${text}\n}\n` });
  const [command] = value.commands;
  const set =
    command?.object === 'set' && 'declaration' in command ? command.declaration : undefined;
  if (diagnostics.length === 0 && set?.key?.kind === 'typeof') {
    return { expression: set.key.expression };
  }
  return { diagnostics: diagnostics.map((one) => moved(one, source)) };
}

/** A place in the wrapped text, back in what was given. */
function moved(diagnostic: Diagnostic, source: Source): Diagnostic {
  const limit = source.text.length;
  const at = (offset: number) => Math.min(Math.max(offset - before.length, 0), limit);
  const { start, end } = diagnostic.span;
  return { ...diagnostic, span: { source, start: at(start), end: Math.max(at(end), at(start)) } };
}

/** The reading that came further is what was meant; one unknown word may be any name of nft. */
function furthest(
  source: Source,
  ofRule: readonly Diagnostic[],
  ofExpression: readonly Diagnostic[],
): readonly Diagnostic[] {
  const [first] = ofRule;
  const [second] = ofExpression;
  const best = reach(second) > reach(first) ? second : (first ?? second);
  if (best === undefined) {
    const span = { source, start: 0, end: source.text.length };
    return [
      {
        code: 'syntax-error',
        span,
        message: 'nothing to explain',
        hint: 'give an expression, a match or a datatype',
      },
    ];
  }
  return [unknownFirst(source, best) ?? unknownLast(source, best) ?? best];
}

/** What is said of a rule that cannot be lowered: an unknown word is looked for first. */
export function clearerMistake(source: Source, diagnostic: Diagnostic): Diagnostic {
  return unknownFirst(source, diagnostic) ?? diagnostic;
}

/** The first word is nothing that an expression can begin with. */
function unknownFirst(source: Source, best: Diagnostic): Diagnostic | undefined {
  const word = /^\s*(\S+)/.exec(source.text)?.[1] ?? '';
  const alone = word === source.text.trim();
  if (startsExpression(word)) return undefined;
  const near = closest(word, [...firstWords, ...statements, ...datatypes.map(({ name }) => name)]);
  if (near === undefined && !alone) return undefined;
  const start = source.text.indexOf(word);
  const message = `'${word}' is no expression, header or datatype of nft`;
  const also = best.span.start === 0 ? best.hint : undefined;
  return {
    code: 'syntax-error',
    span: { source, start, end: start + word.length },
    message,
    ...hint(near ?? also),
  };
}

/** A misspelt statement is read as the left side of a match that does not come. */
function unknownLast(source: Source, best: Diagnostic): Diagnostic | undefined {
  const text = source.text.trimEnd();
  const word = /\s(\S+)$/.exec(text)?.[1];
  if (word === undefined || best.span.start < text.length) return undefined;
  const near = closest(word, statements);
  if (near === undefined || near === word) return undefined;
  return {
    code: 'syntax-error',
    span: { source, start: text.length - word.length, end: text.length },
    message: `'${word}' is no statement of nft`,
    ...hint(near),
  };
}

const statements: readonly string[] = [
  ...['accept', 'drop', 'continue', 'return', 'jump', 'goto', 'queue', 'reject', 'counter', 'log'],
  ...['limit', 'quota', 'last', 'snat', 'dnat', 'masquerade', 'redirect', 'tproxy', 'notrack'],
  ...['dup', 'fwd', 'synproxy', 'flow', 'add', 'update', 'delete', 'meter', 'reset'],
];

const metaNames = metaKeys.filter(({ bare }) => bare).map(({ name }) => name);

const firstWords: ReadonlySet<string> = new Set([
  ...[...overviewNames].map((name) => name.split(' ')[0] ?? ''),
  ...metaNames,
  ...['numgen', 'jhash', 'symhash', 'exthdr', 'time', 'day', 'hour'],
]);

function startsExpression(word: string): boolean {
  return firstWords.has(word) || statements.includes(word) || !/^[a-z]/.test(word);
}

function hint(text: string | undefined): { readonly hint?: string } {
  if (text === undefined) return {};
  return { hint: text.includes(' ') ? text : `did you mean '${text}'?` };
}

function reach(diagnostic: Diagnostic | undefined): number {
  return diagnostic === undefined ? -1 : diagnostic.span.start;
}
