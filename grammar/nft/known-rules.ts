/** Reads the rules, chains and elements of large listings by their shape: the grammar sees each shape once. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { ChainBlock } from '../../src/ast/nft/script.ts';
import { afterBlankLines, isExpression, KnownLines } from './known-lines.ts';
import type { ParseContext } from './parse-context.ts';
import { ShapeBook } from './shape-book.ts';
import { SoleRules } from './sole-rules.ts';
import { punctuation } from './tokens.ts';

/** Texts below this are read by the grammar alone: nothing would be gained. */
const smallest = 32_768;

const comma = 44;

export abstract class KnownRules extends SoleRules {
  /** 'auto' reads large texts by shape; the other two are for tests. */
  shapes: 'auto' | 'always' | 'never' = 'auto';

  private book = new ShapeBook();
  private lines = new KnownLines(this.book, this.teacher);

  /** Where shapes are looked up and kept: one of its own unless another one is given. */
  useBook(book: ShapeBook): void {
    this.book = book;
    this.lines = new KnownLines(book, this.teacher);
  }

  private get readsByShape(): boolean {
    if (this.shapes === 'never' || this.scannedAhead) return false;
    const { scanner } = this.context;
    const large = this.shapes === 'always' || scanner.source.text.length >= smallest;
    return large && scanner.isFresh && !this.book.isFull;
  }

  /** Reads chains for as long as every line of them has a known shape, or one the grammar can teach. */
  protected override readKnownChains(chains: ChainBlock[]): void {
    if (!this.readsByShape) return;
    const { scanner, diagnostics } = this.context;
    for (;;) {
      const start = afterBlankLines(scanner.source.text, scanner.position);
      const chain = this.lines.chain(scanner.source, start, diagnostics);
      if (chain === undefined) return;
      chains.push(chain.block);
      scanner.skipTo(chain.next);
    }
  }

  /** Reads rules of the chain the grammar is in. */
  protected override readKnownRules(rules: Rule[]): void {
    if (!this.readsByShape) return;
    const { scanner, diagnostics } = this.context;
    scanner.skipTo(this.lines.rules(scanner.source, scanner.position, rules, diagnostics));
  }

  /** Reads elements behind a comma, each with the comma after it; the last one is left to the grammar. */
  protected override readKnownElements(items: Expression[]): void {
    const { scanner } = this.context;
    // The comma before is scanned but not consumed yet.
    if (this.shapes === 'never' || !this.nextIs(punctuation.comma) || !scanner.isFresh) return;
    if (this.shapes === 'auto' && scanner.source.text.length < smallest) return;
    if (this.book.isFull) return;
    const { source } = scanner;
    for (;;) {
      const at = afterOneLineEnd(source.text, scanner.position);
      const [known, shape] = this.lines.element(source, at) ?? [];
      if (known === undefined || shape === undefined) return;
      if (source.text.charCodeAt(shape.stop) !== comma) return;
      const element = known.build(shape, source);
      if (!isExpression(element)) return;
      items.push(element);
      scanner.skipTo(shape.stop + 1);
    }
  }

  protected abstract override context: ParseContext;
}

/** Behind blanks, one line end, and blanks again: what may stand before an element. */
function afterOneLineEnd(text: string, position: number): number {
  let at = position;
  let ends = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 10 && ends++ > 0) return position;
    if (code !== 10 && code !== 32 && code !== 9) return at;
    at++;
  }
}
