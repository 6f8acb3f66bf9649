/** Translations of matches on rates and times: limit, hashlimit, time. */

import { formatAddress } from '../../base/address.ts';
import {
  costToBytes,
  type HashlimitKey,
  type HashlimitOptions,
  hashlimitByteUnit,
  hashlimitRate,
} from '../../fields/iptables/matches/hashlimit.ts';
import { type LimitOptions, rateInUnit } from '../../fields/iptables/matches/limit.ts';
import {
  formatDate,
  formatTime,
  lastDate,
  lastSecondOfDay,
  type TimeOptions,
} from '../../fields/iptables/matches/time.ts';
import { maskOfLength } from '../../fields/iptables/networks.ts';
import { joined, type Translate, type TranslationSite } from './translation.ts';

const units: Readonly<Record<string, string>> = {
  day: 'day',
  hour: 'hour',
  min: 'minute',
  sec: 'second',
};

export const limit: Translate<LimitOptions> = ({ average, burst }) => {
  const { count, unit } = rateInUnit(average);
  return `limit rate ${count}/${units[unit]}${burst === 0 ? '' : ` burst ${burst} packets`}`;
};

/** A dynamic set for each table of buckets; without keys there is none. */
export const hashlimit: Translate<HashlimitOptions> = (options, site) => {
  if (options.keys.length === 0) return undefined;
  const parts = [
    keyText(options, site),
    options.expire === 1000 ? undefined : `timeout ${Math.trunc(options.expire / 1000)}s`,
    `limit rate ${options.above ? 'over ' : ''}${rateText(options)}`,
  ];
  return `meter ${options.name} { ${joined(parts)} }`;
};

const keyOrder: readonly HashlimitKey[] = ['dstip', 'dstport', 'srcip', 'srcport'];

/** 1.8.13 prints the flag of --hashlimit-rate-match as one more key, which has no name. */
function keyText(options: HashlimitOptions, { family }: TranslationSite): string {
  const bits = family === 'ip' ? 32 : 128;
  const texts: Readonly<Record<HashlimitKey, string>> = {
    dstip: maskedKey(`${family} daddr`, options.destinationMask, bits),
    dstport: 'tcp dport',
    srcip: maskedKey(`${family} saddr`, options.sourceMask, bits),
    srcport: 'tcp sport',
  };
  const keys = keyOrder.filter((key) => options.keys.includes(key)).map((key) => texts[key]);
  return [...keys, ...(options.rateMatch ? ['(null)'] : [])].join(' . ');
}

function maskedKey(key: string, length: number, bits: number): string {
  if (length === bits) return key;
  const mask = maskOfLength(length, bits);
  return `${key} and ${bits === 32 ? formatAddress(mask) : groups(mask)}`;
}

/** All eight groups in full. */
function groups(mask: Uint8Array): string {
  const text = Array.from(mask, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replaceAll(/(.{4})(?!$)/g, '$1:');
}

function rateText({ average, bytes, burst }: HashlimitOptions): string {
  if (!bytes) {
    const { count, unit } = hashlimitRate(average);
    return `${count}/${units[unit]}${burst === 5 ? '' : ` burst ${burst} packets`}`;
  }
  const rate = costToBytes(average);
  const unit = hashlimitByteUnit(average);
  const text = `${Math.trunc(rate / unit.bytes)} ${unit.name}bytes/second`;
  if (burst === 0) return text;
  const total = rate * burst;
  const burstUnit =
    total >= 1048576
      ? { name: 'm', bytes: 1048576 }
      : total >= 1024
        ? { name: 'k', bytes: 1024 }
        : { name: '', bytes: 1 };
  return `${text} burst ${Math.trunc(total / burstUnit.bytes)} ${burstUnit.name}bytes`;
}

/** Days of the month have no translation; time zones are lost, as in 1.8.13. */
export const time: Translate<TimeOptions> = (options) => {
  const { dateStart, dateStop, dayStart, dayStop, weekdays } = options;
  if (options.monthDays.length < 31) return undefined;
  const dates = dateStart !== 0 || dateStop !== lastDate;
  const hours = dayStart !== 0 || dayStop !== lastSecondOfDay;
  const days = weekdays.map((day) => day % 7);
  return [
    dates ? `meta time ${span(dateStart, dateStop, dateText)}` : '',
    hours ? ` meta hour ${span(dayStart, dayStop, formatTime)}` : '',
    days.length < 7
      ? ` meta day ${days.length > 1 ? `{ ${days.join(', ')} }` : days.join('')}`
      : '',
  ].join('');
};

function span(from: number, to: number, text: (seconds: number) => string): string {
  return `"${text(from)}"-"${text(to)}"`;
}

function dateText(seconds: number): string {
  return formatDate(seconds).replace('T', ' ');
}
