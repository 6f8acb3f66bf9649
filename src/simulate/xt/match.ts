/** match: xtables matches by name; one without options is a choice. */

import type { MatchOperation, Operation } from '../../model/operations.ts';
import { breakRule } from '../operations/store.ts';
import { chainOf, type Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { chooseYes } from '../run.ts';
import { matcherOf } from './matchers.ts';

export function prepareMatch(
  operation: MatchOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const { name, options } = operation.match;
  if (name === 'comment') return () => {};
  const matcher = options === undefined ? undefined : matcherOf(options, compiler);
  if (matcher !== undefined) {
    return (evaluation) => {
      const answer = matcher(evaluation);
      if (answer === 'drop') evaluation.registers.verdict = dropVerdict;
      else if (!answer) breakRule(evaluation);
    };
  }
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    const { run, packet, rule } = evaluation;
    const chain = chainOf(evaluation);
    const { family, name: table } = chain.table;
    const key = `match ${name} in ${family} ${table} ${chain.chain.name} rule ${rule}`;
    if (!chooseYes(run, packet.subject, { reason: 'unknown-match', key, ...origin }))
      breakRule(evaluation);
  };
}
