/** What the simulator gives no meaning: the rule goes both ways, and the trace says so. */

import type { Operation } from '../../model/operations.ts';
import { chainOf, type Step } from '../rules/evaluation.ts';
import { chooseYes, record } from '../run.ts';
import { breakRule } from './store.ts';

/** A choice whether the expression lets the packet through. */
export function unmodelledStep(what: string, operation: Operation): Step {
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    const { run, packet, rule } = evaluation;
    const chain = chainOf(evaluation);
    record(run, { kind: 'unmodelled', subject: packet.subject, what, ...origin });
    const key = `${what} ${chain.table.family} ${chain.table.name} ${chain.chain.name} ${rule}`;
    const passes = chooseYes(run, packet.subject, { reason: 'unmodelled', key, ...origin });
    if (!passes) breakRule(evaluation);
  };
}

/** A statement without effect on the packet's way: noted only. */
export function unmodelledEffect(what: string, operation: Operation): Step {
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return ({ run, packet }) => {
    record(run, { kind: 'unmodelled', subject: packet.subject, what, ...origin });
  };
}
