/** Durations, dates, hours and days. */

import { datatype, symbols } from './define.ts';

/** Milliseconds; written like `1d2h3m4s`. */
export const timeType = datatype(18, 'time', 'relative time', 32, { byteOrder: 'host' });

/** Nanoseconds since the epoch (`meta time`). */
export const dateType = datatype(43, 'time', 'Relative time of packet reception', 64, {
  byteOrder: 'host',
});

/** Seconds since midnight (`meta hour`). */
export const hourType = datatype(44, 'hour', 'Hour of day of packet reception', 32, {
  byteOrder: 'host',
});

export const dayType = datatype(45, 'day', 'Day of week of packet reception', 8, {
  symbols: symbols({
    Sunday: 0,
    Monday: 1,
    Tuesday: 2,
    Wednesday: 3,
    Thursday: 4,
    Friday: 5,
    Saturday: 6,
  }),
});
