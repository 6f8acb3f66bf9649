/** Choosers: a seeded one that samples, and one that replays given answers. */

import type { Choice, ChoiceOption, Chooser } from '../trace/choice.ts';

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

/** 0 to 1. */
function nextPoint(draws: Draws): number {
  let { state } = draws;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  draws.state = state;
  return (state >>> 0) / 2 ** 32;
}

/** The option that the next random number says. */
export function drawNext(choice: Choice, draws: Draws): number {
  return drawOption(choice, nextPoint(draws));
}

export function drawAmong(options: readonly ChoiceOption[], draws: Draws): number {
  return optionAt(options, nextPoint(draws));
}

/** The option at `point` (0 to 1) of the options' probabilities; without any they are equally likely. */
export function drawOption({ range, options }: Choice, point: number): number {
  if (range !== undefined) return Math.floor(point * (range.last - range.first + 1));
  return optionAt(options, point);
}

function optionAt(options: readonly ChoiceOption[], point: number): number {
  let rest = point;
  for (let index = 0; index < options.length; index++) {
    const probability = options[index]?.probability;
    const weight =
      probability === undefined
        ? 1 / options.length
        : probability.numerator / probability.denominator;
    if (rest < weight) return index;
    rest -= weight;
  }
  return options.length - 1;
}
