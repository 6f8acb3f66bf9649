/** cmp and range: comparing a register with constants, byte by byte (nft_cmp.c, nft_range.c). */

import type { CmpOperation, RangeOperation } from '../../model/operations.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { breakRule } from './store.ts';

/** memcmp() of the register and the constant. */
function compareRegister(evaluation: Evaluation, at: number, data: Uint8Array): number {
  const { bytes } = evaluation.registers;
  for (let index = 0; index < data.length; index++) {
    const difference = (bytes[at + index] ?? 0) - (data[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function prepareCmp(operation: CmpOperation): Step {
  const { data, operator } = operation;
  const at = registerOffset(operation.source);
  switch (operator) {
    case 'eq':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) !== 0) breakRule(evaluation);
      };
    case 'neq':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) === 0) breakRule(evaluation);
      };
    case 'lt':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) >= 0) breakRule(evaluation);
      };
    case 'lte':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) > 0) breakRule(evaluation);
      };
    case 'gt':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) <= 0) breakRule(evaluation);
      };
    case 'gte':
      return (evaluation) => {
        if (compareRegister(evaluation, at, data) < 0) breakRule(evaluation);
      };
  }
}

export function prepareRange(operation: RangeOperation): Step {
  const { from, to } = operation;
  const at = registerOffset(operation.source);
  const wanted = operation.operator === 'eq';
  return (evaluation) => {
    const inside =
      compareRegister(evaluation, at, from) >= 0 && compareRegister(evaluation, at, to) <= 0;
    if (inside !== wanted) breakRule(evaluation);
  };
}
