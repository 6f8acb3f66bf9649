/** Which token a word or sign is, in each scope: look-up tables made from the words. */

import type { TokenType } from 'chevrotain';
import { keyword, punctuation } from './tokens.ts';
import {
  globalWords,
  type KeywordName,
  rateWords,
  type Scope,
  scopedOpeners,
  scopeOpeners,
  scopeWords,
} from './words.ts';

export const globalKeywords: ReadonlyMap<string, TokenType> = new Map(
  [...globalWords, ...openers(scopeOpeners)].map((name) => [name, keyword(name)]),
);

export const scopedKeywords: ReadonlyMap<Scope, ReadonlyMap<string, TokenType>> = new Map(
  scopes().map((scope) => [scope, new Map(scopeWords[scope].map((name) => [name, keyword(name)]))]),
);

export const rateKeywords: ReadonlyMap<string, TokenType> = new Map(
  [...rateWords, ...scopeWords.rate].map((name) => [name, keyword(name)]),
);

export const openedScopes: ReadonlyMap<string, Scope> = new Map<string, Scope>([
  ...Object.entries(scopeOpeners),
  ...Object.entries(scopedOpeners),
]);

function openers(table: typeof scopeOpeners): readonly KeywordName[] {
  const names: KeywordName[] = [];
  for (const name in table) if (isOpener(name)) names.push(name);
  return names;
}

function isOpener(name: string): name is keyof typeof scopeOpeners {
  return name in scopeOpeners;
}

function scopes(): readonly Scope[] {
  const names: Scope[] = [];
  for (const name in scopeWords) if (isScope(name)) names.push(name);
  return names;
}

function isScope(name: string): name is Scope {
  return name in scopeWords;
}

export const singleCharacters: ReadonlyMap<string, TokenType> = new Map([
  [',', punctuation.comma],
  ['.', punctuation.dot],
  [':', punctuation.colon],
  [';', punctuation.semicolon],
  ['{', punctuation.openBrace],
  ['}', punctuation.closeBrace],
  ['[', punctuation.openBracket],
  [']', punctuation.closeBracket],
  ['(', punctuation.openParenthesis],
  [')', punctuation.closeParenthesis],
  ['/', punctuation.slash],
  ['-', punctuation.dash],
  ['+', punctuation.plus],
  ['*', punctuation.asterisk],
  ['$', punctuation.dollar],
  ['=', punctuation.equals],
  ['<', punctuation.lt],
  ['>', punctuation.gt],
  ['!', punctuation.not],
  ['&', punctuation.and],
  ['|', punctuation.or],
  ['^', punctuation.xor],
]);

export const doubleCharacters: ReadonlyMap<string, TokenType> = new Map([
  ['==', punctuation.eq],
  ['!=', punctuation.ne],
  ['<=', punctuation.le],
  ['>=', punctuation.ge],
  ['<<', punctuation.shiftLeft],
  ['>>', punctuation.shiftRight],
]);
