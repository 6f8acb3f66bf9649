/** -m rateest: compares rates that the RATEEST target has estimated. */

import { extension } from '../extension.ts';
import { flag, oneWord, text } from '../value-kinds.ts';

export interface RateestOptions {
  readonly kind: 'rateest';
  readonly first: string;
  readonly second?: string;
  readonly delta: boolean;
  readonly comparison: 'lt' | 'gt' | 'eq';
  readonly inverted: boolean;
  /** Bytes per second that each estimate is compared with, as far as given. */
  readonly bytes: readonly number[];
  /** Packets per second. */
  readonly packets: readonly number[];
  readonly compareBytes: boolean;
  readonly comparePackets: boolean;
}

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
const byteRate = oneWord((word, site) => {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(word) ?? [];
  const factor = suffixes[suffix.toLowerCase()];
  return digits === undefined || factor === undefined
    ? site.problem(`no rate '${word}'`, 'such as 128kbit')
    : Math.trunc((Number(digits) * factor) / 8);
});

const packetRate = oneWord((word, site) =>
  /^\d+$/.test(word) ? Number(word) : site.problem(`no rate '${word}' of packets per second`),
);

const name = text(15, 1);

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
    bytes: { name: '--rateest-bps', value: byteRate },
    bytes1: { name: '--rateest-bps1', value: byteRate },
    bytes2: { name: '--rateest-bps2', value: byteRate },
    packets: { name: '--rateest-pps', value: packetRate },
    packets1: { name: '--rateest-pps1', value: packetRate },
    packets2: { name: '--rateest-pps2', value: packetRate },
  },
  read: (values, site): RateestOptions | undefined => {
    const comparison = values.lt ? 'lt' : values.gt ? 'gt' : values.eq ? 'eq' : undefined;
    if (comparison === undefined)
      return site.problem('rateest: --rateest-lt, -gt or -eq is required');
    const bytes = [values.bytes ?? values.bytes1, values.bytes2].flatMap((read) =>
      read ? [read.value] : [],
    );
    const packets = [values.packets ?? values.packets1, values.packets2].flatMap((read) =>
      read ? [read.value] : [],
    );
    return {
      kind: 'rateest',
      first: values.first?.value ?? '',
      ...(values.second && { second: values.second.value }),
      delta: values.delta !== undefined,
      comparison,
      inverted: values[comparison]?.negated ?? false,
      bytes,
      packets,
      compareBytes: bytes.length > 0,
      comparePackets: packets.length > 0,
    };
  },
  save: (options) => [
    '--rateest1',
    options.first,
    ...(options.delta ? ['--rateest-delta'] : []),
    ...options.bytes.flatMap((rate, index) => [`--rateest-bps${index + 1}`, `${rate * 8}bit`]),
    ...options.packets.flatMap((rate, index) => [`--rateest-pps${index + 1}`, String(rate)]),
    ...(options.inverted ? ['!'] : []),
    `--rateest-${options.comparison}`,
    ...(options.second === undefined ? [] : ['--rateest2', options.second]),
  ],
});
