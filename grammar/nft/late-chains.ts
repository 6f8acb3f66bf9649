/** Chains of a listing whose rules are read when somebody asks for them. */

import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { ChainBlock } from '../../src/ast/nft/script.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import { closingBrace, headerAt, KnownLines, type ReadBlock } from './known-lines.ts';
import type { ShapeBook } from './shape-book.ts';

/** The lines of a chain behind those that declare it, up to its closing brace. */
export interface ChainBody {
  readonly start: number;
  readonly end: number;
}

const indentation = /[ \t]+(?=chain )/y;

export class LateChains {
  /** By where the chain's span starts. */
  readonly bodies = new Map<number, ChainBody>();
  private readonly source: Source;
  private readonly lines: KnownLines;

  constructor(source: Source, book: ShapeBook) {
    this.source = source;
    this.lines = new KnownLines(book);
  }

  /** The chain that begins on the line at `position`, without its rules; undefined where it is not laid out as nft does. */
  chain(position: number, diagnostics: Diagnostic[]): ReadBlock<ChainBlock> | undefined {
    const { source } = this;
    const { text } = source;
    const header = headerAt(source, position);
    indentation.lastIndex = position;
    const [indent] = indentation.exec(text) ?? [];
    if (header === undefined || indent === undefined) return undefined;
    // What is inside of a chain stands further to the right.
    const chainEnd = `\n${indent}}\n`;
    const fields = {};
    const start = this.lines.fields('chain', source, header.next, fields);
    const last = text.indexOf(chainEnd, start - 1);
    if (last < 0 || diagnostics.length > 0) return undefined;
    const end = last + chainEnd.length - 2;
    this.bodies.set(header.start, { start, end });
    const { name, handled } = header;
    const span = { source, start: header.start, end: end + 1 };
    const block = { name, offload: false, ...fields, rules: [], ...handled, span };
    return { block, next: end + 2 };
  }

  /** The rules of the chain whose span starts there; undefined when only the grammar can tell. */
  rules(chainStart: number): readonly Rule[] | undefined {
    const body = this.bodies.get(chainStart);
    if (body === undefined) return undefined;
    const rules: Rule[] = [];
    const notes: Diagnostic[] = [];
    const stop = this.lines.rules(this.source, body.start, rules, notes);
    return closingBrace(this.source.text, stop) === body.end ? rules : undefined;
  }
}
