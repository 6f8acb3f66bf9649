/** Random choices of a rule: the question is made once, as it is asked for every packet that comes to the rule. */

import type { Span } from '../../base/span.ts';
import type { Choice, ChoiceOption, ChoiceReason } from '../../trace/choice.ts';
import { chooseAnew } from '../run.ts';
import type { Evaluation } from './evaluation.ts';
import type { PreparedChain } from './prepared-chain.ts';

export interface RuleQuestion {
  readonly reason: ChoiceReason;
  readonly options: readonly ChoiceOption[];
  readonly origin: Span | undefined;
  /** Names the choice within the rule. */
  key(chain: PreparedChain, rule: number): string;
}

/** Asks; the answer is an index into the options. */
export function ruleChoice({
  reason,
  options,
  origin,
  key,
}: RuleQuestion): (evaluation: Evaluation) => number {
  let known: Choice | undefined;
  let place: PreparedChain | undefined;
  let position = -1;
  return ({ run, packet, chain, rule }) => {
    if (known === undefined || place !== chain || position !== rule) {
      place = chain;
      position = rule;
      const base = { reason, key: key(chain, rule), options };
      known = origin === undefined ? base : { ...base, origin };
    }
    return chooseAnew(run, packet.subject, known);
  };
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
