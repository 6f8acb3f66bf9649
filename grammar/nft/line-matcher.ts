/** Reads a line that is like one already read, by comparing what stands between its holes: no hash is needed. */

import { holeTexts } from './hole-texts.ts';
import { isKeywordAt } from './keyword-names.ts';
import {
  holeClasses,
  isWordCharacter,
  type LineShape,
  longestNumber,
  longestString,
} from './line-shape.ts';

const lineEnd = 10;
const quote = 34;

/**
 * A word or number that ends where the first line's did is the same token there: the scan would find the same shape.
 * What a hole may hold is looked at as the scan does.
 */
export class LineMatcher {
  private readonly codes: Uint8Array;
  private readonly ends: Int32Array;
  private readonly classes: Uint8Array;
  private readonly hash: number;

  private constructor(text: string, line: LineShape) {
    this.hash = line.hash;
    const { codes, ends, classes } = holeTexts(text, line);
    this.codes = codes;
    this.ends = ends;
    this.classes = classes;
  }

  /** Of a line just scanned; undefined where a hole is an address that is not a dotted quad. */
  static of(text: string, line: LineShape): LineMatcher | undefined {
    for (let hole = 0; hole < line.holes; hole++) {
      const kind = line.classes[hole];
      if (kind === holeClasses.ipv6 || kind === holeClasses.ethernet) return undefined;
    }
    return new LineMatcher(text, line);
  }

  /** Fills `line` as a scan of the line at `position` would; false when the line is of another shape, or might be. */
  match(text: string, position: number, line: LineShape): boolean {
    const { codes, ends, classes } = this;
    const holes = classes.length;
    let at = position;
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
    const start = at;
    let code = 0;
    for (let hole = 0; ; hole++) {
      for (const end = ends[hole] ?? 0; code < end; code++, at++) {
        if (text.charCodeAt(at) !== codes[code]) return false;
      }
      if (hole === holes) break;
      line.starts[hole] = at;
      at = holeEnd(text, at, classes[hole] ?? 0);
      if (at < 0) return false;
      line.ends[hole] = at;
      line.classes[hole] = classes[hole] ?? 0;
    }
    if (text.charCodeAt(at) !== lineEnd) return false;
    line.start = start;
    line.end = at;
    line.stop = at;
    line.holes = holes;
    line.hash = this.hash;
    return true;
  }
}

function holeEnd(text: string, start: number, kind: number): number {
  switch (kind) {
    case holeClasses.number:
      return numberEnd(text, start);
    case holeClasses.ipv4:
      return quadEnd(text, start);
    case holeClasses.string:
      return stringEnd(text, start);
    default:
      return nameEnd(text, start);
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function numberEnd(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === start || at - start > longestNumber) return -1;
  return text.charCodeAt(start) === 48 && at - start > 1 ? -1 : at;
}

function quadEnd(text: string, start: number): number {
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(at++) !== 46) return -1;
    const from = at;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === from || at - from > 3) return -1;
  }
  return at;
}

function stringEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== quote) return -1;
  for (let at = start + 1; at - start < longestString; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === lineEnd || code === 36 || !(code < 128)) return -1;
  }
  return -1;
}

/** A word that begins with a letter, `_` or `.`, as names behind `jump` and `@` do. */
function nameEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (isDigit(first) || first === 47 || first === 45) return -1;
  let at = start;
  while (isWordCharacter(text.charCodeAt(at))) at++;
  const after = text.charCodeAt(at);
  // An escape, or an address: the scan knows.
  if (at === start || after === 42 || after === 92 || after === 58) return -1;
  return isKeywordAt(text, start, at) ? -1 : at;
}
