/** The words that are keywords in some scope, told without the grammar. */

import { globalWords, scopeOpeners, scopeWords } from './words.ts';

const { type: typeWords, ...otherWords } = scopeWords;

const names: ReadonlySet<string> = new Set<string>([
  ...globalWords,
  ...Object.keys(scopeOpeners),
  ...Object.values(otherWords).flat(),
]);

const namesBehindType: ReadonlySet<string> = new Set<string>(typeWords);

/** Is the word a keyword in some scope? */
export function isAnyKeyword(text: string): boolean {
  return names.has(text) || namesBehindType.has(text);
}

/** May the word name a table, chain or set? `filter`, `nat` and `route` are keywords behind `type` only. */
export function isPlainName(text: string): boolean {
  return !names.has(text) && /^[a-zA-Z_.]/.test(text);
}
