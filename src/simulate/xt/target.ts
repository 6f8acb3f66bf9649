/** target: xtables targets by name; one without options is noted and has no effect. */

import type { Operation, TargetOperation } from '../../model/operations.ts';
import { unmodelledEffect } from '../operations/unmodelled.ts';
import type { Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { targets } from './targets.ts';

export function prepareTarget(
  operation: TargetOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const { name, options } = operation.target;
  return targets(name, options, compiler, operation) ?? unmodelledEffect(`target:${name}`, operation);
}
