/** Choosers: a seeded one that samples, and one that replays given answers. */

import type { Choice, Chooser } from '../trace/choice.ts';

/** xorshift32: the same seed gives the same answers. */
export function seededChooser(seed: number): Chooser {
  const draws = newDraws();
  draws.state = startOfDraws(seed);
  return { choose: (choice) => drawNext(choice, draws) };
}

/** What the random numbers of a seed have come to. */
export interface Draws {
  state: number;
}

export function newDraws(): Draws {
  return { state: 1 };
}

export function startOfDraws(seed: number): number {
  return (seed ^ 0x9e3779b9) | 0 || 1;
}

/** The option that the next random number says. */
export function drawNext(choice: Choice, draws: Draws): number {
  let { state } = draws;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  draws.state = state;
  return drawOption(choice, (state >>> 0) / 2 ** 32);
}

/** The option at `point` (0 to 1) of the options' probabilities; without any they are equally likely. */
export function drawOption(choice: Choice, point: number): number {
  const { range } = choice;
  if (range !== undefined) return Math.floor(point * (range.last - range.first + 1));
  let rest = point;
  for (let index = 0; index < choice.options.length; index++) {
    const probability = choice.options[index]?.probability;
    const weight =
      probability === undefined
        ? 1 / choice.options.length
        : probability.numerator / probability.denominator;
    if (rest < weight) return index;
    rest -= weight;
  }
  return choice.options.length - 1;
}
