/** -j RATEEST: feeds a rate estimator. */

import { extension } from '../extension.ts';
import { oneWord, text } from '../value-kinds.ts';

export interface RateestTargetOptions {
  readonly kind: 'RATEEST';
  readonly name: string;
  /** Microseconds. */
  readonly interval: number;
  readonly averaging: number;
}

const units: Readonly<Record<string, number>> = {
  s: 1e6,
  sec: 1e6,
  ms: 1e3,
  msec: 1e3,
  us: 1,
  usec: 1,
  '': 1,
};

/** `250ms`, `1s`: microseconds. */
const time = oneWord((word, site) => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(word) ?? [];
  const factor = units[unit.toLowerCase().replace(/secs$/, 'sec')];
  return digits === undefined || factor === undefined
    ? site.problem(`no time '${word}'`, 'such as 250ms')
    : Math.round(Number(digits) * factor);
});

function formatTime(microseconds: number): string {
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(1)}s`;
  return microseconds >= 1e3 ? `${(microseconds / 1e3).toFixed(1)}ms` : `${microseconds}us`;
}

export const RATEEST = extension({
  name: 'RATEEST',
  revision: 0,
  options: {
    name: { name: '--rateest-name', value: text(15, 1), required: true },
    interval: { name: '--rateest-interval', value: time, required: true },
    averaging: { name: '--rateest-ewmalog', value: time, required: true },
  },
  read: (values): RateestTargetOptions => ({
    kind: 'RATEEST',
    name: values.name?.value ?? '',
    interval: values.interval?.value ?? 0,
    averaging: values.averaging?.value ?? 0,
  }),
  save: ({ name, interval, averaging }) => [
    '--rateest-name',
    name,
    '--rateest-interval',
    formatTime(interval),
    '--rateest-ewmalog',
    formatTime(averaging),
  ],
});
