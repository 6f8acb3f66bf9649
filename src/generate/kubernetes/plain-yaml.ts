/**
 * The plain part of YAML 1.2 that `kubectl get -o yaml` writes, read in one pass: block mappings and sequences, scalars
 * and flow collections on one line, literal blocks. Anything else is left to the full reader.
 */

import { flowValue } from './plain-flow.ts';
import { scalarValue, singleQuoted } from './plain-scalar.ts';

export interface PlainDocument {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Thrown and caught here only: something that is not plain. */
class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

/** The documents of a text; undefined when the full reader has to look at it. Empty documents are left out. */
export function readPlainYaml(text: string): readonly PlainDocument[] | undefined {
  try {
    return new PlainReader(text).documents();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

const keyPattern = /(?:([A-Za-z_][\w./-]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n]|$)/y;
const wordsWithMeaning = /^(?:null|true|false)$/i;
const literalHeader = /^\|-?$/;
const mostDepth = 100;

class PlainReader {
  private readonly text: string;
  /** Where the content of the current line begins and ends; at the end of the text both are its length. */
  private start = 0;
  private end = 0;
  private lineStart = 0;
  private marker = false;

  constructor(text: string) {
    this.text = text;
    if (/[\r\t\0\ufeff\u0085\u2028\u2029]/.test(text)) throw new NotPlain();
    this.seek(0);
  }

  documents(): readonly PlainDocument[] {
    const documents: PlainDocument[] = [];
    while (this.start < this.text.length) {
      if (this.marker) {
        this.seek(this.nextLine());
        continue;
      }
      const { start } = this;
      const value = this.block(this.indent, 0);
      if (this.start < this.text.length && !this.marker) throw new NotPlain();
      documents.push({ value, start, end: this.lineStart });
    }
    return documents;
  }

  private get indent(): number {
    return this.start - this.lineStart;
  }

  private nextLine(): number {
    const newline = this.text.indexOf('\n', this.end);
    return newline < 0 ? this.text.length : newline + 1;
  }

  /** Goes to the first line with content at or behind a line start. */
  private seek(position: number): void {
    const { text } = this;
    let lineStart = position;
    for (;;) {
      let at = lineStart;
      while (text.charCodeAt(at) === 32) at++;
      const code = text.charCodeAt(at);
      if (at >= text.length) {
        this.place(text.length, text.length, text.length);
        return;
      }
      if (code === 10) lineStart = at + 1;
      else if (code === 35) lineStart = this.lineEnd(at) + 1;
      else {
        this.place(lineStart, at, this.lineEnd(at));
        return;
      }
    }
  }

  private lineEnd(position: number): number {
    const newline = this.text.indexOf('\n', position);
    return newline < 0 ? this.text.length : newline;
  }

  private place(lineStart: number, start: number, end: number): void {
    const { text } = this;
    this.lineStart = lineStart;
    this.start = start;
    this.end = end;
    this.marker = false;
    if (start !== lineStart || start >= text.length) return;
    if (text.startsWith('---', start)) {
      if (text.slice(start, end).trimEnd() !== '---') throw new NotPlain();
      this.marker = true;
    } else if (text.startsWith('...', start) || text.charCodeAt(start) === 37) throw new NotPlain();
  }

  /** The block at this indent; the line is its first one. */
  private block(indent: number, depth: number): unknown {
    if (depth > mostDepth) throw new NotPlain();
    return this.atItem() ? this.sequence(indent, depth) : this.mapping(indent, depth);
  }

  private atItem(): boolean {
    if (this.text.charCodeAt(this.start) !== 45) return false;
    const after = this.text.charCodeAt(this.start + 1);
    return after === 32 || after === 10 || this.start + 1 === this.text.length;
  }

  private sequence(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    while (this.goesOn(indent) && this.indent === indent && this.atItem()) {
      let at = this.start + 1;
      while (this.text.charCodeAt(at) === 32) at++;
      if (at >= this.end || this.text.charCodeAt(at) === 35) {
        this.seek(this.nextLine());
        items.push(this.below(indent + 1, depth));
        continue;
      }
      this.start = at;
      const inner = this.indent;
      if (this.atItem() || this.keyAt(at) !== undefined) items.push(this.block(inner, depth + 1));
      else items.push(this.inlineValue(at, indent));
    }
    if (this.goesOn(indent + 1)) throw new NotPlain();
    return items;
  }

  private mapping(indent: number, depth: number): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    while (this.goesOn(indent) && this.indent === indent && !this.atItem()) {
      const key = this.keyAt(this.start);
      if (key === undefined || Object.hasOwn(entries, key.name) || key.name === '__proto__') {
        throw new NotPlain();
      }
      let at = key.end;
      while (this.text.charCodeAt(at) === 32) at++;
      if (at >= this.end || this.text.charCodeAt(at) === 35) {
        this.seek(this.nextLine());
        const sequenceHere = this.goesOn(indent) && this.indent === indent && this.atItem();
        entries[key.name] = sequenceHere
          ? this.sequence(indent, depth + 1)
          : this.below(indent + 1, depth);
      } else entries[key.name] = this.inlineValue(at, indent);
    }
    if (this.goesOn(indent + 1)) throw new NotPlain();
    return entries;
  }

  /** Is there a line of this document with at least this indent? */
  private goesOn(indent: number): boolean {
    return this.start < this.text.length && !this.marker && this.indent >= indent;
  }

  private below(indent: number, depth: number): unknown {
    return this.goesOn(indent) ? this.block(this.indent, depth + 1) : null;
  }

  private keyAt(position: number): { readonly name: string; readonly end: number } | undefined {
    keyPattern.lastIndex = position;
    const [all, plain, double, single] = keyPattern.exec(this.text) ?? [];
    const name = plain ?? double ?? single;
    if (all === undefined || name === undefined) return undefined;
    if (plain !== undefined && wordsWithMeaning.test(plain)) return undefined;
    return { name, end: position + all.length };
  }

  /** A value that begins on the line of its key or dash; the line behind it becomes the current one. */
  private inlineValue(position: number, indent: number): unknown {
    const written = this.text.slice(position, this.end);
    if (literalHeader.test(written)) return this.literal(written, indent);
    const value = scalarOf(written);
    if (value === undefined) throw new NotPlain();
    this.seek(this.nextLine());
    return value;
  }

  /** `|` and `|-`: the lines that are indented deeper than the key or dash. */
  private literal(header: string, indent: number): string {
    const { text } = this;
    const lines: string[] = [];
    let at = this.nextLine();
    let inner = -1;
    while (at < text.length) {
      const end = this.lineEnd(at);
      let content = at;
      while (text.charCodeAt(content) === 32 && content < end) content++;
      if (content === end) {
        if (inner < 0 || content - at > inner) throw new NotPlain();
        lines.push('');
      } else {
        if (inner < 0) inner = content - at;
        if (inner <= indent) throw new NotPlain();
        if (content - at < inner) break;
        lines.push(text.slice(at + inner, end));
      }
      at = end + 1;
    }
    while (lines.at(-1) === '') lines.pop();
    if (lines.length === 0) throw new NotPlain();
    this.seek(Math.min(at, text.length));
    return lines.join('\n') + (header === '|' ? '\n' : '');
  }
}

/** A scalar on one line, a comment behind it left out; undefined when it is not plain. */
function scalarOf(written: string): unknown {
  const comment = written.search(/[ ]#/);
  const first = written.charAt(0);
  if (first === "'" || first === '"') {
    const quoted = written.trimEnd();
    return first === "'" ? singleQuoted(quoted) : doubleQuoted(quoted);
  }
  const text = (comment < 0 ? written : written.slice(0, comment)).trimEnd();
  return first === '{' || first === '[' ? flowValue(text) : scalarValue(text);
}

function doubleQuoted(text: string): string | undefined {
  return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : undefined;
}
