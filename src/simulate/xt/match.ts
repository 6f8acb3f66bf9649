/** match: xtables matches by name; one without options is a choice. */

import type { MatchOperation, Operation } from '../../model/operations.ts';
import { breakRule } from '../operations/store.ts';
import type { Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { chooseYes } from '../run.ts';
import { matchers } from './matchers.ts';

export function prepareMatch(
  operation: MatchOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const { name, options } = operation.match;
  if (name === 'comment') return () => {};
  const matches = options === undefined ? undefined : matchers(options, compiler, operation);
  if (matches !== undefined) {
    return (evaluation) => {
      if (!matches(evaluation)) breakRule(evaluation);
    };
  }
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  const later = compiler.rest.filter(
    (other) => other.kind === 'match' && other.match.name === name,
  );
  const place = later.length === 0 ? '' : `, ${later.length + 1} from its end`;
  return (evaluation) => {
    const { run, packet, chain, rule } = evaluation;
    const { family, name: table } = chain.table;
    const key = `match ${name} in ${family} ${table} ${chain.chain.name} rule ${rule}${place}`;
    if (!chooseYes(run, packet.subject, { reason: 'unknown-match', key, ...origin }))
      breakRule(evaluation);
  };
}
