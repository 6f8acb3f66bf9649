/** Lines and words of command output with their places, for the small line-oriented readers of host facts. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source, Span } from '../../base/span.ts';

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Line {
  readonly text: string;
  /** Offset of the line in its source. */
  readonly start: number;
}

/** Non-empty lines; `\` ends a line too, as `ip -o` joins what belongs together that way. Carriage returns go. */
export function linesOf(source: Source, joinedByBackslash = false): readonly Line[] {
  const lines: Line[] = [];
  const pattern = joinedByBackslash ? /(?:[^\r\n\\]|\\(?!\s))+/g : /[^\r\n]+/g;
  for (const match of source.text.matchAll(pattern)) {
    const isBlank = match[0].trim() === '';
    if (!isBlank && !match[0].startsWith('#')) lines.push({ text: match[0], start: match.index });
  }
  return lines;
}

export function wordsOf(line: Line): readonly Word[] {
  const words: Word[] = [];
  for (const match of line.text.matchAll(/\S+/g)) {
    const start = line.start + match.index;
    words.push({ text: match[0], start, end: start + match[0].length });
  }
  return words;
}

export function lineSpan(source: Source, line: Line): Span {
  const leading = line.text.length - line.text.trimStart().length;
  return { source, start: line.start + leading, end: line.start + line.text.trimEnd().length };
}

export function wordSpan(source: Source, word: Word): Span {
  return { source, start: word.start, end: word.end };
}

/** The warning for a piece of text that a reader of host facts passes over. */
export function notUnderstood(span: Span, what: string): Diagnostic {
  return { code: 'host-text-not-understood', span, message: what };
}

const longestQuote = 60;

/** Text of the input within a message: shortened; control characters are shown as `?`. */
export function quoted(text: string): string {
  const plain = text.replace(/\p{C}/gu, '?');
  return `'${plain.length > longestQuote ? `${plain.slice(0, longestQuote)}...` : plain}'`;
}

/** A decimal number without sign; undefined for anything else. */
export function parseDecimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A decimal or 0x-number of at most 32 bits. */
export function parseUnsigned(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d{1,10}|0[xX][0-9a-fA-F]{1,8})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffffffff ? value : undefined;
}
