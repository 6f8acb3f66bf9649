/** Random choices of a rule: the question is made once, as it is asked for every packet that comes to the rule. */

import type { Span } from '../../base/span.ts';
import { write32, writeHost32 } from '../../packet/bytes.ts';
import type { Choice, ChoiceOption, ChoiceReason } from '../../trace/choice.ts';
import { chooseAmong, chooseAnew } from '../run.ts';
import { chainOf, type Evaluation, type Step } from './evaluation.ts';
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
  /** By number; -1: it was not asked yet. */
  chain: number;
  rule: number;
}

export function ruleChoice({ reason, options, origin, key }: RuleQuestion): RuleChoice {
  return { known: undefined, chain: -1, rule: -1, reason, options, origin, key };
}

/** Asks; the answer is an index into the options. */
export function askRule(choice: RuleChoice, evaluation: Evaluation): number {
  const { known } = choice;
  const { run, packet, chain, rule } = evaluation;
  if (known !== undefined && choice.chain === chain && choice.rule === rule)
    return chooseAnew(run, packet.subject, known);
  const asked = choiceOf(choice, evaluation);
  choice.known = asked;
  choice.chain = chain;
  choice.rule = rule;
  return chooseAnew(run, packet.subject, asked);
}

function choiceOf(question: RuleQuestion, evaluation: Evaluation): Choice {
  const { reason, options, origin } = question;
  const key = question.key(chainOf(evaluation), evaluation.rule);
  return origin === undefined ? { reason, key, options } : { reason, key, options, origin };
}

/** How rules draw a random number: thousands do it alike. */
export interface DrawKind {
  readonly options: readonly ChoiceOption[];
  /** The first value of each class that can be drawn. */
  readonly firsts: readonly number[];
  /** Byte offset of the register. */
  readonly to: number;
  /** In host order; else in network order. */
  readonly host: boolean;
}

/** A random number that one rule loads: the first value of the class that was drawn. */
export interface RandomDraw {
  readonly kind: DrawKind;
  readonly question: RuleQuestion;
}

/** Draws with the choice that it was asked as before, or else a new one: the choice. */
export function drawNumber(
  draw: RandomDraw,
  known: Choice | undefined,
  evaluation: Evaluation,
): Choice {
  const choice = known ?? choiceOf(draw.question, evaluation);
  drawKnown(draw.kind, choice, evaluation);
  return choice;
}

/** The choice itself is only looked at by choosers that want to. */
export function drawKnown(kind: DrawKind, choice: Choice, evaluation: Evaluation): void {
  const { run, packet, registers } = evaluation;
  const value = kind.firsts[chooseAmong(run, packet.subject, choice, kind.options)] ?? 0;
  if (kind.host) writeHost32(registers.bytes, kind.to, value);
  else write32(registers.bytes, kind.to, value);
}

/** The step that draws; it belongs to one rule. */
export function drawingStep(
  question: RuleQuestion,
  { firsts, to, host }: Pick<DrawKind, 'firsts' | 'to' | 'host'>,
): Step {
  const kind = { options: question.options, firsts: sharedNumbers(firsts), to, host };
  const draw: RandomDraw = { kind, question };
  let known: Choice | undefined;
  const step = (evaluation: Evaluation): void => {
    known = drawNumber(draw, known, evaluation);
  };
  return Object.assign(step, { draw });
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
