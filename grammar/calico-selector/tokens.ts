/** Tokens of Calico selectors; words are operators only right after a label (libcalico-go selector tokenizer). */

import { type CustomPatternMatcherFunc, createToken, type IToken, Lexer } from 'chevrotain';

const labelPattern = /[a-zA-Z0-9_./-]+/y;
const functionPattern = /(?:has|all|global)\(/y;

function stickyMatch(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

function followsLabel(tokens: readonly IToken[]): boolean {
  return tokens.at(-1)?.tokenType.name === 'Label';
}

/** A word that is an operator after a label; what follows it may touch it. */
function operator(pattern: RegExp): CustomPatternMatcherFunc {
  return (text, offset, tokens) =>
    followsLabel(tokens) ? stickyMatch(pattern, text, offset) : null;
}

function notAfterLabel(pattern: RegExp): CustomPatternMatcherFunc {
  return (text, offset, tokens) =>
    followsLabel(tokens) ? null : stickyMatch(pattern, text, offset);
}

const word = { line_breaks: false } as const;

export const Contains = createToken({ name: 'Contains', pattern: operator(/contains/y), ...word });
export const StartsWith = createToken({
  name: 'StartsWith',
  pattern: operator(/starts[ \t]*with/y),
  ...word,
});
export const EndsWith = createToken({
  name: 'EndsWith',
  pattern: operator(/ends[ \t]*with/y),
  ...word,
});
export const NotIn = createToken({ name: 'NotIn', pattern: operator(/not[ \t]*in/y), ...word });
export const In = createToken({ name: 'In', pattern: operator(/in/y), ...word });
export const Has = createToken({
  name: 'Has',
  pattern: notAfterLabel(/has\([ \t]*[a-zA-Z0-9_./-]+[ \t]*\)/y),
  ...word,
});
export const All = createToken({
  name: 'All',
  pattern: notAfterLabel(/all\([ \t]*\)/y),
  ...word,
});
export const Global = createToken({
  name: 'Global',
  pattern: notAfterLabel(/global\([ \t]*\)/y),
  ...word,
});
export const Label = createToken({
  name: 'Label',
  pattern: (text, offset, tokens) =>
    followsLabel(tokens) || stickyMatch(functionPattern, text, offset) !== null
      ? null
      : stickyMatch(labelPattern, text, offset),
  ...word,
});
export const Text = createToken({ name: 'Text', pattern: /"[^"]*"|'[^']*'/, line_breaks: true });
export const LeftBrace = createToken({ name: 'LeftBrace', pattern: '{' });
export const RightBrace = createToken({ name: 'RightBrace', pattern: '}' });
export const LeftParenthesis = createToken({ name: 'LeftParenthesis', pattern: '(' });
export const RightParenthesis = createToken({ name: 'RightParenthesis', pattern: ')' });
export const Comma = createToken({ name: 'Comma', pattern: ',' });
export const Equal = createToken({ name: 'Equal', pattern: '==' });
export const NotEqual = createToken({ name: 'NotEqual', pattern: '!=' });
export const Not = createToken({ name: 'Not', pattern: '!' });
export const And = createToken({ name: 'And', pattern: '&&' });
export const Or = createToken({ name: 'Or', pattern: '||' });
const Blank = createToken({ name: 'Blank', pattern: /[ \t]+/, group: Lexer.SKIPPED });

export const selectorTokens = [
  Blank,
  Text,
  LeftBrace,
  RightBrace,
  LeftParenthesis,
  RightParenthesis,
  Comma,
  Equal,
  NotEqual,
  Not,
  And,
  Or,
  Contains,
  StartsWith,
  EndsWith,
  NotIn,
  In,
  Has,
  All,
  Global,
  Label,
];

export const selectorLexer = new Lexer(selectorTokens, { positionTracking: 'onlyOffset' });
