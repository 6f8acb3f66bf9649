/** Chains of a listing whose rules are read when somebody asks for them. */

import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { ChainBlock } from '../../src/ast/nft/script.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Source, Span } from '../../src/base/span.ts';
import { closingBrace, headerAt, KnownLines } from './known-lines.ts';
import type { ShapeBook, Teacher } from './shape-book.ts';

/** Where a chain stands; there are tens of thousands of them in a large listing. */
export class LateChain {
  readonly name: string;
  readonly source: Source;
  /** Where its name begins. */
  readonly start: number;
  /** Behind the lines that declare it. */
  readonly bodyStart: number;
  /** The closing brace. */
  readonly bodyEnd: number;

  constructor(name: string, source: Source, start: number, bodyStart: number, bodyEnd: number) {
    this.name = name;
    this.source = source;
    this.start = start;
    this.bodyStart = bodyStart;
    this.bodyEnd = bodyEnd;
  }

  get span(): Span {
    return { source: this.source, start: this.start, end: this.bodyEnd + 1 };
  }

  /** The text of its rules. */
  get text(): string {
    return this.source.text.slice(this.bodyStart, this.bodyEnd);
  }
}

const indentation = /[ \t]+(?=chain )/y;

export class LateChains {
  /** Table by table, in the order of the text. */
  readonly tables: LateChain[][] = [];
  private readonly source: Source;
  private readonly lines: KnownLines;

  constructor(source: Source, book: ShapeBook, teacher?: Teacher) {
    this.source = source;
    this.lines = new KnownLines(book, teacher);
  }

  /** The chains that follow are those of a new table. */
  beginTable(): void {
    this.tables.push([]);
  }

  /**
   * Notes the chain that begins on the line at `position`; `blocks` gets what it declares beside its name. Where the text
   * goes on; undefined where it is not laid out as nft does.
   */
  chain(position: number, blocks: ChainBlock[]): number | undefined {
    const { source } = this;
    const { text } = source;
    const header = headerAt(source, position);
    indentation.lastIndex = position;
    const [indent] = indentation.exec(text) ?? [];
    if (header === undefined || indent === undefined) return undefined;
    const { name, start, next } = header;
    const fields = {};
    const bodyStart = this.lines.fields('chain', source, next, fields);
    // What is inside of a chain stands further to the right.
    const chainEnd = `\n${indent}}\n`;
    const last = text.indexOf(chainEnd, bodyStart - 1);
    if (last < 0) return undefined;
    const bodyEnd = last + chainEnd.length - 2;
    this.tables.at(-1)?.push(new LateChain(name.text, source, start, bodyStart, bodyEnd));
    if (bodyStart > next) {
      const span = { source, start, end: bodyEnd + 1 };
      blocks.push({ name, offload: false, ...fields, rules: [], span });
    }
    return bodyEnd + 2;
  }

  /** The rules of a chain; undefined when only the grammar can tell. */
  rules({ bodyStart, bodyEnd }: LateChain): readonly Rule[] | undefined {
    const rules: Rule[] = [];
    const notes: Diagnostic[] = [];
    const stop = this.lines.rules(this.source, bodyStart, rules, notes);
    return closingBrace(this.source.text, stop) === bodyEnd ? rules : undefined;
  }
}
