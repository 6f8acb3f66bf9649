/** Collects operations and hands out registers (nft: struct netlink_linearize_ctx). */

import type { Operation, Register } from '../../model/operations.ts';
import { registerUnits } from '../bytes.ts';
import type { TypedExpression } from '../typed.ts';

export interface Emitter {
  readonly operations: Operation[];
  /** First free unit of four bytes. */
  low: number;
}

export function newEmitter(): Emitter {
  return { operations: [], low: 0 };
}

/** netlink_put_register(): the number of the register that starts at a unit; 1 to 4 where it is a wide one. */
export function registerAt(unit: number): Register {
  return unit % 4 === 0 ? 1 + unit / 4 : 8 + unit;
}

/** Units that an expression's result takes: concatenations as wide as they are, anything else a whole register. */
export function unitsOf(expression: TypedExpression | undefined): number {
  return expression?.kind === 'concat' ? registerUnits(expression.bits) : 4;
}

/** Runs `use` with a register reserved, and frees it afterwards. */
export function withRegister<Result>(
  emitter: Emitter,
  expression: TypedExpression | undefined,
  use: (unit: number) => Result,
): Result {
  const unit = emitter.low;
  const units = unitsOf(expression);
  emitter.low += units;
  const result = use(unit);
  emitter.low -= units;
  return result;
}
