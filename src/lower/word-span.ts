/** Places of words that the tree keeps no span for. */

import type { Span } from '../base/span.ts';

/** Where the word first stands inside a span; the span itself where it does not. */
export function wordSpan(within: Span, word: string): Span {
  const { source, start, end } = within;
  for (let at = source.text.indexOf(word, start); at >= 0; at = source.text.indexOf(word, at + 1)) {
    if (at + word.length > end) break;
    const before = source.text[at - 1] ?? ' ';
    const after = source.text[at + word.length] ?? ' ';
    if (!/[\w/.-]/.test(before) && !/[\w/.-]/.test(after)) {
      return { source, start: at, end: at + word.length };
    }
  }
  return within;
}
