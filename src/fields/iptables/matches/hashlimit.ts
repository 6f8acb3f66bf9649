/** -m hashlimit: a token bucket per address and port. */

import { extension, type ReadSite, type ReadValues } from '../extension.ts';
import { parseNumber } from '../numbers.ts';
import { flag, maximum32, maximum64, number, oneWord, text } from '../value-kinds.ts';

/** Ticks of one second in the cost of a packet (revision 3). */
export const hashlimitScale = 1000000;

export interface HashlimitOptions {
  readonly kind: 'hashlimit';
  readonly name: string;
  /** Matches when the rate is exceeded (`above`) or kept (`upto`). */
  readonly above: boolean;
  /** Cost per packet in millionths of a second, or of 16 bytes in 2^32ths for byte rates. */
  readonly average: number;
  readonly burst: number;
  readonly bytes: boolean;
  readonly keys: readonly HashlimitKey[];
  readonly sourceMask: number;
  readonly destinationMask: number;
  readonly tableSize: number;
  readonly tableMaximum: number;
  /** Milliseconds. */
  readonly collectInterval: number;
  /** Milliseconds. */
  readonly expire: number;
  /** Matches by the rate without taking from the bucket. */
  readonly rateMatch: boolean;
  /** Seconds. */
  readonly rateInterval: number;
}

export type HashlimitKey = 'srcip' | 'srcport' | 'dstip' | 'dstport';

interface Rate {
  readonly average: number;
  readonly bytes: boolean;
  /** Seconds of the unit; the default expiry of idle entries. */
  readonly unitSeconds: number;
}

const byteUnits = [
  { name: 'm', bytes: 1048576 },
  { name: 'k', bytes: 1024 },
  { name: '', bytes: 1 },
] as const;

/** `10`, `10/s`, `10/minute`, or bytes: `512kb/s`. */
const rate = oneWord((word, site): Rate | undefined => {
  const bytes = word.endsWith('b/s') ? parseBytes(word) : undefined;
  if (bytes !== undefined) {
    return { average: bytesToCost(bytes), bytes: true, unitSeconds: 15 };
  }
  const slash = word.indexOf('/');
  const unit = slash < 0 ? 'second' : word.slice(slash + 1).toLowerCase();
  const place =
    unit === ''
      ? -1
      : ['second', 'minute', 'hour', 'day'].findIndex((name) => name.startsWith(unit));
  const seconds = [1, 60, 3600, 86400][place];
  const count = Number.parseInt(slash < 0 ? word : word.slice(0, slash), 10);
  if (seconds === undefined || !(count > 0))
    return site.problem(`bad rate '${word}'`, 'such as 10/minute or 512kb/s');
  if (count / seconds > hashlimitScale) return site.problem(`rate too fast '${word}'`);
  return {
    average: Math.trunc((hashlimitScale * seconds) / count),
    bytes: false,
    unitSeconds: seconds,
  };
});

/** parse_bytes(): a letter that is no unit counts as none; units of 16 bytes are kept in 32 bits. */
function parseBytes(word: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+)(.?)/.exec(word) ?? [];
  const count = parseNumber(digits);
  if (count === undefined || count > maximum64) return undefined;
  return Number(BigInt.asUintN(36, count * BigInt(factorOf(unit))));
}

function factorOf(unit: string): number {
  return byteUnits.find(({ name }) => name === unit)?.bytes ?? 1;
}

/** bytes_to_cost() of libxt_hashlimit: units of 16 bytes. */
function bytesToCost(bytes: number): number {
  return Math.trunc(0xffffffff / (Math.trunc(bytes / 16) + 1));
}

export function costToBytes(cost: number): number {
  return ((cost === 0 ? 0xffffffff : Math.trunc(0xffffffff / cost)) - 1) * 16;
}

/** BURST_MAX of revision 2 on: of packets, and of bytes without a unit. */
const greatestBurst = 1_000_000n;

const burst = oneWord((word, site) => {
  const plain = parseNumber(word);
  if (plain !== undefined && plain <= greatestBurst && plain > 0n) return { bytes: Number(plain) };
  const [, digits = '', unit = ''] = /^(0[xX][0-9a-fA-F]+|\d+)(.?)/.exec(word) ?? [];
  const count = plain === undefined && digits !== '' ? (parseNumber(digits) ?? 0n) : 0n;
  return count === 0n || count > maximum64
    ? site.problem(`bad burst '${word}', or out of range (1-${greatestBurst})`)
    : { bytes: Number(BigInt.asUintN(32, count * BigInt(factorOf(unit)))) };
});

const keyNames = ['dstip', 'srcip', 'dstport', 'srcport'] as const;

const keyList = oneWord((word, site): readonly HashlimitKey[] | undefined => {
  const parts = word.split(',');
  const unknown = parts.find((part) => !keyNames.some((name) => name === part));
  return unknown === undefined
    ? keyNames.filter((name) => parts.includes(name))
    : site.problem(`unknown key '${unknown}'`, 'srcip, srcport, dstip, dstport');
});

const count = number(maximum32);

/** A decimal number of seconds; what stands behind it is not looked at (strtol()). */
const interval = oneWord((word, site) => {
  const seconds = Number(/^\s*\+?(\d+)/.exec(word)?.[1] ?? 0);
  return seconds > 0 && seconds <= maximum32
    ? seconds
    : site.problem(`bad value '${word}' for '${site.option}'`);
});

const options = {
  upto: {
    name: '--hashlimit-upto',
    aliases: ['--hashlimit'],
    value: rate,
    invert: true,
    excludes: ['--hashlimit-above'],
  },
  above: { name: '--hashlimit-above', value: rate, invert: true },
  burst: { name: '--hashlimit-burst', value: burst },
  sourceMask: { name: '--hashlimit-srcmask', value: number(128) },
  destinationMask: { name: '--hashlimit-dstmask', value: number(128) },
  tableSize: { name: '--hashlimit-htable-size', value: count },
  tableMaximum: { name: '--hashlimit-htable-max', value: count },
  collectInterval: { name: '--hashlimit-htable-gcinterval', value: count },
  expire: { name: '--hashlimit-htable-expire', value: count },
  keys: { name: '--hashlimit-mode', value: keyList },
  name: { name: '--hashlimit-name', value: text(255, 1), required: true },
  rateMatch: { name: '--hashlimit-rate-match', value: flag },
  rateInterval: {
    name: '--hashlimit-rate-interval',
    value: interval,
    needs: ['--hashlimit-rate-match'],
  },
} as const;

export const hashlimit = extension({
  name: 'hashlimit',
  revision: 3,
  refused: refusedRate,
  options,
  read: (values, site): HashlimitOptions | undefined => {
    const given = values.upto ?? values.above;
    if (given === undefined) {
      return site.problem('hashlimit: you have to specify --hashlimit-upto or --hashlimit-above');
    }
    const bucket = readBurst(given.value, values.burst?.value.bytes, site);
    if (bucket === undefined) return undefined;
    const bits = site.family === 'ip' ? 32 : 128;
    return {
      kind: 'hashlimit',
      name: values.name?.value ?? '',
      above: (values.above !== undefined) !== given.negated,
      average: given.value.average,
      bytes: given.value.bytes,
      burst: bucket.burst,
      keys: values.keys?.value ?? [],
      sourceMask: Math.min(bits, values.sourceMask?.value ?? bits),
      destinationMask: Math.min(bits, values.destinationMask?.value ?? bits),
      ...readTable(values, bucket.expire),
      rateMatch: values.rateMatch !== undefined,
      rateInterval: values.rateInterval?.value ?? 1,
    };
  },
  save: (saved, { family }) => [
    ...savedRate(saved),
    ...savedKeys(saved),
    ...savedTable(saved, family === 'ip' ? 32 : 128),
  ],
});

/** HZ times CREDITS_PER_JIFFY of xt_hashlimit.c: the credits of one second. */
const creditsPerSecond = 1000n * 2n ** 37n;

/** user2credits(): credits for millionths of a second, in 64 bits. */
function credits(ticks: bigint): bigint {
  return ((ticks * creditsPerSecond) / 1000000n) % 2n ** 64n;
}

/** Millionths of a second that a bucket holds: what exceeds 64 bits is lost. */
export function hashlimitCapacity({
  average,
  burst: bucket,
}: Pick<HashlimitOptions, 'average' | 'burst'>): number {
  const whole = BigInt(average) * BigInt(bucket);
  const held = credits(whole);
  const isWhole = whole * creditsPerSecond < 1000000n * 2n ** 64n;
  return Number(isWhole ? whole : (held * 1000000n) / creditsPerSecond);
}

/** Less than one packet's credits are refused, as when a great burst wraps around. */
function refusedRate({
  average,
  burst: bucket,
  bytes,
  rateMatch,
  name,
  expire,
  collectInterval,
}: HashlimitOptions): string | undefined {
  if (name.includes('/') || name === '.' || name === '..') {
    return `hashlimit: '${name}' cannot be the name of a file`;
  }
  if (expire === 0 || collectInterval === 0) return 'hashlimit: entries must live for some time';
  if (bytes || rateMatch) return undefined;
  const whole = credits(BigInt(average) * BigInt(bucket));
  return bucket === 0 || whole < credits(BigInt(average))
    ? 'hashlimit: the rate is too slow or the burst too great for the kernel'
    : undefined;
}

function readBurst(
  given: Rate,
  burstBytes: number | undefined,
  site: ReadSite,
): { burst: number; expire: number } | undefined {
  if (!given.bytes && burstBytes !== undefined && burstBytes > greatestBurst) {
    return site.problem(`hashlimit: burst out of range (1-${greatestBurst})`);
  }
  if (!given.bytes) return { burst: burstBytes ?? 5, expire: given.unitSeconds * 1000 };
  if (burstBytes === undefined) return { burst: 0, expire: 15000 };
  const perSecond = costToBytes(given.average);
  if (burstBytes < perSecond) {
    return site.problem(`hashlimit: the burst cannot be smaller than ${perSecond}b`);
  }
  return { burst: Math.ceil(burstBytes / perSecond), expire: 60000 };
}

function readTable(values: ReadValues<typeof options>, defaultExpire: number) {
  return {
    tableSize: values.tableSize?.value ?? 0,
    // HASHLIMIT_MAX_SIZE
    tableMaximum: Math.min(values.tableMaximum?.value ?? 0, 1048576),
    collectInterval: values.collectInterval?.value ?? 1000,
    expire: values.expire?.value ?? defaultExpire,
  };
}

/** The coarsest unit that shows the rate, with the default expiry that goes with it. */
export function hashlimitRate(average: number): {
  count: number;
  unit: string;
  milliseconds: number;
} {
  const units = [
    { unit: 'day', seconds: 86400 },
    { unit: 'hour', seconds: 3600 },
    { unit: 'min', seconds: 60 },
    { unit: 'sec', seconds: 1 },
  ];
  let chosen = { unit: 'day', seconds: 86400 };
  for (const candidate of units.slice(1)) {
    const ticks = candidate.seconds * hashlimitScale;
    if (average > ticks || Math.trunc(ticks / average) < ticks % average) break;
    chosen = candidate;
  }
  return {
    count: Math.trunc((chosen.seconds * hashlimitScale) / average),
    unit: chosen.unit,
    milliseconds: chosen.seconds * 1000,
  };
}

/** The unit in which a byte rate is printed: the greatest that does not change its cost. */
export function hashlimitByteUnit(average: number): {
  readonly name: string;
  readonly bytes: number;
} {
  const rate = costToBytes(average);
  return (
    byteUnits.find(
      ({ bytes }) => rate >= bytes && bytesToCost(rate - (rate % bytes)) === average,
    ) ?? { name: '', bytes: 1 }
  );
}

function savedRate({ above, average, bytes, burst: bucket }: HashlimitOptions): string[] {
  const name = above ? '--hashlimit-above' : '--hashlimit-upto';
  if (!bytes) {
    const { count: packets, unit } = hashlimitRate(average);
    return [name, `${packets}/${unit}`, '--hashlimit-burst', String(bucket)];
  }
  const perSecond = costToBytes(average);
  const unit = hashlimitByteUnit(average);
  const words = [name, `${Math.trunc(perSecond / unit.bytes)}${unit.name}b/s`];
  if (bucket === 0) return words;
  const total = perSecond * bucket;
  const burstUnit = byteUnits.find((candidate) => total >= candidate.bytes);
  return [
    ...words,
    '--hashlimit-burst',
    `${Math.trunc(total / (burstUnit?.bytes ?? 1))}${burstUnit?.name ?? ''}b`,
  ];
}

function savedKeys({ keys, name }: HashlimitOptions): string[] {
  const order = ['srcip', 'srcport', 'dstip', 'dstport'] as const;
  const listed = order.filter((key) => keys.includes(key));
  return [
    ...(listed.length > 0 ? ['--hashlimit-mode', listed.join(',')] : []),
    '--hashlimit-name',
    name,
  ];
}

export function defaultExpire({ bytes, burst: bucket, average }: HashlimitOptions): number {
  if (bytes) return bucket === 0 ? 15000 : 60000;
  return hashlimitRate(average).milliseconds;
}

function savedTable(saved: HashlimitOptions, bits: number): string[] {
  const numbers: readonly (readonly [name: string, value: number, unsaid: number])[] = [
    ['htable-size', saved.tableSize, 0],
    ['htable-max', saved.tableMaximum, 0],
    ['htable-gcinterval', saved.collectInterval, 1000],
    ['htable-expire', saved.expire, defaultExpire(saved)],
    ['srcmask', saved.sourceMask, bits],
    ['dstmask', saved.destinationMask, bits],
  ];
  return [
    ...numbers.flatMap(([name, value, unsaid]) =>
      value === unsaid ? [] : [`--hashlimit-${name}`, String(value)],
    ),
    ...(saved.rateMatch ? ['--hashlimit-rate-match'] : []),
    ...(saved.rateMatch && saved.rateInterval !== 1
      ? ['--hashlimit-rate-interval', String(saved.rateInterval)]
      : []),
  ];
}
