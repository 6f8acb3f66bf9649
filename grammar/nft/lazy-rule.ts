/** A rule of a large listing: only its place and shape are kept, its statements are made when they are asked for. */

import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { Statement } from '../../src/ast/nft/statements.ts';
import type { Source, Span } from '../../src/base/span.ts';

/** Makes the whole tree of a rule from its place. */
export type Materialise = (source: Source, start: number) => Rule;

let lastRule: LazyRule | undefined;
let lastTree: Rule | undefined;

/** Reads like any rule; `{ ...rule }` does not copy it, since its properties are computed. */
export class LazyRule implements Rule {
  private readonly source: Source;
  private readonly start: number;
  private readonly end: number;
  private readonly materialise: Materialise;

  constructor(source: Source, start: number, end: number, materialise: Materialise) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.materialise = materialise;
  }

  get kind(): 'rule' {
    return 'rule';
  }

  get span(): Span {
    return { source: this.source, start: this.start, end: this.end };
  }

  /** Made anew for each use, apart from the last rule asked for. */
  protected tree(): Rule {
    if (lastRule !== this || lastTree === undefined) {
      lastRule = this;
      lastTree = this.materialise(this.source, this.start);
    }
    return lastTree;
  }

  get statements(): readonly Statement[] {
    return this.tree().statements;
  }
}

/** The same with a comment. */
export class LazyCommentedRule extends LazyRule {
  get comment(): string {
    return this.tree().comment ?? '';
  }
}
