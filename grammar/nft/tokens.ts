/** The token types of nft: one per keyword, the punctuation, and the classes of words and numbers. */

import { createToken, EOF, Lexer, type TokenType } from 'chevrotain';
import type { Source } from '../../src/base/span.ts';
import { globalWords, type KeywordName, scopeOpeners, scopeWords, synonyms } from './words.ts';

/** What the scanner gives the parser. */
export interface ScannedToken {
  /** The value: without quotes or brackets; numbers in decimal. */
  readonly image: string;
  readonly startOffset: number;
  /** Offset of the last character, as Chevrotain counts. */
  readonly endOffset: number;
  readonly tokenType: TokenType;
  readonly tokenTypeIdx: number;
  readonly source: Source;
}

/** The name is told apart from those of rules; the label is the spelling. */
function tokenType(label: string): TokenType {
  return createToken({ name: `Token ${label}`, label, pattern: Lexer.NA });
}

/** How a token is spelt, or what it stands for. */
export function labelOf(type: TokenType): string {
  return type.LABEL ?? type.name;
}

export const punctuation = {
  newline: tokenType('newline'),
  semicolon: tokenType(';'),
  comma: tokenType(','),
  dot: tokenType('.'),
  colon: tokenType(':'),
  openBrace: tokenType('{'),
  closeBrace: tokenType('}'),
  openBracket: tokenType('['),
  closeBracket: tokenType(']'),
  openParenthesis: tokenType('('),
  closeParenthesis: tokenType(')'),
  slash: tokenType('/'),
  dash: tokenType('-'),
  plus: tokenType('+'),
  asterisk: tokenType('*'),
  at: tokenType('@'),
  dollar: tokenType('$'),
  equals: tokenType('='),
  eq: tokenType('=='),
  ne: tokenType('!='),
  lt: tokenType('<'),
  le: tokenType('<='),
  gt: tokenType('>'),
  ge: tokenType('>='),
  not: tokenType('!'),
  shiftLeft: tokenType('<<'),
  shiftRight: tokenType('>>'),
  and: tokenType('&'),
  or: tokenType('|'),
  xor: tokenType('^'),
} as const;

/** A bare word, an address, a time such as `1d2h`. */
export const word = tokenType('string');
export const quotedString = tokenType('quoted string');
/** A bare word with a trailing (or escaped) asterisk. */
export const wildcardString = tokenType('wildcard string');
export const number = tokenType('number');
/** A character no token starts with. */
export const junk = tokenType('junk');
/** `\r\n`, which nft refuses. */
export const carriageReturn = tokenType('CRLF line terminator');
export const endOfFile = EOF;

/** Operators that are also words. */
const operatorWords: ReadonlyMap<string, TokenType> = new Map([
  ['eq', punctuation.eq],
  ['ne', punctuation.ne],
  ['le', punctuation.le],
  ['lt', punctuation.lt],
  ['ge', punctuation.ge],
  ['gt', punctuation.gt],
  ['lshift', punctuation.shiftLeft],
  ['rshift', punctuation.shiftRight],
  ['xor', punctuation.xor],
  ['and', punctuation.and],
  ['or', punctuation.or],
  ['not', punctuation.not],
]);

const keywords = declareKeywords();

function declareKeywords(): ReadonlyMap<string, TokenType> {
  const types = new Map<string, TokenType>(operatorWords);
  const names = [...globalWords, ...Object.keys(scopeOpeners), ...Object.values(scopeWords).flat()];
  const second: Readonly<Record<string, string>> = synonyms;
  for (const name of names) {
    const first = second[name] ?? name;
    const type = types.get(first) ?? tokenType(first);
    types.set(first, type);
    types.set(name, type);
  }
  return types;
}

/** The token type of a keyword; `name` is checked by the compiler, so it is always there. */
export function keyword(name: KeywordName): TokenType {
  return keywords.get(name) ?? junk;
}

export const vocabulary: readonly TokenType[] = [
  ...new Set([
    ...Object.values(punctuation),
    ...keywords.values(),
    ...[word, quotedString, wildcardString, number, junk, carriageReturn, EOF],
  ]),
];
