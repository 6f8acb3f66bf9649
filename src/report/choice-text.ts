/** Choices and probabilities in words. */

import { printable } from '../base/text.ts';
import type { ChoiceMade, ChoiceReason, Fraction } from '../trace/choice.ts';

const reasons: Readonly<Record<ChoiceReason, string>> = {
  'numgen-random': 'random number',
  'xt-statistic': 'random match',
  'unknown-match': 'match whose content the input does not show',
  'unknown-target': 'target whose content the input does not show',
  'unknown-set': 'set whose elements are not in the input',
  'unknown-socket': 'socket lookup',
  'unknown-user': 'user of the local sender',
  'multipath-route': 'multipath route',
  'random-port': 'port drawn by the kernel',
  'random-address': 'address drawn by the kernel',
  time: 'time of day',
  'hook-order': 'order of chains with equal priority',
  unmodelled: 'not modelled',
  'incomplete-ruleset': 'part of the ruleset is missing',
};

/** `50.0 %`; exact fractions stay readable as `1/3 (33.3 %)` in JSON. */
export function percentText({ numerator, denominator }: Fraction): string {
  return `${((100 * numerator) / denominator).toFixed(1)} %`;
}

/** `random number numgen …: 1 (50.0 %)`. */
export function choiceText({ choice, option }: ChoiceMade): string {
  const taken = choice.options[option];
  const chance = taken?.probability === undefined ? '' : ` (${percentText(taken.probability)})`;
  return `${reasons[choice.reason]}, ${printable(choice.key)}: ${printable(taken?.label ?? '?')}${chance}`;
}
