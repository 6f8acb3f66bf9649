/** What is generated from the rules and words: a readable EBNF page and a TextMate grammar for editors. */

import type { ISerializedGast } from 'chevrotain';
import { NftParser } from './nft-parser.ts';
import { globalWords, scopeOpeners, scopeWords } from './words.ts';

interface Production extends ISerializedGast {
  readonly name?: string;
  readonly label?: string;
  readonly nonTerminalName?: string;
}

/** One line per rule, in the order of the class chain. */
export function ebnfPage(): string {
  const rules: readonly Production[] = new NftParser().getSerializedGastProductions();
  const lines = rules.map((rule) => `${rule.name ?? ''} ::= ${sequence(rule.definition)}`);
  return `# nft, generated from the rules in this folder\n\n${lines.join('\n')}\n`;
}

function sequence(definition: readonly Production[] | undefined): string {
  return (definition ?? []).map(production).join(' ');
}

function production(node: Production): string {
  switch (node.type) {
    case 'Terminal':
      return `'${node.label ?? node.name ?? ''}'`;
    case 'NonTerminal':
      return node.name ?? node.nonTerminalName ?? '';
    case 'Alternation':
      return `( ${(node.definition ?? []).map(production).join(' | ')} )`;
    case 'Option':
      return `[ ${sequence(node.definition)} ]`;
    case 'Repetition':
      return `{ ${sequence(node.definition)} }`;
    case 'RepetitionMandatory':
      return `{ ${sequence(node.definition)} }+`;
    default:
      return sequence(node.definition);
  }
}

/** Colours for editors: comments, strings, addresses, numbers, variables, sets, verdicts and the other keywords. */
export function textMateGrammar(): string {
  const verdicts = ['accept', 'drop', 'continue', 'return', 'jump', 'goto', 'reject', 'queue'];
  const words = new Set<string>([
    ...globalWords,
    ...Object.keys(scopeOpeners),
    ...Object.values(scopeWords).flat(),
  ]);
  for (const verdict of verdicts) words.delete(verdict);
  const keywords = [...words].sort(
    (first, second) => second.length - first.length || (first < second ? -1 : 1),
  );
  const patterns = [
    { name: 'comment.line.number-sign.nft', match: '#.*$' },
    { name: 'string.quoted.double.nft', match: '"[^"]*"' },
    { name: 'variable.other.nft', match: '\\$[\\w./-]+' },
    { name: 'entity.name.type.nft', match: '@[\\w./-]+' },
    { name: 'constant.numeric.address.nft', match: '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d+)?' },
    { name: 'constant.numeric.nft', match: '\\b(?:0[xX][0-9a-fA-F]+|\\d+)\\b' },
    { name: 'keyword.control.nft', match: `(?<![\\w./-])(?:${verdicts.join('|')})(?![\\w./-])` },
    { name: 'keyword.other.nft', match: `(?<![\\w./-])(?:${keywords.join('|')})(?![\\w./-])` },
  ];
  const grammar = { name: 'nftables', scopeName: 'source.nft', fileTypes: ['nft'], patterns };
  return `${JSON.stringify(grammar, undefined, 2)}\n`;
}
