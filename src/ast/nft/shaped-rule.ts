/** Rules of large listings that share a shape: lines that differ in the text of their holes only. */

import type { Source } from '../../base/span.ts';
import type { Rule } from './ruleset.ts';

/** What a hole holds: digits, an address, a quoted string, or a name behind `jump`, `goto` or `@`. */
export type HoleKind = 'number' | 'ipv4' | 'ipv6' | 'ethernet' | 'string' | 'name';

/** A line, or an element of a set, that knows where its holes are. */
export interface ShapedLine {
  readonly shape: { readonly holes: readonly HoleKind[] };
  readonly source: Source;
  /** Offsets of the line in the text. */
  readonly start: number;
  readonly end: number;
  /** Offsets of a hole in the text; quotes belong to it. */
  holeStart(hole: number): number;
  holeEnd(hole: number): number;
}

/** One object per shape: it tells shapes apart by its identity. */
export interface RuleShape {
  readonly holes: readonly HoleKind[];
  /** The tree of a line of this shape, which begins at `start`. */
  readonly materialise: (source: Source, start: number) => Rule;
}

/** A rule that knows its shape and where its holes are. */
export interface ShapedRule extends Rule, ShapedLine {
  readonly shape: RuleShape;
}

export function isShaped(rule: Rule): rule is ShapedRule {
  return 'shape' in rule;
}

/** The characters in a hole, without quotes. */
export function holeText(line: ShapedLine, hole: number): string {
  const quote = line.shape.holes[hole] === 'string' ? 1 : 0;
  return line.source.text.slice(line.holeStart(hole) + quote, line.holeEnd(hole) - quote);
}
