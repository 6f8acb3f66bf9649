/** Elements of a large set that are only places in the text, with a shape each. */

import type { Source } from '../../base/span.ts';
import type { Expression } from './expressions.ts';
import type { HoleKind, ShapedLine } from './shaped-rule.ts';

/** One object per shape. */
export interface ElementShape {
  readonly holes: readonly HoleKind[];
  /** The tree of an element of this shape, which begins at `start` and ends before a comma or brace. */
  readonly materialise: (source: Source, start: number) => Expression;
}

export interface ShapedElement extends ShapedLine {
  readonly shape: ElementShape;
}

export interface ShapedElements {
  readonly source: Source;
  readonly count: number;
  /** The element at an index, in an object that serves for the next one too. */
  at(index: number): ShapedElement;
  /** All as trees; made anew for each call. */
  expressions(): readonly Expression[];
}
