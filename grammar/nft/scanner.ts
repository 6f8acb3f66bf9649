/** The contextual scanner: which words are keywords depends on the scopes that earlier words opened. */

import type { TokenType } from 'chevrotain';
import type { Source } from '../../src/base/span.ts';
import { addressLength } from './address-shape.ts';
import {
  doubleCharacters,
  globalKeywords,
  openedScopes,
  rateKeywords,
  scopedKeywords,
  singleCharacters,
} from './scanner-tables.ts';
import {
  carriageReturn,
  endOfFile,
  junk,
  number,
  punctuation,
  quotedString,
  type ScannedToken,
  wildcardString,
  word,
} from './tokens.ts';
import type { Scope } from './words.ts';

const wordPattern = /[a-zA-Z_.][a-zA-Z0-9/\-_.]*/y;
const plainWordPattern = /[a-z0-9]+/y;
const timePattern = /(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?/y;
const hexadecimalPattern = /0[xX][0-9a-fA-F]+/y;
const decimalPattern = /\d+/y;
const classPattern = /[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}(?=[ \t\n:\-},])/y;
const commentPattern = /#[^\n]*(?=\n)/y;
const handlePattern = /^#\s*handle\s+(\d+)\s*$/;
const largestNumber = 0xffff_ffff_ffff_ffffn;

interface Buffer {
  readonly source: Source;
  position: number;
}

/** A `# handle N` comment: listings put it behind what it belongs to. */
export interface HandleComment {
  readonly source: Source;
  readonly offset: number;
  readonly handle: number;
}

/** Scans a source, and included ones in its midst, one token at a time. Mirrors the scopes of nft 1.1.7's scanner.l. */
export class NftScanner {
  handleComment: HandleComment | undefined;
  private readonly buffers: Buffer[];
  private buffer: Buffer;
  private readonly scopeStack: Scope[] = [];
  private innermost: Scope = 'initial';
  /** The last scope that was opened or returned to; it may lag behind `innermost` as in nft. */
  private current: Scope = 'initial';
  private deferredCloses = 0;
  private readonly open = new Map<Scope, number>();

  constructor(source: Source) {
    this.buffer = { source, position: 0 };
    this.buffers = [this.buffer];
  }

  /** Reads `source` before the rest of what is being read: `include`. */
  include(source: Source): void {
    this.buffer = { source, position: 0 };
    this.buffers.push(this.buffer);
  }

  /** How deep includes are nested: 1 for the first source. */
  get depth(): number {
    return this.buffers.length;
  }

  get source(): Source {
    return this.buffer.source;
  }

  get position(): number {
    return this.buffer.position;
  }

  /** Goes on at an offset of the same source: something else has read what lies before. */
  skipTo(position: number): void {
    this.buffer.position = position;
  }

  /** The open scopes as a text: the same text, the same reading of what follows. */
  get scopeState(): string {
    const counts = [...this.open]
      .filter(([, count]) => count !== 0)
      .map(([scope, count]) => `${scope}${count}`);
    return `${[...this.scopeStack, this.innermost].join()} ${this.deferredCloses} ${counts.join()}`;
  }

  /** Are no scopes open, and none waiting to be closed? */
  get isFresh(): boolean {
    return this.scopeStack.length === 0 && this.deferredCloses === 0;
  }

  /** Takes over the open scopes of another scanner. */
  continueScopes(other: NftScanner): void {
    this.scopeStack.length = 0;
    this.scopeStack.push(...other.scopeStack);
    this.innermost = other.innermost;
    this.current = other.current;
    this.deferredCloses = other.deferredCloses;
    this.open.clear();
    for (const [scope, count] of other.open) this.open.set(scope, count);
  }

  /** Does the unread text begin like that? The pattern is sticky. */
  looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.buffer.position;
    return pattern.test(this.buffer.source.text);
  }

  openScope(scope: Scope): void {
    this.current = scope;
    this.open.set(scope, (this.open.get(scope) ?? 0) + 1);
    this.scopeStack.push(this.innermost);
    this.innermost = scope;
  }

  /** Closes a scope; when another one was opened meanwhile, that waits until it is closed too. */
  closeScope(scope: Scope): void {
    this.open.set(scope, (this.open.get(scope) ?? 0) - 1);
    if (this.current !== scope) {
      this.deferredCloses++;
      return;
    }
    while (this.deferredCloses > 0) {
      this.deferredCloses--;
      this.returnToOuter();
      if ((this.open.get(this.current) ?? 0) !== 0) return;
    }
    this.returnToOuter();
  }

  private returnToOuter(): void {
    this.innermost = this.scopeStack.pop() ?? 'initial';
    this.current = this.innermost;
  }

  /** The next token; at the end of everything an end-of-file token, again and again. */
  next(): ScannedToken {
    for (;;) {
      this.skipBlanks();
      if (this.buffer.position < this.buffer.source.text.length) return this.scan();
      const { source } = this.buffer;
      if (this.buffers.length === 1) {
        return this.token(endOfFile, source.text.length, source.text.length, '');
      }
      this.buffers.pop();
      this.buffer = this.buffers[this.buffers.length - 1] ?? this.buffer;
    }
  }

  private skipBlanks(): void {
    const { text } = this.buffer.source;
    let position = this.buffer.position;
    for (;;) {
      const code = text.charCodeAt(position);
      if (code === 32 || code === 9) position++;
      else if (code === 92 && text.charCodeAt(position + 1) === 10) position += 2;
      else if (code === 35) {
        const end = this.commentEnd(text, position);
        if (end < 0) break;
        position = end;
      } else break;
    }
    this.buffer.position = position;
  }

  /** Where a comment ends, or -1 where the text has no line end after it (nft takes the `#` for junk then). */
  private commentEnd(text: string, position: number): number {
    commentPattern.lastIndex = position;
    const match = commentPattern.exec(text);
    if (match === null) return text.length > position ? this.lastComment(text, position) : -1;
    const end = position + match[0].length;
    if (startsLine(text, position)) return end + 1;
    this.noteHandle(match[0], position);
    return end;
  }

  /** nft reads standard input and files with the last line feed missing as junk; a listing cut there is still read. */
  private lastComment(text: string, position: number): number {
    const rest = text.slice(position);
    if (handlePattern.test(rest)) this.noteHandle(rest, position);
    return -1;
  }

  private noteHandle(comment: string, offset: number): void {
    const handle = handlePattern.exec(comment)?.[1];
    if (handle === undefined) return;
    this.handleComment = { source: this.buffer.source, offset, handle: Number(handle) };
  }

  private token(type: TokenType, start: number, end: number, image: string): ScannedToken {
    this.buffer.position = end;
    return {
      image,
      startOffset: start,
      endOffset: end - 1,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx ?? 0,
      source: this.buffer.source,
    };
  }

  private scan(): ScannedToken {
    const { text } = this.buffer.source;
    const start = this.buffer.position;
    const code = text.charCodeAt(start);
    if (isDigit(code)) return this.scanNumber(text, start);
    if (isLetter(code) || code === 95) return this.scanWord(text, start);
    if (code === 10) return this.token(punctuation.newline, start, start + 1, '\n');
    if (code === 34) return this.scanQuoted(text, start);
    return this.scanPunctuation(text, start);
  }

  private scanPunctuation(text: string, start: number): ScannedToken {
    const character = text.charAt(start);
    if (character === '@') {
      this.openScope('at');
      return this.token(punctuation.at, start, start + 1, '@');
    }
    if (character === '\r' && text.charCodeAt(start + 1) === 10) {
      return this.token(carriageReturn, start, start + 2, '\r\n');
    }
    if (character === '.') return this.scanDot(text, start);
    if (character === ':' || character === '[') {
      const address = this.scanAddressAt(text, start, character);
      if (address !== undefined) return address;
    }
    if (character === '\\' && text.charCodeAt(start + 1) === 42)
      return this.scanEscaped(text, start);
    const pair = text.slice(start, start + 2);
    const double = doubleCharacters.get(pair);
    if (double !== undefined) return this.token(double, start, start + 2, pair);
    return this.token(singleCharacters.get(character) ?? junk, start, start + 1, character);
  }

  private scanDot(text: string, start: number): ScannedToken {
    const token = this.scanWord(text, start);
    return token.image === '.' ? this.token(punctuation.dot, start, start + 1, '.') : token;
  }

  private scanAddressAt(text: string, start: number, character: string): ScannedToken | undefined {
    const inside = character === '[' ? start + 1 : start;
    const end = inside + addressLength(text, inside);
    if (character === '[') {
      const bracketed = text.slice(inside, end);
      if (!bracketed.includes(':') || text.charAt(end) !== ']') return undefined;
      return this.token(word, start, end + 1, bracketed);
    }
    return end > start + 1 ? this.token(word, start, end, text.slice(start, end)) : undefined;
  }

  /** `\*`, alone. */
  private scanEscaped(text: string, start: number): ScannedToken {
    return this.token(wildcardString, start, start + 2, text.slice(start, start + 2));
  }

  private scanQuoted(text: string, start: number): ScannedToken {
    const end = text.indexOf('"', start + 1);
    if (end < 0) return this.token(junk, start, start + 1, '"');
    return this.token(quotedString, start, end + 1, text.slice(start + 1, end));
  }

  private scanWord(text: string, start: number): ScannedToken {
    if (this.innermost === 'rate') return this.scanRateWord(text, start);
    wordPattern.lastIndex = start;
    const image = wordPattern.exec(text)?.[0] ?? '';
    const end = start + image.length;
    const wildcardEnd = wildcardLength(text, end);
    if (wildcardEnd > end) {
      return this.token(wildcardString, start, wildcardEnd, text.slice(start, wildcardEnd));
    }
    if (text.charCodeAt(end) === 58 && image.length < 5) {
      const longer = this.longerThanWord(text, start);
      if (longer > end) return this.token(word, start, longer, text.slice(start, longer));
    }
    const type = scopedKeywords.get(this.innermost)?.get(image) ?? globalKeywords.get(image);
    if (type === undefined) return this.token(word, start, end, image);
    return this.keywordToken(type, start, end, image);
  }

  /** Addresses and class ids that begin with a hexadecimal letter. */
  private longerThanWord(text: string, start: number): number {
    if (!isHexadecimal(text.charCodeAt(start))) return start;
    const address = start + addressLength(text, start);
    classPattern.lastIndex = start;
    const classId = classPattern.exec(text);
    return classId === null ? address : Math.max(address, start + classId[0].length);
  }

  private keywordToken(type: TokenType, start: number, end: number, image: string): ScannedToken {
    const scope = openedScopes.get(image);
    if (scope !== undefined) this.openScope(scope);
    return this.token(type, start, end, image);
  }

  /** After `limit rate` words do not take in `/`, the longest known beginning counts, and unknown ones are junk. */
  private scanRateWord(text: string, start: number): ScannedToken {
    plainWordPattern.lastIndex = start;
    const run = plainWordPattern.exec(text)?.[0] ?? '';
    for (let size = Math.min(run.length, 10); size > 0; size--) {
      const image = run.slice(0, size);
      const type = rateKeywords.get(image);
      if (type !== undefined) return this.keywordToken(type, start, start + size, image);
    }
    return this.token(junk, start, start + 1, text.charAt(start));
  }

  private scanNumber(text: string, start: number): ScannedToken {
    const digits = matchLength(decimalPattern, text, start);
    const after = text.charCodeAt(start + digits);
    if (!isWordPart(after) && after !== 58) return this.numberToken(text, start, start + digits);
    const address = addressLength(text, start);
    const hexadecimal = matchLength(hexadecimalPattern, text, start);
    const time = matchLength(timePattern, text, start);
    const classId = matchLength(classPattern, text, start);
    const longest = Math.max(digits, address, hexadecimal, time, classId > 0 ? classId + 1 : 0);
    if (text.startsWith('8021', start)) {
      const name = /8021(?:ad|q)/y;
      const length = matchLength(name, text, start);
      if (length >= longest)
        return this.token(word, start, start + length, text.slice(start, start + length));
    }
    if (longest === address || longest === time) {
      return this.token(word, start, start + longest, text.slice(start, start + longest));
    }
    if (longest === hexadecimal || longest === digits) {
      return this.numberToken(text, start, start + longest);
    }
    return this.token(word, start, start + classId, text.slice(start, start + classId));
  }

  /** Decimal, octal with a leading zero, or hexadecimal; what does not fit 64 bits is a word. */
  private numberToken(text: string, start: number, end: number): ScannedToken {
    const image = text.slice(start, end);
    if (image.length < 10 && (image.charCodeAt(0) !== 48 || image.length === 1)) {
      return this.token(number, start, end, image);
    }
    const value = parseNumber(image);
    if (value === undefined || value > largestNumber) return this.token(word, start, end, image);
    return this.token(number, start, end, value.toString());
  }
}

function parseNumber(image: string): bigint | undefined {
  if (/^0[xX]/.test(image)) return BigInt(image);
  if (!image.startsWith('0') || image === '0') return BigInt(image);
  return /^[0-7]+$/.test(image) ? BigInt(`0o${image}`) : undefined;
}

function startsLine(text: string, position: number): boolean {
  let before = position - 1;
  while (before >= 0 && (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)) before--;
  return before < 0 || text.charCodeAt(before) === 10;
}

function wildcardLength(text: string, end: number): number {
  if (text.charCodeAt(end) === 42) return end + 1;
  if (text.charCodeAt(end) !== 92 || text.charCodeAt(end + 1) !== 42) return end;
  return end + 2 + matchLength(wordPattern, text, end + 2);
}

function matchLength(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0].length ?? 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isHexadecimal(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function isWordPart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 46;
}
