/** Durations, hours, dates and days as nft reads them (times of day and dates in UTC). */

import { type ParseResult, parsed, unparsed } from './parse-result.ts';

const unitMilliseconds = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** `1d2h3m4s5ms`, or bare seconds, in milliseconds (nft: time_parse). */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,8}$/.test(text)) return Number(text) * 1000;
  const match =
    /^(?:(\d{1,8})d)?(?:(\d{1,8})h)?(?:(\d{1,8})m(?!s))?(?:(\d{1,8})s)?(?:(\d{1,8})ms)?$/;
  const units = match.exec(text) ?? undefined;
  if (units === undefined || text === '') return parseShuffledDuration(text);
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', rest = '0'] = units;
  return (
    Number(days) * unitMilliseconds.d +
    Number(hours) * unitMilliseconds.h +
    Number(minutes) * unitMilliseconds.m +
    Number(seconds) * unitMilliseconds.s +
    Number(rest)
  );
}

/** Units may stand in any order, each once. */
function parseShuffledDuration(text: string): number | undefined {
  let total = 0;
  const seen = new Set<string>();
  const rest = text.replace(/(\d{1,8})(ms|[dhms])/g, (_, digits: string, unit: string) => {
    if (seen.has(unit)) total = Number.NaN;
    seen.add(unit);
    total += Number(digits) * unitOf(unit);
    return '';
  });
  return rest === '' && seen.size > 0 && !Number.isNaN(total) ? total : undefined;
}

function unitOf(unit: string): number {
  return Object.entries(unitMilliseconds).find(([name]) => name === unit)?.[1] ?? 0;
}

export function parseTime(text: string): ParseResult {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) return unparsed('wrong time format');
  if (milliseconds > 0xffffffff) return unparsed('value too large');
  return parsed(BigInt(milliseconds), 32);
}

/** As strtoull() reads it: what has more than 64 bits is the greatest number. */
function numberOf(digits: string): bigint {
  const number = BigInt(digits);
  return number >= 1n << 64n ? (1n << 64n) - 1n : number;
}

/** `23:59`, `23:59:59`, a duration or seconds, in seconds since midnight (nft: hour_type_parse). */
export function parseHour(text: string): ParseResult {
  if (/^\d+$/.test(text)) return parsed(BigInt.asUintN(32, numberOf(text)), 32);
  const clock = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = [clock[1], clock[2], clock[3] ?? '0'].map(Number);
    if (hours === undefined || minutes === undefined || seconds === undefined) {
      return unparsed('wrong time format');
    }
    if (hours > 23 || minutes > 59 || seconds > 61) return unparsed('wrong time format');
    return parsed(BigInt(hours * 3600 + minutes * 60 + seconds), 32);
  }
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) return unparsed('wrong time format');
  return parsed(BigInt(Math.floor(milliseconds / 1000)), 32);
}

/** `2020-12-24`, `2020-12-24 19:00`, `2020-12-24 19:00:59` or seconds, in nanoseconds since the epoch. */
export function parseDate(text: string): ParseResult {
  if (/^\d+$/.test(text)) {
    return parsed(BigInt.asUintN(64, numberOf(text) * 1_000_000_000n), 64);
  }
  const date = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$/.exec(text);
  if (date === null) return unparsed('cannot parse date');
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = date
    .slice(1)
    .map((part) => (part === undefined ? 0 : Number(part)));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hours > 23 || minutes > 59) {
    return unparsed('cannot parse date');
  }
  const milliseconds = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  return parsed(BigInt(milliseconds) * 1_000_000n, 64);
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A name or its beginning of at least three letters, in any case, or 0 to 6 (nft: day_type_parse). */
export function parseDay(text: string): ParseResult {
  if (/^\d+$/.test(text)) {
    return Number(text) <= 6 ? parsed(BigInt(text), 8) : unparsed('day of week out of range', days);
  }
  const start = text.toLowerCase();
  const day = days.findIndex((name) => name.toLowerCase().startsWith(start));
  if (day < 0 || start.length < 3) return unparsed('cannot parse day of week', days);
  return parsed(BigInt(day), 8);
}
