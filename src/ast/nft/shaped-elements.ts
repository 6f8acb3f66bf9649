/** Elements of a large set that are only places in the text and numbers, with a shape each. */

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

/** What elements of one kind have in common. */
export interface ElementKind {
  readonly shape: ElementShape;
  /** All holes are decimal numbers or IPv4 addresses of up to 32 bits, written plainly: the column has their values. */
  readonly plain: boolean;
}

export interface ShapedElements {
  readonly source: Source;
  readonly count: number;
  readonly kinds: readonly ElementKind[];
  /** By elements: the index of its kind, and where its part of `values` begins. */
  readonly kindNumbers: Uint8Array;
  readonly offsets: Uint32Array;
  /** One number per hole of each element. */
  readonly values: Uint32Array;
  /** The element at an index, in an object that serves for the next one too. */
  at(index: number): ShapedElement;
  /** All as trees; made anew for each call. */
  expressions(): readonly Expression[];
}
