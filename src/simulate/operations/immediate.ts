/** immediate: a constant into a register, or a verdict (nft_immediate.c). */

import type { ImmediateOperation } from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';

export function prepareImmediate(operation: ImmediateOperation): Step {
  const { data } = operation;
  if (!(data instanceof Uint8Array)) {
    return (evaluation) => {
      evaluation.registers.verdict = data;
    };
  }
  const at = registerOffset(operation.destination);
  const padded = new Uint8Array((data.length + 3) & ~3);
  padded.set(data);
  return (evaluation) => {
    evaluation.registers.bytes.set(padded, at);
  };
}
