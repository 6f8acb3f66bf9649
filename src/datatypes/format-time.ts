/** Durations, hours and dates as nft lists them (UTC). */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Milliseconds as `1d2h3m4s`; `0s` when nothing is left (nft: time_print). */
export function formatDuration(milliseconds: number, inSeconds = false): string {
  if (inSeconds) return `${Math.floor(milliseconds / 1000)}s`;
  let rest = milliseconds;
  let text = '';
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${name}`;
    rest %= size;
  }
  return text === '' ? '0s' : text;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const secondsOfDay = 86_400;

/** Seconds since midnight as `"23:59"` or `"23:59:59"`; a day is added or taken away once (nft: hour_type_print). */
export function formatHour(number: number): string {
  const signed = number | 0;
  const near =
    signed < 0 ? signed + secondsOfDay : signed >= secondsOfDay ? signed - secondsOfDay : signed;
  const seconds = near >>> 0;
  const rest = seconds % 60;
  const clock = `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}`;
  return rest === 0 ? `"${clock}"` : `"${clock}:${twoDigits(rest)}"`;
}

/** Nanoseconds since the epoch as `"2020-12-24 19:00:00"`. */
export function formatDate(nanoseconds: bigint): string {
  const milliseconds = Number(nanoseconds / 1_000_000_000n) * 1000;
  if (Math.abs(milliseconds) > 8.64e15) return '"Error converting timestamp to printed time"';
  const iso = new Date(milliseconds).toISOString();
  return `"${iso.slice(0, 10)} ${iso.slice(11, 19)}"`;
}
