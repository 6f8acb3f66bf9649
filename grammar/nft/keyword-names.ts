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

let longest = 0;
for (const name of [...names, ...namesBehindType]) longest = Math.max(longest, name.length);

/** The same for a part of a text; no keyword begins with a capital letter. */
export function isKeywordAt(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (end - start > longest || (first >= 65 && first <= 90)) return false;
  return isAnyKeyword(text.slice(start, end));
}

/** May the word name a table, chain or set? `filter`, `nat` and `route` are keywords behind `type` only. */
export function isPlainName(text: string): boolean {
  return !names.has(text) && /^[a-zA-Z_.]/.test(text);
}
