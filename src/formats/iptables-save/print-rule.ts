/** One rule as iptables-nft-save prints it: canonical spelling, order, masks and defaults. */

import type { IptablesFamily, IptablesRule } from '../../ast/iptables.ts';
import {
  type DecodedMatch,
  type DecodedRule,
  type DecodedTarget,
  decodeRule,
  type UnknownExtension,
} from '../../fields/iptables/decode.ts';
import type { SaveSite } from '../../fields/iptables/extension.ts';
import type { HeaderAddress, HeaderInterface } from '../../fields/iptables/header.ts';
import { formatNetwork } from '../../fields/iptables/networks.ts';
import { savedProtocol } from '../../fields/iptables/protocols.ts';
import { quoted } from '../../fields/iptables/saving.ts';

export interface PrintRuleSite {
  readonly family: IptablesFamily;
  readonly table: string;
  /** `[packets:bytes]` before each rule. */
  readonly counters: boolean;
}

const everyChain = { has: () => false };

/** One line for each pair of addresses that the rule lists. */
export function printRule(rule: IptablesRule, site: PrintRuleSite): string[] {
  const { packets = 0n, bytes = 0n } = rule.counters ?? {};
  const counters = site.counters ? `[${packets}:${bytes}] ` : '';
  return decodeRule(rule, { ...site, chains: everyChain, report: () => undefined }).map(
    (decoded) => counters + printDecodedRule(decoded, site.family),
  );
}

export function printDecodedRule(rule: DecodedRule, family: IptablesFamily): string {
  const site: SaveSite = { family, protocol: rule.protocol?.number ?? 0 };
  return [
    '-A',
    rule.chain,
    ...headerWords(rule),
    ...rule.matches.flatMap((match) => matchWords(match, site)),
    ...targetWords(rule.target, site),
  ].join(' ');
}

function headerWords(rule: DecodedRule): string[] {
  const { protocol, fragment } = rule;
  return [
    ...addressWords('-s', rule.source),
    ...addressWords('-d', rule.destination),
    ...interfaceWords('-i', rule.inInterface),
    ...interfaceWords('-o', rule.outInterface),
    ...(protocol === undefined || protocol.number === 0
      ? []
      : [...(protocol.negated ? ['!'] : []), '-p', savedProtocol(protocol.number)]),
    ...(fragment === undefined ? [] : [...(fragment.inverted ? ['!'] : []), '-f']),
  ];
}

function addressWords(name: string, address: HeaderAddress | undefined): string[] {
  if (address === undefined || (isZero(address.mask) && !address.inverted)) return [];
  return [...(address.inverted ? ['!'] : []), name, formatNetwork(address)];
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** `+` alone matches every interface and is not kept. */
function interfaceWords(name: string, named: HeaderInterface | undefined): string[] {
  if (named === undefined) return [];
  if (named.name === '+' && !named.inverted) return [];
  return [...(named.inverted ? ['!'] : []), name, named.name];
}

function matchWords(match: DecodedMatch, site: SaveSite): readonly string[] {
  if (match.kind === 'unknown') return ['-m', match.name, ...unknownWords(match)];
  return ['-m', match.name, ...match.extension.save(match.options, site)];
}

function unknownWords({ written }: UnknownExtension): string[] {
  return written.flatMap(({ name, negated, values }) => [
    ...(negated ? ['!'] : []),
    name,
    ...values.map((value) => (/[\s"'\\]|^$/.test(value) ? quoted(value) : value)),
  ]);
}

function targetWords(target: DecodedTarget | undefined, site: SaveSite): readonly string[] {
  switch (target?.kind) {
    case undefined:
      return [];
    case 'verdict':
      return ['-j', target.name];
    case 'chain':
      return [target.goto ? '-g' : '-j', target.chain];
    case 'unknown':
      return ['-j', target.name, ...unknownWords(target)];
    case 'target':
      return ['-j', target.name, ...target.extension.save(target.options, site)];
  }
}
