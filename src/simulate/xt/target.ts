/** target: xtables targets; one without options, or not modelled, is noted and has no effect. */

import type { Operation, TargetOperation } from '../../model/operations.ts';
import { unmodelledEffect } from '../operations/unmodelled.ts';
import type { Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { targetOf } from './targets.ts';

export function prepareTarget(
  operation: TargetOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const { name, options } = operation.target;
  const step = options === undefined ? undefined : targetOf(options, operation.span, compiler);
  return step ?? unmodelledEffect(`target:${name}`, operation);
}
