/** Numbers that neither packet nor host facts show (meta cpu, meta cgroup): a choice between the ranges that a rule tells apart. */

import type { Operation, Register } from '../../model/operations.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { valueClasses } from '../rules/value-classes.ts';
import { choose } from '../run.ts';
import { breakRule, storeHost32 } from './store.ts';

export interface UnknownNumber {
  /** What it is, for the question: `meta cpu`. */
  readonly what: string;
  /** False: there is no such number for this packet, and the rule does not match. */
  exists(evaluation: Evaluation): boolean;
  /** True where it can be told: it is 0. */
  isZero?(evaluation: Evaluation): boolean;
}

export function prepareUnknownNumber(
  operation: { readonly destination: Register } & Pick<Operation, 'span'>,
  compiler: StepCompiler,
  { what, exists, isZero }: UnknownNumber,
): Step {
  const to = registerOffset(operation.destination);
  const classes = valueClasses(compiler.rest, operation.destination, 2 ** 32, (name) =>
    compiler.table.sets.find((set) => set.name === name),
  );
  const labels = classes.map(({ first, last }) =>
    first === last ? `${first}` : `${first}-${last}`,
  );
  const options = labels.map((label) => ({ label }));
  const key = `${what} ${labels.join(' ')}`;
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    if (isZero?.(evaluation) === true) {
      storeHost32(evaluation, to, 0);
      return;
    }
    if (!exists(evaluation)) {
      breakRule(evaluation);
      return;
    }
    const { run, packet } = evaluation;
    const option = choose(run, packet.subject, { reason: 'unmodelled', key, options, ...origin });
    storeHost32(evaluation, to, classes[option]?.first ?? 0);
  };
}
