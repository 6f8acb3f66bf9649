/** Random choices of a rule: the question is made once, as it is asked for every packet that comes to the rule. */

import type { Span } from '../../base/span.ts';
import { write32, writeHost32 } from '../../packet/bytes.ts';
import type { Choice, ChoiceOption, ChoiceReason } from '../../trace/choice.ts';
import { chooseAnew } from '../run.ts';
import type { Evaluation, Step } from './evaluation.ts';
import type { PreparedChain } from './prepared-chain.ts';

export interface RuleQuestion {
  readonly reason: ChoiceReason;
  readonly options: readonly ChoiceOption[];
  readonly origin: Span | undefined;
  /** Names the choice within the rule. */
  key(chain: PreparedChain, rule: number): string;
}

/** A question of a rule, with the choice that it was last asked as. */
export interface RuleChoice extends RuleQuestion {
  known: Choice | undefined;
  chain: PreparedChain | undefined;
  rule: number;
}

export function ruleChoice({ reason, options, origin, key }: RuleQuestion): RuleChoice {
  return { known: undefined, chain: undefined, rule: -1, reason, options, origin, key };
}

/** Asks; the answer is an index into the options. */
export function askRule(choice: RuleChoice, { run, packet, chain, rule }: Evaluation): number {
  const { known } = choice;
  if (known !== undefined && choice.chain === chain && choice.rule === rule)
    return chooseAnew(run, packet.subject, known);
  const { reason, options, origin } = choice;
  const base = { reason, key: choice.key(chain, rule), options };
  const asked = origin === undefined ? base : { ...base, origin };
  choice.known = asked;
  choice.chain = chain;
  choice.rule = rule;
  return chooseAnew(run, packet.subject, asked);
}

/** A random number that a rule loads: the first value of the class that was drawn. */
export interface RandomDraw extends RuleChoice {
  readonly firsts: readonly number[];
  /** Byte offset of the register. */
  readonly to: number;
  /** In host order; else in network order. */
  readonly host: boolean;
}

export function drawNumber(draw: RandomDraw, evaluation: Evaluation): void {
  const value = draw.firsts[askRule(draw, evaluation)] ?? 0;
  const { bytes } = evaluation.registers;
  if (draw.host) writeHost32(bytes, draw.to, value);
  else write32(bytes, draw.to, value);
}

/** The step that draws. */
export function drawingStep(
  question: RuleQuestion,
  { firsts, to, host }: Pick<RandomDraw, 'firsts' | 'to' | 'host'>,
): Step {
  const { reason, options, origin, key } = question;
  const draw: RandomDraw = {
    known: undefined,
    chain: undefined,
    rule: -1,
    firsts: sharedNumbers(firsts),
    to,
    host,
    options,
    reason,
    origin,
    key,
  };
  return Object.assign((evaluation: Evaluation) => drawNumber(draw, evaluation), { draw });
}

const numbers = new Map<string, readonly number[]>();

function sharedNumbers(list: readonly number[]): readonly number[] {
  const key = list.join();
  const known = numbers.get(key);
  if (known !== undefined) return known;
  if (numbers.size >= mostShared) numbers.clear();
  numbers.set(key, list);
  return list;
}

const shared = new Map<string, readonly ChoiceOption[]>();
const mostShared = 10_000;

/** The same options for the same key: thousands of rules draw between the same few. */
export function sharedOptions(
  key: string,
  make: () => readonly ChoiceOption[],
): readonly ChoiceOption[] {
  const known = shared.get(key);
  if (known !== undefined) return known;
  if (shared.size >= mostShared) shared.clear();
  const options = make();
  shared.set(key, options);
  return options;
}
