/** -m tcp: ports, flags and one option's presence. */

import { extension, type ValueKind } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { flag, number, type PortRange, portRange } from '../value-kinds.ts';

export interface PortMatch extends PortRange {
  readonly inverted: boolean;
}

export interface TcpFlagsMatch {
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  readonly mask: number;
  readonly value: number;
  readonly inverted: boolean;
}

export interface TcpOptions {
  readonly kind: 'tcp';
  readonly sport?: PortMatch;
  readonly dport?: PortMatch;
  readonly option?: { readonly number: number; readonly inverted: boolean };
  readonly flags?: TcpFlagsMatch;
}

const flagBits: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ALL: 63,
  NONE: 0,
};

const tcpFlags: ValueKind<{ readonly mask: number; readonly value: number }> = {
  words: 2,
  read: ([maskText, valueText], site) => {
    if (maskText === undefined || valueText === undefined) {
      return site.problem(`'${site.option}' requires two arguments`);
    }
    const mask = readFlags(maskText);
    const value = readFlags(valueText);
    return mask === undefined || value === undefined
      ? site.problem(
          `unknown TCP flag in '${maskText} ${valueText}'`,
          Object.keys(flagBits).join(', '),
        )
      : { mask, value };
  },
};

function readFlags(text: string): number | undefined {
  let bits = 0;
  for (const name of text.split(',')) {
    if (name === '') continue;
    const bit = flagBits[name.toUpperCase()];
    if (bit === undefined) return undefined;
    bits |= bit;
  }
  return bits;
}

export const tcp = extension({
  name: 'tcp',
  protocols: [6],
  revision: 0,
  options: {
    sport: {
      name: '--sport',
      aliases: ['--source-port'],
      value: portRange,
      free: true,
      invert: true,
    },
    dport: {
      name: '--dport',
      aliases: ['--destination-port'],
      value: portRange,
      free: true,
      invert: true,
    },
    syn: { name: '--syn', value: flag, invert: true, excludes: ['--tcp-flags'] },
    flags: { name: '--tcp-flags', value: tcpFlags, invert: true },
    option: { name: '--tcp-option', value: number(255, 1), invert: true },
  },
  read: (values): TcpOptions => {
    const flags =
      values.syn === undefined
        ? values.flags && { ...values.flags.value, inverted: values.flags.negated }
        : { mask: 0x17, value: 2, inverted: values.syn.negated };
    return {
      kind: 'tcp',
      ...(values.sport && { sport: { ...values.sport.value, inverted: values.sport.negated } }),
      ...(values.dport && { dport: { ...values.dport.value, inverted: values.dport.negated } }),
      ...(values.option && {
        option: { number: values.option.value, inverted: values.option.negated },
      }),
      ...(flags && { flags }),
    };
  },
  save: ({ sport, dport, option, flags }) => [
    ...savedPorts('--sport', sport, option === undefined),
    ...savedPorts('--dport', dport, option === undefined),
    ...(option ? saved('--tcp-option', option.inverted, option.number) : []),
    ...(flags && (flags.mask !== 0 || flags.inverted)
      ? saved('--tcp-flags', flags.inverted, flagNames(flags.mask), flagNames(flags.value))
      : []),
  ],
});

/**
 * Nothing for the full range, unless inverted. What nf_tables keeps as "greater than" (an inverted range from 0) comes
 * back as the range above it.
 */
export function savedPorts(name: string, ports: PortMatch | undefined, native = true): string[] {
  if (ports === undefined || matchesEveryPort(ports)) return [];
  const { from, to, inverted } = ports;
  return native && inverted && from === 0 && to > 0 && to < 65535
    ? saved(name, false, savedRange({ from: to + 1, to: 65535 }))
    : saved(name, inverted, savedRange(ports));
}

export function matchesEveryPort(ports: PortMatch): boolean {
  return ports.from === 0 && ports.to === 65535 && !ports.inverted;
}

function flagNames(bits: number): string {
  const names = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'].filter(
    (name) => bits & (flagBits[name] ?? 0),
  );
  return names.length === 0 ? 'NONE' : names.join(',');
}
