/** Tokens of a line of iptables-save text; the lexer is fed one line at a time. */

import { createToken, Lexer, type TokenType } from 'chevrotain';
import { wordPattern } from './line.ts';

/** A pattern that counts at the start of the line only. */
function atStart(name: string, pattern: RegExp, hints: readonly string[]): TokenType {
  return createToken({
    name,
    pattern: (text: string, offset: number) => (offset === 0 ? pattern.exec(text) : null),
    line_breaks: false,
    start_chars_hint: [...hints],
  });
}

export const Comment = atStart('Comment', /^#[^\n]*/, ['#']);
export const TableStart = atStart('TableStart', /^\*/, ['*']);
export const ChainStart = atStart('ChainStart', /^:/, [':']);
export const Commit = atStart('Commit', /^COMMIT(?=[ \t\r]*$)/, ['C']);

/** `[packets:bytes]` before a rule or after a policy. */
export const Counters = createToken({ name: 'Counters', pattern: /\[\d+:\d+\]/ });
export const Negation = createToken({ name: 'Negation', pattern: /!(?![^\s])/ });

export const Word = createToken({
  name: 'Word',
  pattern: wordPattern,
  line_breaks: false,
});

const Blank = createToken({ name: 'Blank', pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED });

export const tokens: readonly TokenType[] = [
  Blank,
  Comment,
  TableStart,
  ChainStart,
  Commit,
  Counters,
  Negation,
  Word,
];
