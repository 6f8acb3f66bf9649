/** Matches of iptables rules in nft's words (libxtables' xlate callbacks, as far as Felix's rules need them). */

import type { IptablesMatch, IptablesOption } from '../../../ast/iptables.ts';
import type { ListingDialect } from './dialect.ts';

export interface MatchSite {
  readonly dialect: ListingDialect;
  /** The name of the rule's protocol, `''` when it has none. */
  readonly protocol: string;
}

type Translate = (match: IptablesMatch, site: MatchSite) => string | undefined;

function find(match: IptablesMatch, ...names: readonly string[]): IptablesOption | undefined {
  return match.options.find(({ name }) => names.includes(name));
}

const not = (option: IptablesOption | undefined): string => (option?.negated === true ? '!= ' : '');
const padded = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** `0xV/0xM`; without a mask it is full. */
export function maskedNumber(text: string): { readonly value: number; readonly mask: number } {
  const [value = '0', mask = '0xffffffff'] = text.split('/');
  return { value: Number(value), mask: Number(mask) };
}

/** How many leading bits a mask consists of; undefined when it is no prefix. */
function prefixLength(mask: number): number | undefined {
  const length = Math.clz32(~mask >>> 0);
  return length > 0 && (mask << length) >>> 0 === 0 ? length : undefined;
}

const mark: Translate = (match) => {
  const option = find(match, '--mark');
  const { value, mask } = maskedNumber(option?.values[0] ?? '0');
  if (mask === 0xffffffff) return `meta mark ${not(option)}${padded(value)}`;
  const length = prefixLength(mask);
  if (length !== undefined) return `meta mark ${not(option)}${padded(value)}/${length}`;
  return `meta mark & ${padded(mask)} ${option?.negated === true ? '!=' : '=='} ${padded(value)}`;
};

const multiport: Translate = (match, { protocol }) => {
  const source = find(match, '--sports', '--source-ports');
  const option = source ?? find(match, '--dports', '--destination-ports');
  const list = (option?.values[0] ?? '').replaceAll(':', '-').split(',');
  const field = source === undefined ? 'dport' : 'sport';
  const ports = list.length > 1 ? `{ ${list.join(', ')} }` : (list[0] ?? '');
  return `${protocol} ${field} ${not(option)}${ports}`;
};

/** DNAT is a status; beside it, the other states and a negation are lost. */
const conntrack: Translate = (match) => {
  const option = find(match, '--ctstate');
  const states = (option?.values[0] ?? '').toLowerCase();
  if (states.split(',').includes('dnat')) return 'ct status dnat';
  return `ct state ${option?.negated === true ? '! ' : ''}${states}`;
};

const addrtype: Translate = (match) => {
  const source = find(match, '--src-type');
  const option = source ?? find(match, '--dst-type');
  const address = source === undefined ? 'daddr' : 'saddr';
  const out = find(match, '--limit-iface-out') === undefined ? '' : ' . oif';
  const type = (option?.values[0] ?? '').toLowerCase();
  return `fib ${address}${out} type ${not(option)}${type}`;
};

const rpfilter: Translate = (match) => {
  const validMark = find(match, '--validmark') === undefined ? '' : ' . mark';
  const invert = find(match, '--invert') === undefined ? '!= ' : '';
  return `fib saddr${validMark} . iif oif ${invert}0`;
};

const icmpNames: Readonly<Record<string, string>> = {
  0: 'echo-reply',
  3: 'destination-unreachable',
  4: 'source-quench',
  5: 'redirect',
  8: 'echo-request',
  9: 'router-advertisement',
  10: 'router-solicitation',
  11: 'time-exceeded',
  12: 'parameter-problem',
  13: 'timestamp-request',
  14: 'timestamp-reply',
  17: 'address-mask-request',
  18: 'address-mask-reply',
};

const icmpv6Names: Readonly<Record<string, string>> = {
  1: 'destination-unreachable',
  2: 'packet-too-big',
  3: 'time-exceeded',
  4: 'parameter-problem',
  128: 'echo-request',
  129: 'echo-reply',
  133: 'nd-router-solicit',
  134: 'nd-router-advert',
  135: 'nd-neighbor-solicit',
  136: 'nd-neighbor-advert',
  137: 'nd-redirect',
};

const mldNames: Readonly<Record<string, string>> = {
  130: 'mld-listener-query',
  131: 'mld-listener-report',
  132: 'mld-listener-done',
};

/** A code beside the type is not translated. */
const icmp: Translate = (match) => {
  const option = find(match, '--icmp-type');
  const type = option?.values[0] ?? '';
  if (type.includes('/') || option?.negated === true) return undefined;
  return `icmp type ${icmpNames[type] ?? type}`;
};

const icmp6: Translate = (match, { dialect }) => {
  const option = find(match, '--icmpv6-type');
  const type = option?.values[0] ?? '';
  const known = icmpv6Names[type] ?? (dialect.mldNames ? mldNames[type] : undefined);
  if (type.includes('/') || option?.negated === true || known === undefined) return undefined;
  return `icmpv6 type ${known}`;
};

const limit: Translate = (match) => {
  const rate = find(match, '--limit')?.values[0] ?? '';
  const burst = find(match, '--limit-burst')?.values[0] ?? '5';
  return `limit rate ${kernelRate(rate)} burst ${burst} packets`;
};

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
const unitNames: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
};
const limitScale = 10_000;

/** The kernel keeps the time per packet in tenths of milliseconds, so high rates are rounded. */
export function kernelRate(text: string): string {
  const [count = '1', word = 's'] = text.split('/');
  const unit = word[0] ?? 's';
  const ticks = Math.floor((limitScale * (secondsOf[unit] ?? 1)) / Number(count));
  const rates = Object.entries(secondsOf).map(([name, seconds]) => ({
    name,
    rate: (limitScale * seconds) / Math.max(ticks, 1),
  }));
  // The largest unit in which the rate is above one: libxt_limit, print_rate().
  const fitting = rates.find(({ rate }) => rate >= 1) ?? { name: 's', rate: 1 };
  return `${Math.floor(fitting.rate)}/${unitNames[fitting.name]}`;
}

function portMatch(protocol: string): Translate {
  return (match, { dialect }) => {
    const flags = find(match, '--tcp-flags');
    if (flags !== undefined) return flagWords(flags, dialect);
    const source = find(match, '--sport', '--source-port');
    const option = source ?? find(match, '--dport', '--destination-port');
    const ports = (option?.values[0] ?? '').replace(':', '-');
    return `${protocol} ${source === undefined ? 'dport' : 'sport'} ${not(option)}${ports}`;
  };
}

function flagWords({ values }: IptablesOption, dialect: ListingDialect): string {
  const [mask = '', set = ''] = values.map((value) => value.toLowerCase());
  return dialect.flagsAnd
    ? `tcp flags & (${mask.split(',').join(' | ')}) == ${set}`
    : `tcp flags ${set} / ${mask}`;
}

const comment: Translate = (match, { dialect }) =>
  dialect.comments === 'empty' ? '' : `comment "${find(match, '--comment')?.values[0] ?? ''}"`;

const translations: Readonly<Record<string, Translate>> = {
  comment,
  mark,
  multiport,
  conntrack,
  addrtype,
  rpfilter,
  icmp,
  icmp6,
  limit,
  tcp: portMatch('tcp'),
  udp: portMatch('udp'),
  sctp: portMatch('sctp'),
};

export function xtWords(kind: 'match' | 'target', name: string, dialect: ListingDialect): string {
  return `xt ${kind} ${dialect.quotedXt ? `"${name}"` : name}`;
}

export function matchWords(match: IptablesMatch, site: MatchSite): string {
  const words = translations[match.name]?.(match, site);
  return words ?? xtWords('match', match.name, site.dialect);
}
