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

/**
 * Lines with something on them, without `#` comments. `joinedByBackslash`: a `\` before white space ends a line too,
 * as `ip -o` joins what belongs together that way.
 */
export function linesOf(source: Source, joinedByBackslash = false): readonly Line[] {
  const { text } = source;
  const lines: Line[] = [];
  let start = 0;
  for (let position = 0; position <= text.length; position++) {
    const code = position === text.length ? lineFeed : text.charCodeAt(position);
    const isJoint =
      joinedByBackslash && code === backslash && isSpace(text.charCodeAt(position + 1));
    if (code !== lineFeed && code !== carriageReturn && !isJoint) continue;
    if (position > start) addLine(lines, text.slice(start, position), start);
    start = position + 1;
  }
  return lines;
}

const lineFeed = 10;
const carriageReturn = 13;
const backslash = 92;

function addLine(lines: Line[], text: string, start: number): void {
  if (text.charCodeAt(0) !== 35 && text.trim() !== '') lines.push({ text, start });
}

/** Space, tab, line ends, and what else `\s` takes; a missing character is none. */
function isSpace(code: number): boolean {
  return (
    code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)))
  );
}

export function wordsOf(line: Line): readonly Word[] {
  const { text } = line;
  const words: Word[] = [];
  let start = -1;
  for (let position = 0; position <= text.length; position++) {
    const isEnd = position === text.length || isSpace(text.charCodeAt(position));
    if (isEnd && start >= 0) {
      words.push({
        text: text.slice(start, position),
        start: line.start + start,
        end: line.start + position,
      });
      start = -1;
    } else if (!isEnd && start < 0) {
      start = position;
    }
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

/** A file that is something else gives this many warnings and one more that says so. */
const mostWarnings = 500;

export function addWarning(warnings: Diagnostic[], warning: Diagnostic): void {
  if (warnings.length < mostWarnings) warnings.push(warning);
  else if (warnings.length === mostWarnings) {
    warnings.push({ ...warning, message: 'and more that is not understood' });
  }
}

export function addWarnings(warnings: Diagnostic[], more: readonly Diagnostic[]): void {
  for (const warning of more) addWarning(warnings, warning);
}

const longestQuote = 60;

/** Text of the input within a message: shortened; control characters are shown as `?`. */
export function quoted(text: string): string {
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}...` : text;
  return `'${short.replace(/\p{C}/gu, '?')}'`;
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
