/** counter, quota, limit, last: statements that remember (nft_counter.c, nft_quota.c, nft_limit.c, nft_last.c). */

import type {
  CounterOperation,
  LastOperation,
  LimitOperation,
  QuotaOperation,
} from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { packetLength } from './meta.ts';
import { breakRule } from './store.ts';

export function prepareCounter(operation: CounterOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([Number(operation.packets), Number(operation.bytes)]);
  return (evaluation) => {
    state.write(evaluation, 0, state.read(evaluation, 0) + 1);
    state.write(evaluation, 1, state.read(evaluation, 1) + packetLength(evaluation));
  };
}

/** The sum includes this packet; it is spent even when the quota is over. */
export function prepareQuota(operation: QuotaOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([Number(operation.consumed)]);
  const limit = Number(operation.bytes);
  return (evaluation) => {
    const sum = state.read(evaluation, 0) + packetLength(evaluation);
    state.write(evaluation, 0, sum);
    if (sum > limit !== operation.inverted) breakRule(evaluation);
  };
}

const nanosecondsPerSecond = 1e9;
const defaultBurst = 5;

/** Token bucket in nanoseconds: nft_limit_eval(). A full bucket at first. */
export function prepareLimit(operation: LimitOperation, compiler: StepCompiler): Step {
  const rate = Number(operation.rate);
  const period = operation.per * nanosecondsPerSecond;
  const perPacket = operation.type === 'packets';
  const burst = perPacket && operation.burst === 0 ? defaultBurst : operation.burst;
  const full = perPacket
    ? Math.floor(period / rate) * burst
    : Math.floor((period * (rate + burst)) / rate);
  const state = compiler.allocate([full, Number.NaN]);
  return (evaluation) => {
    const { clock } = evaluation.run;
    const last = state.read(evaluation, 1);
    const elapsed = Number.isNaN(last) ? 0 : (clock - last) * 1e6;
    const tokens = Math.min(state.read(evaluation, 0) + elapsed, full);
    const cost = perPacket
      ? Math.floor(period / rate)
      : Math.floor((period * packetLength(evaluation)) / rate);
    state.write(evaluation, 1, clock);
    const passes = tokens >= cost;
    state.write(evaluation, 0, passes ? tokens - cost : tokens);
    if (passes === operation.inverted) breakRule(evaluation);
  };
}

export function prepareLast(_operation: LastOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([Number.NaN]);
  return (evaluation) => state.write(evaluation, 0, evaluation.run.clock);
}
