/** A rule of a large listing: only its place and shape are kept, its statements are made when they are asked for. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { RuleShape, ShapedRule } from '../../src/ast/nft/shaped-rule.ts';
import type { Statement } from '../../src/ast/nft/statements.ts';
import { InternalError } from '../../src/base/assert.ts';
import type { Source, Span } from '../../src/base/span.ts';
import type { LinePlaces } from './line-places.ts';
import { LineShape, scanModes } from './line-shape.ts';

const line = new LineShape();
let lastRule: LazyRule | undefined;
let lastTree: Rule | undefined;

/** The rule on the line that begins at `start`, made by what is known of its shape. */
export function materialise(
  source: Source,
  start: number,
  build: (line: LineShape, source: Source) => unknown,
): Rule {
  line.scan(source.text, start, scanModes.line);
  const rule = build(line, source);
  if (isRule(rule)) return rule;
  throw new InternalError('a known shape of rules makes no rule');
}

/** The same for an element of a set. */
export function materialiseElement(
  source: Source,
  start: number,
  build: (line: LineShape, source: Source) => unknown,
): Expression {
  line.scan(source.text, start, scanModes.element);
  const element = build(line, source);
  if (isExpression(element)) return element;
  throw new InternalError('a known shape of elements makes no element');
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Reads like any rule; `{ ...rule }` does not copy it, since its properties are computed. */
export class LazyRule implements ShapedRule {
  readonly shape: RuleShape;
  readonly start: number;
  private readonly lines: LinePlaces;
  /** Where the line's places are. */
  private readonly at: number;

  constructor(shape: RuleShape, start: number, lines: LinePlaces, at: number) {
    this.shape = shape;
    this.start = start;
    this.lines = lines;
    this.at = at;
  }

  get kind(): 'rule' {
    return 'rule';
  }

  get source(): Source {
    return this.lines.source;
  }

  get end(): number {
    return this.start + (this.lines.places[this.at] ?? 0);
  }

  holeStart(hole: number): number {
    return this.start + (this.lines.places[this.at + 2 * hole + 1] ?? 0);
  }

  holeEnd(hole: number): number {
    return this.start + (this.lines.places[this.at + 2 * hole + 2] ?? 0);
  }

  get span(): Span {
    return { source: this.lines.source, start: this.start, end: this.end };
  }

  /** Made anew for each use, apart from the last rule asked for. */
  protected tree(): Rule {
    if (lastRule !== this || lastTree === undefined) {
      lastRule = this;
      lastTree = this.shape.materialise(this.lines.source, this.start);
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

function isRule(value: unknown): value is Rule {
  return typeof value === 'object' && value !== null && 'statements' in value;
}
