/** -m limit: a token bucket. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { number, oneWord } from '../value-kinds.ts';

/** Ticks of the kernel's packet cost: XT_LIMIT_SCALE is one second. */
export const limitScale = 10000;

export interface LimitOptions {
  readonly kind: 'limit';
  /** Cost of a packet in ten-thousandths of a second. */
  readonly average: number;
  readonly burst: number;
}

const units = [
  { name: 'day', seconds: 86400 },
  { name: 'hour', seconds: 3600 },
  { name: 'min', seconds: 60 },
  { name: 'sec', seconds: 1 },
] as const;

/** `10`, `10/s`, `10/minute`: the cost of one packet, by the first letters of the unit. */
const rate = oneWord((text, site) => {
  const slash = text.indexOf('/');
  const digits = slash < 0 ? text : text.slice(0, slash);
  const unit = slash < 0 ? 'second' : text.slice(slash + 1).toLowerCase();
  const seconds =
    unit === ''
      ? undefined
      : ['second', 'minute', 'hour', 'day'].findIndex((name) => name.startsWith(unit));
  const perUnit = seconds === undefined ? undefined : [1, 60, 3600, 86400][seconds];
  const count = /^\s*\+?\d+/.test(digits) ? Number.parseInt(digits, 10) : 0;
  if (perUnit === undefined || count === 0)
    return site.problem(`bad rate '${text}'`, 'such as 10/minute');
  if (count / perUnit > limitScale) return site.problem(`rate too fast '${text}'`);
  const average = Math.trunc((limitScale * perUnit) / count);
  return average;
});

export const limit = extension({
  name: 'limit',
  revision: 0,
  options: {
    rate: { name: '--limit', value: rate },
    burst: { name: '--limit-burst', value: number(10000) },
  },
  read: (values): LimitOptions => ({
    kind: 'limit',
    average: values.rate?.value ?? limitScale * 1200,
    burst: values.burst?.value ?? 5,
  }),
  save: ({ average, burst }) => [
    ...saved('--limit', false, savedRate(average)),
    // The kernel makes 5 of 0.
    ...(burst === 5 || burst === 0 ? [] : ['--limit-burst', String(burst)]),
  ],
});

/** The coarsest unit that shows the rate: print_rate() of libxt_limit. */
export function savedRate(average: number): string {
  const { count, unit } = rateInUnit(average);
  return `${count}/${unit}`;
}

export function rateInUnit(average: number): {
  count: number;
  unit: 'day' | 'hour' | 'min' | 'sec';
} {
  let chosen: (typeof units)[number] = units[0];
  for (const candidate of units.slice(1)) {
    const ticks = candidate.seconds * limitScale;
    if (average > ticks || Math.trunc(ticks / average) < ticks % average) break;
    chosen = candidate;
  }
  return { count: Math.trunc((chosen.seconds * limitScale) / average), unit: chosen.name };
}
