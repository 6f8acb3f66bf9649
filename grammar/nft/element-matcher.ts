/** Reads elements that differ from one already read in their numbers and IPv4 addresses only, straight into a column. */

import { holeTexts } from './hole-texts.ts';
import { holeClasses, type LineShape } from './line-shape.ts';

const closingBrace = 125;
const comma = 44;
const largest = 0xffff_ffff;

/**
 * The characters of an element between its holes, which have to be the same. A word or number that ends where the
 * first one's did is the same token there, so the scan of a line would find the same shape.
 */
export class ElementMatcher {
  /** Where the scan of the last match ended: at a comma or brace. */
  stop = 0;
  readonly holes: number;
  private readonly codes: Uint8Array;
  private readonly ends: Int32Array;
  private readonly classes: Uint8Array;

  /** Of an element just scanned; `isPlain` holds for it. */
  constructor(text: string, line: LineShape) {
    this.holes = line.holes;
    const { codes, ends, classes } = holeTexts(text, line);
    this.codes = codes;
    this.ends = ends;
    this.classes = classes;
  }

  /** Are all holes numbers or IPv4 addresses? */
  static isPlain({ holes, classes }: LineShape): boolean {
    for (let hole = 0; hole < holes; hole++) {
      if (classes[hole] !== holeClasses.number && classes[hole] !== holeClasses.ipv4) return false;
    }
    return true;
  }

  /** Puts the numbers of the element that begins at `start` into `values`; false when it is another shape. */
  match(text: string, start: number, values: Uint32Array, place: number): boolean {
    const { codes, ends, classes, holes } = this;
    let at = start;
    let code = 0;
    for (let hole = 0; ; hole++) {
      for (const end = ends[hole] ?? 0; code < end; code++, at++) {
        if (text.charCodeAt(at) !== codes[code]) return false;
      }
      if (hole === holes) break;
      at =
        classes[hole] === holeClasses.ipv4
          ? readQuad(text, at, values, place + hole)
          : readDecimal(text, at, values, place + hole);
      if (at < 0) return false;
    }
    for (let sign = text.charCodeAt(at); sign !== comma; sign = text.charCodeAt(++at)) {
      if (sign === closingBrace) break;
      if (sign !== 32 && sign !== 9) return false;
    }
    this.stop = at;
    return true;
  }
}

/** Behind the digits; negative for numbers of more than 32 bits or in octal. */
function readDecimal(text: string, start: number, values: Uint32Array, place: number): number {
  let at = start;
  let digit = text.charCodeAt(at) - 48;
  if (!(digit >= 0 && digit <= 9)) return -1;
  let value = 0;
  do {
    value = value * 10 + digit;
    digit = text.charCodeAt(++at) - 48;
  } while (digit >= 0 && digit <= 9 && value <= largest);
  if (value > largest || (at - start > 1 && text.charCodeAt(start) === 48)) return -1;
  values[place] = value;
  return at;
}

/** Behind the address; negative for parts that are too large or in octal. */
function readQuad(text: string, start: number, values: Uint32Array, place: number): number {
  let at = start;
  let value = 0;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(at++) !== 46) return -1;
    let number = text.charCodeAt(at++) - 48;
    if (!(number >= 0 && number <= 9)) return -1;
    for (let digits = 1; digits < 4; digits++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      if (number === 0) return -1;
      number = number * 10 + digit;
      at++;
    }
    if (number > 255) return -1;
    value = (value << 8) | number;
  }
  values[place] = value;
  return at;
}
