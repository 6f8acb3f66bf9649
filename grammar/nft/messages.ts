/** What is said about a token that cannot stand where it does. */

import type { IParserErrorMessageProvider, IToken, TokenType } from 'chevrotain';
import { closest } from '../../src/base/text.ts';
import {
  carriageReturn,
  endOfFile,
  junk,
  labelOf,
  number,
  punctuation,
  quotedString,
  type ScannedToken,
  wildcardString,
  word,
} from './tokens.ts';

interface ExpectedCollector extends IParserErrorMessageProvider {
  /** The token types that the last error would have accepted. */
  takeExpected(): readonly TokenType[];
}

let lastExpected: readonly TokenType[] = [];

/** Chevrotain asks for a text; what it tells us with the question is all that is needed. */
export const messageProvider: ExpectedCollector = {
  buildMismatchTokenMessage: ({ expected }) => {
    lastExpected = [expected];
    return '';
  },
  buildNotAllInputParsedMessage: () => {
    lastExpected = [endOfFile];
    return '';
  },
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => {
    lastExpected = expectedPathsPerAlt.flat().flatMap((path) => path.slice(0, 1));
    return '';
  },
  buildEarlyExitMessage: ({ expectedIterationPaths }) => {
    lastExpected = expectedIterationPaths.flatMap((path) => path.slice(0, 1));
    return '';
  },
  takeExpected: () => lastExpected,
};

/** A sentence and a hint for `token` where one of `expected` should stand. */
export function expectation(
  token: ScannedToken,
  expected: readonly TokenType[],
): { readonly message: string; readonly hint?: string } {
  const names = [...new Set(expected.map((type) => nameOf(type)))];
  const message = `${describe(token)} cannot stand here${list(names)}`;
  const hint = hintFor(token, expected);
  return hint === undefined ? { message } : { message, hint };
}

function list(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 8);
  const rest =
    names.length > shown.length ? `, or one of ${names.length - shown.length} others` : '';
  return `; expected ${shown.join(', ')}${rest}`;
}

function hintFor(token: ScannedToken, expected: readonly TokenType[]): string | undefined {
  if (token.tokenType === carriageReturn) return 'save the file with Unix line ends';
  if (token.image === '[') {
    return "listings of nft 1.0.6 show '[invalid type]' behind a value that lost its type: no nft reads that";
  }
  const words = expected.filter(isKeyword).map(labelOf);
  const near =
    token.image.length < 2 || token.image.length > 40 ? undefined : closest(token.image, words);
  if (near !== undefined) return `did you mean '${near}'?`;
  if (expected.includes(word) && isKeyword(token.tokenType)) {
    return `'${token.image}' is a keyword of nft and cannot be a name`;
  }
  return undefined;
}

function describe(token: IToken): string {
  if (token.tokenType === endOfFile) return 'the end of the text';
  if (token.tokenType === punctuation.newline) return 'the end of the line';
  if (token.tokenType === carriageReturn) return 'a carriage return';
  const image = token.image.length > 40 ? `${token.image.slice(0, 40)}…` : token.image;
  return token.tokenType === quotedString ? `"${image}"` : `'${image}'`;
}

const classNames: ReadonlyMap<TokenType, string> = new Map([
  [word, 'a name or value'],
  [quotedString, 'a quoted string'],
  [wildcardString, "a name ending in '*'"],
  [number, 'a number'],
  [endOfFile, 'the end of the text'],
  [punctuation.newline, 'the end of the line'],
]);

function nameOf(type: TokenType): string {
  return classNames.get(type) ?? `'${labelOf(type)}'`;
}

function isKeyword(type: TokenType): boolean {
  return type !== junk && !classNames.has(type) && /^[a-z]/.test(labelOf(type));
}
