/** Choices: whatever the inputs do not determine is asked for, never guessed. */

import type { Span } from '../base/span.ts';

/** An exact probability. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

export interface ChoiceOption {
  /** Stable word for `--assume`: `yes`, `no`, `0`, `1`, `found`, `10.0.0.1`, … */
  readonly label: string;
  /** Only for choices that the kernel draws at random. */
  readonly probability?: Fraction;
}

export type ChoiceReason =
  | 'numgen-random'
  | 'xt-statistic'
  | 'unknown-match'
  | 'unknown-target'
  | 'unknown-set'
  | 'unknown-socket'
  | 'unknown-user'
  | 'multipath-route'
  | 'random-port'
  | 'random-address'
  | 'time'
  | 'hook-order'
  | 'unmodelled'
  | 'incomplete-ruleset';

/** A question with its possible answers, in a fixed order. */
export interface Choice {
  readonly reason: ChoiceReason;
  /** Equal keys within one packet are one question and get one answer: `ipset cali40s:abc src 10.0.0.1`. */
  readonly key: string;
  readonly options: readonly ChoiceOption[];
  /**
   * The one option stands for all numbers of a range (random ports): the answer is an offset into it, and 0 will do
   * for all of them.
   */
  readonly range?: { readonly first: number; readonly last: number };
  readonly origin?: Span;
}

export interface ChoiceMade {
  readonly choice: Choice;
  /** Index into `choice.options`. */
  readonly option: number;
}

/** Answers with the index of the option taken. */
export interface Chooser {
  choose(choice: Choice): number;
}
