/** The words `nft list ruleset` has for the rules of this generator once iptables-nft has loaded them. */

import type {
  IptablesMatch,
  IptablesOption,
  IptablesRule,
  IptablesTarget,
} from '../../../ast/iptables.ts';
import type { AddressFamily } from '../../kubernetes/go-address.ts';
import { statisticThreshold } from '../probability.ts';

/** Two programs decide the words: iptables-nft, which encodes, and nft with libxtables, which lists. */
export interface ListingWording {
  /** iptables from 1.8.10 encodes addresses first and the protocol as `ip protocol`. */
  readonly addressesFirst: boolean;
  /** libxtables from 1.8.11 translates `-m tcp` without options; before, it shows nothing. */
  readonly bareProtocol: boolean;
  /** libxtables from 1.8.12 translates bare `-m sctp`; before, nft shows an xt match. */
  readonly bareSctp: boolean;
  /** nft from 1.0.7 puts quotes round the names of xt expressions. */
  readonly quotedXt: boolean;
  /** nft from 1.0.9 names priority -100 in the output hook too. */
  readonly outputDstnat: boolean;
}

/** nft 1.0.6 over iptables 1.8.9, as in Debian 12. */
export const olderWording: ListingWording = {
  addressesFirst: false,
  bareProtocol: false,
  bareSctp: false,
  quotedXt: false,
  outputDstnat: false,
};

/** A current nft on the node over the iptables 1.8.9 of the kube-proxy image. */
export const newerWording: ListingWording = {
  addressesFirst: false,
  bareProtocol: true,
  bareSctp: true,
  quotedXt: true,
  outputDstnat: true,
};

/** The text of a rule, with `counter packets 0 bytes 0`. */
export function listedRule(
  rule: IptablesRule,
  family: AddressFamily,
  wording: ListingWording,
): string {
  const parts = [
    ...headerParts(rule, family, wording),
    ...rule.matches.map((match) => matchWords(match, wording)),
    'counter packets 0 bytes 0',
  ];
  if (rule.target !== undefined) parts.push(targetWords(rule.target));
  return parts.join(' ');
}

function headerParts(
  rule: IptablesRule,
  family: AddressFamily,
  wording: ListingWording,
): readonly string[] {
  const find = (name: string): IptablesOption | undefined =>
    rule.header.find((option) => option.name === name);
  const protocolWord = wording.addressesFirst && family === 'ip' ? 'ip protocol' : 'meta l4proto';
  const protocol = part(protocolWord, find('-p'), (value) => value);
  const input = part('iifname', find('-i'), (value) => `"${value.replace(/\+$/, '*')}"`);
  const addresses = [
    ...part(`${family} saddr`, find('-s'), withoutHostLength),
    ...part(`${family} daddr`, find('-d'), withoutHostLength),
  ];
  return wording.addressesFirst
    ? [...addresses, ...input, ...protocol]
    : [...input, ...protocol, ...addresses];
}

function part(
  words: string,
  option: IptablesOption | undefined,
  spell: (value: string) => string,
): readonly string[] {
  if (option === undefined) return [];
  return [`${words} ${option.negated ? '!= ' : ''}${spell(option.values[0] ?? '')}`];
}

function withoutHostLength(cidr: string): string {
  return cidr.replace(/\/(?:32|128)$/, (length) =>
    cidr.includes(':') === (length === '/128') ? '' : length,
  );
}

function matchWords(match: IptablesMatch, wording: ListingWording): string {
  const [option] = match.options;
  const value = option?.values[0] ?? '';
  const negated = option?.negated === true;
  switch (match.name) {
    case 'comment':
      return '';
    case 'conntrack':
      return stateWords(value, negated);
    case 'mark':
      return markWords(value, negated);
    case 'addrtype':
      return `fib ${option?.name === '--src-type' ? 's' : 'd'}addr type ${value.toLowerCase()}`;
    case 'statistic':
      return `meta random & 2147483647 < ${probabilityThreshold(match)}`;
    case 'recent':
    case 'nfacct':
      return xtMatch(match.name, wording);
    default:
      return option === undefined
        ? bareProtocol(match.name, wording)
        : `${match.name} dport ${value}`;
  }
}

/** The translation of `! --ctstate RELATED,ESTABLISHED,DNAT` loses all but the status; only the display is wrong. */
function stateWords(states: string, negated: boolean): string {
  if (negated && states.includes('DNAT')) return 'ct status dnat';
  return `ct state ${negated ? '!= ' : ''}${states.toLowerCase()}`;
}

function markWords(value: string, negated: boolean): string {
  const [mark = '0', mask = '0xffffffff'] = value.split('/');
  const digits = (text: string): string => `0x${Number(text).toString(16).padStart(8, '0')}`;
  return `meta mark & ${digits(mask)} ${negated ? '!=' : '=='} ${digits(mark)}`;
}

function probabilityThreshold(match: IptablesMatch): number {
  const option = match.options.find(({ name }) => name === '--probability');
  return statisticThreshold(option?.values[0] ?? '1');
}

function xtMatch(name: string, wording: ListingWording): string {
  return `xt match ${wording.quotedXt ? `"${name}"` : name}`;
}

function bareProtocol(name: string, wording: ListingWording): string {
  if (name === 'sctp' && !wording.bareSctp) return xtMatch(name, wording);
  return wording.bareProtocol ? `meta l4proto ${name}` : '';
}

const verdicts: Readonly<Record<string, string>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'reject',
  RETURN: 'return',
};

function targetWords(target: IptablesTarget): string {
  const value = target.options[0]?.values[0] ?? '';
  switch (target.name) {
    case 'MASQUERADE':
      return target.options.length > 0 ? 'masquerade fully-random' : 'masquerade';
    case 'DNAT':
      return `dnat to ${value}`;
    case 'MARK': {
      const [mark, mask] = value.split('/');
      return `meta mark set mark ${mark === mask ? 'or' : 'xor'} ${mark}`;
    }
    default:
      return verdicts[target.name] ?? `jump ${target.name}`;
  }
}
