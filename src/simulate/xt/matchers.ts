/** What each xtables match asks, by the kind of its options. */

import type { Operation } from '../../model/operations.ts';
import type { XtOptions } from '../../model/xt.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';

export type Matcher = (evaluation: Evaluation) => boolean;

/** Undefined: this match is not modelled. */
export function matchers(
  options: XtOptions,
  _compiler: StepCompiler,
  _operation: Operation,
): Matcher | undefined {
  switch (options.kind) {
    case 'comment':
      return () => true;
    default:
      return undefined;
  }
}
