/** -j RATEEST: feeds a rate estimator. */

import { extension } from '../extension.ts';
import { oneWord } from '../value-kinds.ts';

export interface RateestTargetOptions {
  readonly kind: 'RATEEST';
  readonly name: string;
  /** Log2 of the seconds between two samples: -2 (250 ms) to 3. */
  readonly interval: number;
  /** Log2 of the samples that the average is taken over. */
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

/** `250ms`, `1s`: microseconds, in 32 bits. */
const time = oneWord((word, site) => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(word) ?? [];
  const factor = units[unit.toLowerCase().replace(/secs$/, 'sec')];
  return digits === undefined || factor === undefined
    ? site.problem(`no time '${word}'`, 'such as 250ms')
    : Math.trunc(Number(digits) * factor) % 2 ** 32;
});

/** Cut to the room there is. */
const name = oneWord((word) => word.slice(0, 15));

function formatTime(microseconds: number): string {
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(1)}s`;
  return microseconds >= 1e3 ? `${(microseconds / 1e3).toFixed(1)}ms` : `${microseconds}us`;
}

export const RATEEST = extension({
  name: 'RATEEST',
  revision: 0,
  options: {
    name: { name: '--rateest-name', value: name, required: true },
    interval: { name: '--rateest-interval', value: time, required: true },
    averaging: { name: '--rateest-ewmalog', value: time, required: true },
  },
  read: (values, site): RateestTargetOptions | undefined => {
    const wanted = values.interval?.value ?? 0;
    const interval = intervals.find((log) => wanted <= 2 ** log * 1e6);
    if (interval === undefined) return site.problem('RATEEST: interval value is too large');
    const averaging = averagingOf(wanted, values.averaging?.value ?? 0);
    if (averaging < 1 || averaging > 30) {
      return site.problem('RATEEST: ewmalog value is out of range');
    }
    return { kind: 'RATEEST', name: values.name?.value ?? '', interval, averaging };
  },
  save: ({ name, interval, averaging }) => [
    '--rateest-name',
    name,
    '--rateest-interval',
    formatTime(2 ** interval * 1e6),
    '--rateest-ewmalog',
    formatTime(2 ** (interval + averaging) * 1e6),
  ],
});

const intervals = [-2, -1, 0, 1, 2, 3] as const;

/** RATEEST_final_check(): the longest average that is not longer than wanted; 0: there is none. */
function averagingOf(interval: number, wanted: number): number {
  for (let log = 1; log < 32; log++) {
    if (interval / -Math.log(1 - 2 ** -log) > wanted) return log - 1;
  }
  return 31;
}
