/** All ways that a packet can go: the single-path simulation, replayed over every choice. */

import type { Choice, Chooser, Fraction } from '../trace/choice.ts';
import { listRecorder } from '../trace/recorder.ts';
import type {
  Exploration,
  ExploreOptions,
  Outcome,
  PacketInput,
  SimulationResult,
  SimulationState,
} from './api.ts';
import { seededChooser } from './chooser.ts';
import type { CompiledProgram } from './compile.ts';
import { mergeOrders } from './merge-orders.ts';
import { simulate } from './simulate.ts';

const defaultLimit = 256;

export function explore(
  compiled: CompiledProgram,
  state: SimulationState,
  input: PacketInput,
  options: ExploreOptions,
): Exploration {
  const limit = options.limit ?? defaultLimit;
  const outcomes: Outcome[] = [];
  let path: number[] | undefined = [];
  while (path !== undefined) {
    if (outcomes.length >= limit) return { outcomes: mergeOrders(outcomes), cut: true };
    const taken: { readonly option: number; readonly count: number }[] = [];
    const chooser = pathChooser(path, taken, options.assume);
    const recorder = listRecorder({ misses: options.misses ?? false });
    const result = simulate(compiled, state, input, { clock: options.clock, chooser, recorder });
    outcomes.push(outcomeOf(result, recorder.events));
    path = nextPath(taken);
  }
  return { outcomes: mergeOrders(outcomes), cut: false };
}

/** One run with random choices drawn from a seed; the other choices take their first answer, as the outcome says. */
export function sampleOutcome(
  compiled: CompiledProgram,
  state: SimulationState,
  input: PacketInput,
  options: ExploreOptions & { readonly seed: number },
): Outcome {
  const draw = seededChooser(options.seed);
  const recorder = listRecorder({ misses: options.misses ?? false });
  const chooser: Chooser = {
    choose(choice) {
      const settled = settledOption(choice, options.assume);
      if (settled >= 0) return settled;
      const random = choice.range !== undefined || choice.options[0]?.probability !== undefined;
      return random ? draw.choose(choice) : 0;
    },
  };
  const result = simulate(compiled, state, input, { clock: options.clock, chooser, recorder });
  return outcomeOf(result, recorder.events);
}

/** Follows a path of options; behind its end it takes the first of each. Settled choices are no part of it. */
function pathChooser(
  path: readonly number[],
  taken: { readonly option: number; readonly count: number }[],
  assume: ReadonlyMap<string, string> | undefined,
): Chooser {
  return {
    choose(choice) {
      if (choice.range !== undefined) return assumedOffset(choice, assume);
      const settled = settledOption(choice, assume);
      if (settled >= 0) return settled;
      const option = path[taken.length] ?? 0;
      taken.push({ option, count: choice.options.length });
      return option;
    },
  };
}

/** A port of a range may be settled by its number. */
function assumedOffset(choice: Choice, assume: ReadonlyMap<string, string> | undefined): number {
  const { range } = choice;
  const wanted = Number(assume?.get(choice.key) ?? Number.NaN);
  if (range === undefined || !(wanted >= range.first && wanted <= range.last)) return 0;
  return wanted - range.first;
}

function settledOption(choice: Choice, assume: ReadonlyMap<string, string> | undefined): number {
  const label = assume?.get(choice.key);
  if (label === undefined) return -1;
  return choice.options.findIndex((option) => option.label === label);
}

/** The next path in order: the last choice with an option left takes it. */
function nextPath(
  taken: readonly { readonly option: number; readonly count: number }[],
): number[] | undefined {
  for (let index = taken.length - 1; index >= 0; index--) {
    const step = taken[index];
    if (step !== undefined && step.option + 1 < step.count)
      return [...taken.slice(0, index).map(({ option }) => option), step.option + 1];
  }
  return undefined;
}

function outcomeOf(result: SimulationResult, trace: Outcome['trace']): Outcome {
  const random: Fraction[] = [];
  const assumptions = result.choices.filter(({ choice, option }) => {
    const probability = choice.options[option]?.probability;
    if (probability !== undefined) random.push(probability);
    return probability === undefined && choice.options.length > 1;
  });
  const base = { ...result, trace, assumptions };
  return random.length === 0 ? base : { ...base, probability: multiply(random) };
}

function multiply(fractions: readonly Fraction[]): Fraction {
  let numerator = 1n;
  let denominator = 1n;
  for (const fraction of fractions) {
    numerator *= BigInt(fraction.numerator);
    denominator *= BigInt(fraction.denominator);
    const divisor = greatestCommonDivisor(numerator, denominator);
    numerator /= divisor;
    denominator /= divisor;
  }
  return { numerator: Number(numerator), denominator: Number(denominator) };
}

function greatestCommonDivisor(first: bigint, second: bigint): bigint {
  let [a, b] = [first, second];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
