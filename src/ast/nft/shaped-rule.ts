/** Rules of large listings that share a shape: lines that differ in the text of their holes only. */

import type { Source } from '../../base/span.ts';
import type { Rule } from './ruleset.ts';

/** What a hole holds: digits, an address, a quoted string, or a name behind `jump`, `goto` or `@`. */
export type HoleKind = 'number' | 'ipv4' | 'ipv6' | 'ethernet' | 'string' | 'name';

/** One object per shape: it tells shapes apart by its identity. */
export interface RuleShape {
  readonly holes: readonly HoleKind[];
  /** The tree of a line of this shape, which begins at `start`. */
  readonly materialise: (source: Source, start: number) => Rule;
}

/** A rule that knows its shape and where its holes are. */
export interface ShapedRule extends Rule {
  readonly shape: RuleShape;
  readonly source: Source;
  /** Offsets of the line in the text. */
  readonly start: number;
  readonly end: number;
  /** Offsets of a hole in the text; quotes belong to it. */
  holeStart(hole: number): number;
  holeEnd(hole: number): number;
}

export function isShaped(rule: Rule): rule is ShapedRule {
  return 'shape' in rule;
}

/** The characters in a hole, without quotes. */
export function holeText(rule: ShapedRule, hole: number): string {
  const quote = rule.shape.holes[hole] === 'string' ? 1 : 0;
  return rule.source.text.slice(rule.holeStart(hole) + quote, rule.holeEnd(hole) - quote);
}
