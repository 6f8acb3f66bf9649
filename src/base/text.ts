/** Text for people: control characters made visible, line and column of an offset, close spellings. */

import type { Source } from './span.ts';

/** Control characters; bidirectional controls and line separators too can reorder or break a terminal line. */
const unprintable = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Input text made harmless for a terminal: control characters but the tab become `\xNN` or `\u{NNNN}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x09) return character;
    const digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
  });
}

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units; a tab is one column. */
  readonly column: number;
  /** The whole line without its line end. */
  readonly text: string;
}

/** Finds line and column of an offset; linear in the offset, so only for messages. */
export function positionAt(source: Source, offset: number): Position {
  const text = source.text;
  const at = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return { line, column: at - start + 1, text: text.slice(start, end < 0 ? text.length : end) };
}

/** Levenshtein distance; words whose lengths differ by more than `limit` are not compared: `limit + 1`. */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      const above = previous[column] ?? 0;
      const before = current[column - 1] ?? 0;
      const diagonal = previous[column - 1] ?? 0;
      current.push(Math.min(above + 1, before + 1, diagonal + cost));
    }
    previous = current;
  }
  return previous[right.length] ?? limit + 1;
}

/** The candidate that a misspelt word most likely means, if one is close; the first of equals. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
