/** The rules of a grammar as plain data for its pages: what Chevrotain recorded, simplified and put in reading order. */

import type { ISerializedGast } from 'chevrotain';

export type Syntax =
  /** A word or sign as it is written. */
  | { readonly kind: 'word'; readonly text: string }
  /** A class of tokens that the scanner tells: `number`, `name`. */
  | { readonly kind: 'class'; readonly text: string }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence'; readonly items: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly items: readonly Syntax[] }
  | { readonly kind: 'option'; readonly item: Syntax }
  | { readonly kind: 'repeat'; readonly item: Syntax; readonly atLeastOnce: boolean };

export interface SyntaxRule {
  readonly name: string;
  readonly syntax: Syntax;
}

interface Production extends ISerializedGast {
  readonly name?: string;
  readonly label?: string;
  readonly nonTerminalName?: string;
}

/** What a terminal of the recording is: by its label or name. */
export type Terminals = (label: string) => Syntax;

/** The rules that can be reached from the first one, outer ones first, then any others. */
export function syntaxRules(
  recorded: readonly Production[],
  start: string,
  terminals: Terminals,
): readonly SyntaxRule[] {
  const rules = new Map(
    recorded.map((rule) => [rule.name ?? '', sequenceOf(rule.definition, terminals)]),
  );
  const order = new Set([start]);
  for (const name of order) {
    const syntax = rules.get(name);
    if (syntax !== undefined) for (const next of namesIn(syntax)) order.add(next);
  }
  for (const name of rules.keys()) order.add(name);
  return [...order].flatMap((name) => {
    const syntax = rules.get(name);
    return syntax === undefined ? [] : [{ name, syntax }];
  });
}

function sequenceOf(definition: readonly Production[] | undefined, terminals: Terminals): Syntax {
  const items = (definition ?? []).map((node) => syntaxOf(node, terminals));
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items };
}

function syntaxOf(node: Production, terminals: Terminals): Syntax {
  const inner = () => sequenceOf(node.definition, terminals);
  switch (node.type) {
    case 'Terminal':
      return terminals(node.label ?? node.name ?? '');
    case 'NonTerminal':
      return { kind: 'rule', name: node.nonTerminalName ?? node.name ?? '' };
    case 'Alternation':
      return choiceOf((node.definition ?? []).map((one) => syntaxOf(one, terminals)));
    case 'Option':
      return { kind: 'option', item: inner() };
    case 'Repetition':
      return { kind: 'repeat', item: inner(), atLeastOnce: false };
    case 'RepetitionMandatory':
      return { kind: 'repeat', item: inner(), atLeastOnce: true };
    default:
      return inner();
  }
}

/** Alternatives that read the same (they differ in what is done with them) are shown once. */
function choiceOf(items: readonly Syntax[]): Syntax {
  const distinct = new Map(items.map((item) => [JSON.stringify(item), item]));
  const [only] = distinct.values();
  return distinct.size === 1 && only !== undefined
    ? only
    : { kind: 'choice', items: [...distinct.values()] };
}

/** The rules that a piece of syntax refers to, in order of writing. */
export function namesIn(syntax: Syntax): readonly string[] {
  switch (syntax.kind) {
    case 'rule':
      return [syntax.name];
    case 'sequence':
    case 'choice':
      return syntax.items.flatMap(namesIn);
    case 'option':
    case 'repeat':
      return namesIn(syntax.item);
    default:
      return [];
  }
}
