/** The shape of a line: its words and signs, with numbers, addresses, names and strings as holes; told by a hash. */

import { addressLength } from './address-shape.ts';
import { isKeywordAt } from './keyword-names.ts';

/** What a hole may hold; each is one token of the scanner. */
export const holeClasses = {
  number: 1,
  ipv4: 2,
  ipv6: 3,
  ethernet: 4,
  string: 5,
  chain: 6,
  set: 7,
} as const;

export type HoleClass = (typeof holeClasses)[keyof typeof holeClasses];

/** Where a scan ends: at the line end; at a comma or closing brace; at the line end with semicolons in the line. */
export const scanModes = { line: 0, element: 1, clauses: 2 } as const;

export type ScanMode = (typeof scanModes)[keyof typeof scanModes];

const mostHoles = 60;
/** Longer digits may not fit 64 bits; longer strings may be too long for a comment. */
export const longestNumber = 18;
export const longestString = 100;

const wordCharacters = characterTable(
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.',
);
const wordStarts = characterTable('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.');
const hexadecimal = characterTable('0123456789abcdefABCDEF');

function characterTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** May the character with this code stand in a word behind its first one? */
export function isWordCharacter(code: number): boolean {
  return code < 128 && wordCharacters[code] === 1;
}

/** Holds what the last scan found; one instance is used again and again. */
export class LineShape {
  /** 52 bits of hash over the words, signs and classes of holes. */
  hash = 0;
  /** Where the line (or element) begins, blanks skipped, and where it ends. */
  start = 0;
  end = 0;
  /** Where the sign is that ended the scan. */
  stop = 0;
  holes = 0;
  readonly starts = new Int32Array(mostHoles);
  readonly ends = new Int32Array(mostHoles);
  readonly classes = new Uint8Array(mostHoles);
  private first = 0;
  private second = 0;

  /**
   * Scans what begins at `position`. False: there is something that only the grammar can read (comments, variables,
   * unusual numbers). Blanks at the end do not count.
   */
  scan(text: string, position: number, mode: ScanMode): boolean {
    let at = position;
    for (let code = text.charCodeAt(at); code === 32 || code === 9; code = text.charCodeAt(++at));
    this.start = at;
    this.holes = 0;
    this.first = 0x811c9dc5;
    this.second = 0x2545f491;
    let expects: HoleClass | 0 = 0;
    let lastSolid = at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 9) {
        at++;
        continue;
      }
      if (code === 10 || (mode === scanModes.element && (code === 44 || code === 125))) {
        if (mode === scanModes.element && code === 10) return false;
        this.end = lastSolid;
        this.stop = at;
        this.hash = (this.first >>> 0) * 0x100000 + (this.second & 0xfffff);
        return lastSolid > this.start;
      }
      for (let blank = lastSolid; blank < at; blank++) this.mix(text.charCodeAt(blank));
      if (code >= 48 && code <= 57) {
        at = this.number(text, at);
        expects = 0;
      } else if (code < 128 && wordStarts[code] === 1) {
        const end = wordEnd(text, at);
        at = this.word(text, at, end, expects);
        const length = end - this.wordStart;
        expects = length === 4 && isJump(text, this.wordStart) ? holeClasses.chain : 0;
      } else if (code === 34) {
        at = this.string(text, at);
        expects = 0;
      } else {
        if (!isPlainSign(text, at, code) && !(mode === scanModes.clauses && code === 59))
          return false;
        this.mix(code);
        at++;
        expects = code === 64 ? holeClasses.set : 0;
      }
      if (at < 0) return false;
      lastSolid = at;
    }
  }

  private wordStart = 0;

  private mix(code: number): void {
    this.first = Math.imul(this.first ^ code, 0x01000193);
    this.second = Math.imul(this.second + code, 0x5bd1e995) ^ (this.second >>> 15);
  }

  private hole(kind: HoleClass, start: number, end: number): number {
    if (this.holes === mostHoles) return -1;
    this.starts[this.holes] = start;
    this.ends[this.holes] = end;
    this.classes[this.holes] = kind;
    this.holes++;
    this.mix(0x100 + kind);
    return end;
  }

  private literal(text: string, start: number, end: number): number {
    for (let at = start; at < end; at++) this.mix(text.charCodeAt(at));
    return end;
  }

  /** Digits, a dotted quad, or what begins like one. */
  private number(text: string, start: number): number {
    let at = start;
    let dots = 0;
    let digits = 0;
    let wide = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code >= 48 && code <= 57) {
        digits++;
        if (digits > 3) wide = true;
      } else if (code === 46) {
        // Two dots in a row, or one at the end, do not belong to an address.
        if (digits === 0 || !(text.charCodeAt(at + 1) >= 48 && text.charCodeAt(at + 1) <= 57))
          return -1;
        dots++;
        digits = 0;
      } else break;
      at++;
    }
    const after = text.charCodeAt(at);
    if (after < 128 && (wordStarts[after] === 1 || (after === 58 && dots === 0))) {
      return this.wordOrAddress(text, start, at);
    }
    if (dots === 0) {
      const octal = text.charCodeAt(start) === 48 && at - start > 1;
      if (octal || at - start > longestNumber) return -1;
      return this.hole(holeClasses.number, start, at);
    }
    return dots === 3 && !wide ? this.hole(holeClasses.ipv4, start, at) : -1;
  }

  /** Digits with letters or a colon behind them: an address, or a word such as `5m` or `0x10`, kept as it is. */
  private wordOrAddress(text: string, start: number, digitsEnd: number): number {
    const length = addressLength(text, start);
    if (length > 0 && start + length > digitsEnd) return this.address(text, start, start + length);
    if (text.charCodeAt(digitsEnd) === 58) return -1;
    return this.literal(text, start, wordEnd(text, digitsEnd));
  }

  private address(text: string, start: number, end: number): number {
    const after = text.charCodeAt(end);
    if (
      after < 128 &&
      (wordCharacters[after] === 1 || after === 58) &&
      after !== 47 &&
      after !== 45
    )
      return -1;
    const image = text.slice(start, end);
    if (!image.includes(':')) return -1;
    const ethernet = /^(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/.test(image);
    return this.hole(ethernet ? holeClasses.ethernet : holeClasses.ipv6, start, end);
  }

  private word(text: string, start: number, end: number, expects: HoleClass | 0): number {
    this.wordStart = start;
    const after = text.charCodeAt(end);
    if (after === 42 || after === 92) return -1;
    if (after === 58 && end - start <= 4 && isHexadecimal(text, start, end)) {
      const length = addressLength(text, start);
      return length > end - start ? this.address(text, start, start + length) : -1;
    }
    if (expects === 0 || isKeywordAt(text, start, end)) return this.literal(text, start, end);
    this.wordStart = end;
    return this.hole(expects, start, end);
  }

  private string(text: string, start: number): number {
    for (let at = start + 1; at - start < longestString; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) return this.hole(holeClasses.string, start, at + 1);
      if (code === 10 || code === 36 || !(code < 128)) return -1;
    }
    return -1;
  }
}

function wordEnd(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code < 128 && wordCharacters[code] === 1; ) {
    code = text.charCodeAt(++at);
  }
  return at;
}

function isHexadecimal(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (hexadecimal[text.charCodeAt(at)] !== 1) return false;
  return true;
}

/** Comments, semicolons, variables, escapes, brackets and the end of the text are the grammar's. */
function isPlainSign(text: string, at: number, code: number): boolean {
  if (code === 35 || code === 59 || code === 36 || code === 92 || !(code < 128) || code < 32)
    return false;
  if (code === 58 && text.charCodeAt(at + 1) === 58) return false;
  return code !== 91 && code !== 42;
}

/** `jump` or `goto` */
function isJump(text: string, start: number): boolean {
  return text.startsWith('jump', start) || text.startsWith('goto', start);
}
