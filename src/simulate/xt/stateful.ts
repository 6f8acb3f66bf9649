/** Matches with a memory: statistic, limit, quota, hashlimit. */

import { addressKey, maskAddress } from '../../base/address.ts';
import type { HashlimitKey, HashlimitOptions } from '../../fields/iptables/matches/hashlimit.ts';
import type { LimitOptions } from '../../fields/iptables/matches/limit.ts';
import type { QuotaOptions } from '../../fields/iptables/matches/quota.ts';
import type { StatisticOptions } from '../../fields/iptables/matches/statistic.ts';
import { read16 } from '../../packet/bytes.ts';
import { destinationAddress, sourceAddress } from '../live-packet.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { choose } from '../run.ts';
import { setEntry } from '../state/store.ts';
import type { Matcher } from './matcher.ts';

/** The kernel compares 31 random bits with the probability. */
const randomRange = 2 ** 31;

export function statisticMatcher(options: StatisticOptions, compiler: StepCompiler): Matcher {
  if (options.mode === 'nth') {
    const { every, packet, inverted } = options;
    const state = compiler.allocate([every - 1 - packet]);
    return (evaluation) => {
      const before = state.read(evaluation, 0);
      const next = before === every - 1 ? 0 : before + 1;
      state.write(evaluation, 0, next);
      return (next === 0) !== inverted;
    };
  }
  const { probability, inverted } = options;
  if (probability >= randomRange) return () => !inverted;
  const choices = [
    { label: 'yes', probability: { numerator: probability, denominator: randomRange } },
    {
      label: 'no',
      probability: { numerator: randomRange - probability, denominator: randomRange },
    },
  ];
  return ({ run, packet, chain, rule }) => {
    const { family, name } = chain.table;
    const key = `statistic in ${family} ${name} ${chain.chain.name} rule ${rule}`;
    const question = { reason: 'xt-statistic', key, options: choices, fresh: true } as const;
    return (choose(run, packet.subject, question) === 0) !== inverted;
  };
}

/** limit_mt(): a bucket of `burst` packets that fills by one every `average` ten-thousandths of a second. */
export function limitMatcher({ average, burst }: LimitOptions, compiler: StepCompiler): Matcher {
  const full = average * burst;
  const state = compiler.allocate([full, Number.NaN]);
  return (evaluation) => {
    const last = state.read(evaluation, 1);
    const { clock } = evaluation.run;
    const elapsed = Number.isNaN(last) ? 0 : (clock - last) * 10;
    const credit = Math.min(full, state.read(evaluation, 0) + elapsed);
    state.write(evaluation, 1, clock);
    const passes = credit >= average;
    state.write(evaluation, 0, passes ? credit - average : credit);
    return passes;
  };
}

/** quota_mt(): what does not fit any more empties the quota. */
export function quotaMatcher({ bytes, inverted }: QuotaOptions, compiler: StepCompiler): Matcher {
  const state = compiler.allocate([Number(bytes)]);
  return (evaluation) => {
    const left = state.read(evaluation, 0);
    const { length } = evaluation.packet;
    state.write(evaluation, 0, left >= length ? left - length : 0);
    return left >= length !== inverted;
  };
}

function hashlimitPart(
  { packet, info }: Evaluation,
  key: HashlimitKey,
  options: HashlimitOptions,
): string {
  switch (key) {
    case 'srcip':
      return addressKey(maskAddress(sourceAddress(packet), options.sourceMask));
    case 'dstip':
      return addressKey(maskAddress(destinationAddress(packet), options.destinationMask));
    case 'srcport':
      return String(read16(packet.bytes, info.transport));
    case 'dstport':
      return String(read16(packet.bytes, info.transport + 2));
  }
}

function hashlimitKey(evaluation: Evaluation, options: HashlimitOptions): string {
  const parts = options.keys.map((key) => hashlimitPart(evaluation, key, options));
  return `hashlimit ${options.name} ${parts.join(' ')}`;
}

/** hashlimit_mt(): a bucket for each key; tables are shared by name. Byte rates are taken as packets of their length. */
export function hashlimitMatcher(options: HashlimitOptions): Matcher {
  const full = options.average * options.burst;
  return (evaluation) => {
    const { run, packet } = evaluation;
    const key = hashlimitKey(evaluation, options);
    const [credit = full, last = run.clock] = run.store.memory.get(key) ?? [];
    const cost = options.bytes ? options.average * Math.ceil(packet.length / 16) : options.average;
    const now = Math.min(full, credit + (run.clock - last) * 1000);
    const within = now >= cost;
    setEntry(run.journal, run.store.memory, key, [within ? now - cost : now, run.clock]);
    return within !== options.above;
  };
}
