/** What each xtables target does, by the kind of its options. */

import type { Operation } from '../../model/operations.ts';
import type { XtOptions } from '../../model/xt.ts';
import type { Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';

/** Undefined: this target is not modelled. */
export function targets(
  _name: string,
  _options: XtOptions | undefined,
  _compiler: StepCompiler,
  _operation: Operation,
): Step | undefined {
  return undefined;
}
