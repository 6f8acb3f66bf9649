/** Matches with a memory: statistic, limit, quota, hashlimit. */

import { addressKey, maskAddress } from '../../base/address.ts';
import {
  type HashlimitKey,
  type HashlimitOptions,
  hashlimitCapacity,
} from '../../fields/iptables/matches/hashlimit.ts';
import type { LimitOptions } from '../../fields/iptables/matches/limit.ts';
import type { QuotaOptions } from '../../fields/iptables/matches/quota.ts';
import type { StatisticOptions } from '../../fields/iptables/matches/statistic.ts';
import { read32 } from '../../packet/bytes.ts';
import { hasPorts, protocol } from '../../packet/protocols.ts';
import { destinationAddress, sourceAddress } from '../live-packet.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { askRule, ruleChoice, sharedOptions } from '../rules/rule-choice.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
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
  const denominator = randomRange;
  const answers = sharedOptions(`statistic ${probability}`, () => [
    { label: 'yes', probability: { numerator: probability, denominator } },
    { label: 'no', probability: { numerator: randomRange - probability, denominator } },
  ]);
  const choice = ruleChoice({
    reason: 'xt-statistic',
    key: ({ table, chain }, rule) =>
      `statistic in ${table.family} ${table.name} ${chain.name} rule ${rule}`,
    options: answers,
    origin: undefined,
  });
  return (evaluation) => (askRule(choice, evaluation) === 0) !== inverted;
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
  { packet }: Evaluation,
  key: HashlimitKey,
  options: HashlimitOptions,
  ports: number,
): string {
  switch (key) {
    case 'srcip':
      return addressKey(maskAddress(sourceAddress(packet), options.sourceMask));
    case 'dstip':
      return addressKey(maskAddress(destinationAddress(packet), options.destinationMask));
    case 'srcport':
      return String(ports >>> 16);
    case 'dstport':
      return String(ports & 0xffff);
  }
}

/** Where the ports stand behind the start of the transport header (proto_ports_offset()). */
function portsOffset(number: number): number | undefined {
  if (hasPorts(number) || number === protocol.esp) return 0;
  return number === protocol.ah ? 4 : undefined;
}

/** hashlimit_init_dst(); undefined where the ports are cut off. */
function hashlimitKey(evaluation: Evaluation, options: HashlimitOptions): string | undefined {
  const { packet, info } = evaluation;
  const wantsPorts = options.keys.some((key) => key.endsWith('port'));
  const offset = wantsPorts ? portsOffset(info.protocol) : undefined;
  const at = info.transport + (offset ?? 0);
  if (offset !== undefined && at + 4 > packet.length) return undefined;
  const ports = offset === undefined ? 0 : read32(packet.bytes, at);
  const parts = options.keys.map((key) => hashlimitPart(evaluation, key, options, ports));
  return `hashlimit ${options.name} ${parts.join(' ')}`;
}

/** hashlimit_mt(): a bucket for each key; tables are shared by name. */
export function hashlimitMatcher(options: HashlimitOptions): Matcher {
  const full = hashlimitCapacity(options);
  const spend = options.bytes ? spendBytes : spendPacket;
  return (evaluation) => {
    const { run } = evaluation;
    const key = hashlimitKey(evaluation, options);
    if (key === undefined) return 'drop';
    const bucket = spend(run.store.memory.get(key), options, evaluation, full);
    setEntry(run.journal, run.store.memory, key, [...bucket.left, run.clock]);
    return bucket.within !== options.above;
  };
}

interface Spent {
  readonly within: boolean;
  readonly left: readonly number[];
}

/** Credit in millionths of a second. */
function spendPacket(
  known: readonly number[] | undefined,
  { average }: HashlimitOptions,
  { run }: Evaluation,
  full: number,
): Spent {
  const [credit = full, last = run.clock] = known ?? [];
  const now = Math.min(full, credit + (run.clock - last) * 1000);
  const within = now >= average;
  return { within, left: [within ? now - average : now] };
}

/**
 * hashlimit_byte_cost(): credit in seconds, at most one; a packet that finds too little takes a whole new second for as
 * long as the burst lasts.
 */
function spendBytes(
  known: readonly number[] | undefined,
  { average, burst }: HashlimitOptions,
  { run, packet }: Evaluation,
): Spent {
  const [credit = 1, caps = burst, last = run.clock] = known ?? [];
  const chunks = Math.floor(packet.length / 16) + 1;
  const cost = Math.min(1, (chunks * average) / 2 ** 32);
  const refilled = Math.min(1, credit + (run.clock - last) / 1000);
  const renews = refilled < cost && caps > 0;
  const now = renews ? 1 : refilled;
  const within = now >= cost;
  return { within, left: [within ? now - cost : now, renews ? caps - 1 : caps] };
}
