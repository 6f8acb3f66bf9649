/** A TextMate grammar for editors, generated from the words of the scanner. */

import { globalWords, scopeOpeners, scopeWords } from './words.ts';

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
