/** What was learnt of the rules of a shape: when it holds for another rule, and what that rule becomes. */

import { holeText, type ShapedRule } from '../../ast/nft/shaped-rule.ts';
import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramElement, ProgramSet } from '../../model/program.ts';
import { longestChainName } from './pass.ts';
import { canRead, type Reading } from './reading.ts';

/** An anonymous set that each rule of the shape has one of. */
export interface SetTemplate {
  readonly pattern: string;
  /** The set of the first rule. */
  readonly first: ProgramSet;
  readonly elements: (rule: ShapedRule) => readonly ProgramElement[];
  readonly span: (rule: ShapedRule) => ProgramSet['span'];
}

export interface Variant {
  /** Holes that must have the text they had in the first rule. */
  readonly guards: readonly { readonly hole: number; readonly text: string }[];
  readonly readings: readonly { readonly hole: number; readonly reading: Reading }[];
  readonly sets: readonly SetTemplate[];
  readonly operations: (rule: ShapedRule, setNames: readonly string[]) => readonly Operation[];
  readonly facts: RuleFacts;
}

export interface FactJump {
  /** A hole, or a name that all rules have. */
  readonly target: number | string;
  readonly place: (rule: ShapedRule) => Span;
}

/** What the checks of a whole table need to know of a rule. */
export interface RuleFacts {
  /** Chains that it jumps to, in order. */
  readonly jumps: readonly FactJump[];
  /** Named maps whose verdicts it looks up. */
  readonly maps: readonly string[];
  /** Operations that work at some hooks only, as they are in the first rule. */
  readonly needs: readonly Operation[];
}

/** Does what was learnt hold for this rule? */
export function suits({ guards, readings }: Variant, rule: ShapedRule): boolean {
  const { text } = rule.source;
  const { holes } = rule.shape;
  for (const { hole, text: wanted } of guards) {
    const quote = holes[hole] === 'string' ? 1 : 0;
    const start = rule.holeStart(hole) + quote;
    if (rule.holeEnd(hole) - quote - start !== wanted.length || !text.startsWith(wanted, start)) {
      return false;
    }
  }
  for (const { hole, reading } of readings) {
    const quote = holes[hole] === 'string' ? 1 : 0;
    if (!canRead(reading, text, rule.holeStart(hole) + quote, rule.holeEnd(hole) - quote)) {
      return false;
    }
  }
  for (let hole = 0; hole < holes.length; hole++) {
    if (holes[hole] !== 'name') continue;
    if (rule.holeEnd(hole) - rule.holeStart(hole) > longestChainName) return false;
  }
  return true;
}

/** The chain that a jump of the facts goes to. */
export function jumpTarget(rule: ShapedRule, { target }: FactJump): string {
  return typeof target === 'string' ? target : holeText(rule, target);
}
