/** -m rateest: compares rates that the RATEEST target has estimated. */

import { extension, type ReadValue, type ValueKind, type ValueSite } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, oneWord } from '../value-kinds.ts';

/** What is compared: the first estimator's rate and the second's, or the rate it is compared with; 0 where none is given. */
export interface ComparedRates {
  readonly first: number;
  readonly second: number;
}

export interface RateestOptions {
  readonly kind: 'rateest';
  readonly first: string;
  /** Another estimator to compare with. */
  readonly second?: string;
  readonly delta: boolean;
  readonly comparison?: RateComparison;
  readonly inverted: boolean;
  /** Bytes per second. */
  readonly bytes?: ComparedRates;
  /** Packets per second. */
  readonly packets?: ComparedRates;
}

type RateComparison = 'lt' | 'gt' | 'eq';

const suffixes: Readonly<Record<string, number>> = {
  bit: 1,
  kibit: 1024,
  kbit: 1e3,
  mibit: 1048576,
  mbit: 1e6,
  gbit: 1e9,
  gibit: 1073741824,
  tbit: 1e12,
  bps: 8,
  kibps: 8192,
  kbps: 8e3,
  mibps: 8388608,
  mbps: 8e6,
  gbps: 8e9,
  '': 1,
};

/** `128kbit`, `16kBps`: bits per second become bytes per second. */
function byteRate(word: string, site: ValueSite): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(word) ?? [];
  const factor = suffixes[suffix.toLowerCase()];
  return digits === undefined || factor === undefined
    ? site.problem(`no rate '${word}'`, 'such as 128kbit')
    : Math.trunc((Number(digits) * factor) / 8);
}

function packetRate(word: string, site: ValueSite): number | undefined {
  return /^\d+$/.test(word)
    ? Number(word)
    : site.problem(`no rate '${word}' of packets per second`);
}

/** The number may be left out where two estimators are compared. */
function maybe(read: typeof byteRate): ValueKind<number> {
  return { words: 0, more: 1, read: ([word], site) => (word === undefined ? 0 : read(word, site)) };
}

/** Cut to the room there is. */
const name = oneWord((word) => word.slice(0, 15));

export const rateest = extension({
  name: 'rateest',
  revision: 0,
  options: {
    first: { name: '--rateest1', aliases: ['--rateest'], value: name, required: true },
    second: { name: '--rateest2', value: name },
    delta: { name: '--rateest-delta', value: flag },
    lt: { name: '--rateest-lt', value: flag, invert: true },
    gt: { name: '--rateest-gt', value: flag, invert: true },
    eq: { name: '--rateest-eq', value: flag, invert: true },
    bytes1: { name: '--rateest-bps1', value: maybe(byteRate) },
    bytes2: { name: '--rateest-bps2', aliases: ['--rateest-bps'], value: maybe(byteRate) },
    packets1: { name: '--rateest-pps1', value: maybe(packetRate) },
    packets2: { name: '--rateest-pps2', aliases: ['--rateest-pps'], value: maybe(packetRate) },
  },
  refused: ({ comparison, bytes, packets }: RateestOptions) =>
    comparison === undefined || (bytes ?? packets) === undefined
      ? 'rateest: --rateest-lt, -gt or -eq and a rate are required'
      : undefined,
  read: (values): RateestOptions => {
    const comparison = values.lt ? 'lt' : values.gt ? 'gt' : values.eq ? 'eq' : undefined;
    const bytes = rates(values.bytes1, values.bytes2);
    const packets = rates(values.packets1, values.packets2);
    return {
      kind: 'rateest',
      first: values.first?.value ?? '',
      ...(values.second && { second: values.second.value }),
      delta: values.delta !== undefined,
      ...(comparison && { comparison }),
      inverted: comparison === undefined ? false : (values[comparison]?.negated ?? false),
      ...(bytes && { bytes }),
      ...(packets && { packets }),
    };
  },
  save: (options: RateestOptions) => {
    const { first, second, delta, bytes, packets } = options;
    return [
      ...(delta ? ['--rateest-delta'] : []),
      second === undefined ? '--rateest' : '--rateest1',
      first,
      ...(bytes ? savedRates(options, 'bps', formatBytes(bytes)) : []),
      ...(packets ? savedRates(options, 'pps', formatPackets(packets)) : []),
      ...(second === undefined ? [] : ['--rateest2', second]),
    ];
  },
});

function rates(
  first: ReadValue<number> | undefined,
  second: ReadValue<number> | undefined,
): ComparedRates | undefined {
  if ((first ?? second) === undefined) return undefined;
  return { first: first?.value ?? 0, second: second?.value ?? 0 };
}

interface SavedRates {
  readonly first: string;
  readonly second: string;
}

/** Two estimators without `delta` are compared as they are; one with the second rate. */
function savedRates(
  { comparison = 'lt', inverted, delta, second }: RateestOptions,
  unit: 'bps' | 'pps',
  written: SavedRates,
): readonly string[] {
  const mode = saved(`--rateest-${comparison}`, inverted);
  if (delta)
    return [`--rateest-${unit}1`, written.first, ...mode, `--rateest-${unit}2`, written.second];
  return [...mode, `--rateest-${unit}`, ...(second === undefined ? [written.second] : [])];
}

function formatBytes({ first, second }: ComparedRates): SavedRates {
  return { first: formatRate(first * 8), second: formatRate(second * 8) };
}

function formatPackets({ first, second }: ComparedRates): SavedRates {
  return { first: String(first), second: String(second) };
}

/** libxtables: rateest_print_rate() */
function formatRate(bits: number): string {
  if (bits >= 1e9) return `${(bits / 1e6).toFixed(0)}Mbit`;
  return bits >= 1e6 ? `${(bits / 1e3).toFixed(0)}Kbit` : `${bits}bit`;
}
