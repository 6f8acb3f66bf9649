/** objref: named counters, quotas, limits, helpers (nft_objref.c). */

import type { ObjrefOperation } from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { lookupSet } from '../sets/lookup.ts';
import { breakRule } from './store.ts';
import { unmodelledEffect } from './unmodelled.ts';

export function prepareObjref(operation: ObjrefOperation, compiler: StepCompiler): Step {
  const { target } = operation;
  if ('name' in target) {
    return (
      compiler.findObject(target.type, target.name) ??
      unmodelledEffect(`object:${target.type}`, operation)
    );
  }
  const prepared = compiler.findSet(target.set);
  if (prepared === undefined) return unmodelledEffect(`set:${target.set}`, operation);
  const type = prepared.set.map?.kind === 'object' ? prepared.set.map.type : 'counter';
  const from = registerOffset(target.source);
  return (evaluation) => {
    const hit = lookupSet(evaluation.run, prepared, evaluation.registers.bytes, from);
    const data = hit?.data;
    if (data === undefined || data instanceof Uint8Array || !('object' in data)) {
      breakRule(evaluation);
      return;
    }
    compiler.findObject(type, data.object)?.(evaluation);
  };
}
