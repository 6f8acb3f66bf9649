/** -m time: times of day, days and dates. */

import { extension } from '../extension.ts';
import { parseNumber } from '../numbers.ts';
import { saved } from '../saving.ts';
import { flag, oneWord } from '../value-kinds.ts';

export interface TimeOptions {
  readonly kind: 'time';
  /** Seconds since the epoch, UTC; 0 and 2^31 - 1 where not given. */
  readonly dateStart: number;
  readonly dateStop: number;
  /** Seconds since midnight; 0 and 86399 where not given. */
  readonly dayStart: number;
  readonly dayStop: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekdays: readonly number[];
  readonly monthDays: readonly number[];
  readonly localTime: boolean;
  readonly contiguous: boolean;
}

/** What stands for no end: the last second of 31 bits, which is saved all the same. */
export const lastDate = 0x7fffffff;
export const lastSecondOfDay = 86399;
const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const everyWeekday = [1, 2, 3, 4, 5, 6, 7];
const everyMonthDay = Array.from({ length: 31 }, (_, index) => index + 1);

const date = oneWord((text, site) => {
  const parts =
    /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[Tt](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/.exec(
      text,
    );
  if (parts === null) return site.problem(`no date '${text}'`, 'YYYY[-MM[-DD[Thh[:mm[:ss]]]]]');
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const valid =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  return valid
    ? Math.trunc(Date.UTC(year, month - 1, day, hour, minute, second) / 1000)
    : site.problem(`no such date '${text}'`);
});

const timeOfDay = oneWord((text, site) => {
  const parts = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text);
  const [hour = 99, minute = 99, second = 0] = (parts ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return hour <= 23 && minute <= 59 && second <= 59
    ? hour * 3600 + minute * 60 + second
    : site.problem(`no time of day '${text}'`, 'hh:mm[:ss]');
});

/** The words of a list, each as far as libxt_time looks at it. */
function listWords(text: string, length: number): string[] {
  return text
    .replace(/,$/, '')
    .split(',')
    .map((word) => word.slice(0, length));
}

/** time_parse_monthdays(): two characters of each word; 0 and nothing stand for no day. */
const monthDayList = oneWord((text, site) => {
  const days = listWords(text, 2).map((word) => (word === '' ? 0n : parseNumber(word)));
  return days.every((day) => day !== undefined && day <= 31n)
    ? everyMonthDay.filter((day) => days.includes(BigInt(day)))
    : site.problem(`no days of a month '${text}'`, 'numbers from 1 to 31, separated by commas');
});

/** time_parse_weekdays(): names by two letters; of numbers the bit is set that a shift by them gives. */
const weekdayList = oneWord((text, site) => {
  const days = listWords(text, 3).map((word) => {
    const named = weekdayNames.findIndex((name) => name.startsWith(word.slice(0, 2)));
    return named >= 0 && word.length >= 2 ? named + 1 : Number(parseNumber(word) ?? 0n);
  });
  return days.every((day) => day > 0)
    ? everyWeekday.filter((day) => days.some((given) => given % 32 === day))
    : site.problem(`no days of a week '${text}'`, weekdayNames.join(', '));
});

export const time = extension({
  name: 'time',
  revision: 0,
  options: {
    dateStart: { name: '--datestart', value: date },
    dateStop: { name: '--datestop', value: date },
    dayStart: { name: '--timestart', value: timeOfDay },
    dayStop: { name: '--timestop', value: timeOfDay },
    weekdays: { name: '--weekdays', value: weekdayList, invert: true },
    monthDays: { name: '--monthdays', value: monthDayList, invert: true },
    localTime: { name: '--localtz', value: flag, excludes: ['--utc'] },
    utc: { name: '--utc', value: flag },
    kernelTime: { name: '--kerneltz', value: flag, excludes: ['--utc'] },
    contiguous: { name: '--contiguous', value: flag },
  },
  read: (values, site): TimeOptions | undefined => {
    const start = values.dayStart?.value ?? 0;
    if (values.contiguous && start < (values.dayStop?.value ?? lastSecondOfDay)) {
      return site.problem('time: --contiguous needs a stop time before the start time');
    }
    return {
      kind: 'time',
      dateStart: values.dateStart?.value ?? 0,
      dateStop: values.dateStop?.value ?? lastDate,
      dayStart: values.dayStart?.value ?? 0,
      dayStop: values.dayStop?.value ?? lastSecondOfDay,
      weekdays: chosen(everyWeekday, values.weekdays),
      monthDays: chosen(everyMonthDay, values.monthDays),
      localTime: values.kernelTime !== undefined || values.localTime !== undefined,
      contiguous: values.contiguous !== undefined,
    };
  },
  save: (options) => [
    ...(options.dayStart !== 0 || options.dayStop !== lastSecondOfDay
      ? ['--timestart', formatTime(options.dayStart), '--timestop', formatTime(options.dayStop)]
      : []),
    ...(options.monthDays.length < 31 ? savedMonthDays(options.monthDays) : []),
    ...(options.weekdays.length < 7 ? savedWeekdays(options.weekdays) : []),
    ...(options.dateStart === 0 ? [] : ['--datestart', formatDate(options.dateStart)]),
    '--datestop',
    formatDate(options.dateStop),
    ...(options.localTime ? ['--kerneltz'] : []),
    ...(options.contiguous ? ['--contiguous'] : []),
  ],
});

function chosen(
  every: readonly number[],
  given: { readonly negated: boolean; readonly value: readonly number[] } | undefined,
): readonly number[] {
  return given === undefined
    ? every
    : every.filter((day) => given.value.includes(day) !== given.negated);
}

function savedMonthDays(days: readonly number[]): string[] {
  return saved('--monthdays', false, days.join(','));
}

function savedWeekdays(days: readonly number[]): string[] {
  return saved('--weekdays', false, days.map((day) => weekdayNames[day - 1]).join(','));
}

export function formatTime(seconds: number): string {
  const parts = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** ISO 8601 without zone, UTC. */
export function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
