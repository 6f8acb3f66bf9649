/** Translates addresses, interfaces, protocol and fragments: nft_ipv4_xlate() and nft_ipv6_xlate(). */

import { formatAddress } from '../../base/address.ts';
import type { DecodedRule } from '../../fields/iptables/decode.ts';
import type { HeaderAddress, HeaderInterface } from '../../fields/iptables/header.ts';
import { formatNetworkBriefly, prefixLength } from '../../fields/iptables/networks.ts';
import { protocolName } from '../../fields/iptables/protocols.ts';
import type { IptablesFamily } from '../../fields/iptables/written.ts';
import { not } from './translation.ts';

/** Interfaces, fragments and addresses bring their own blank behind them, which shows before a match that brings one too. */
export function translateHeader(rule: DecodedRule, family: IptablesFamily): string[] {
  const { fragment } = rule;
  return [
    ...translateInterface('iifname', rule.inInterface),
    ...translateInterface('oifname', rule.outInterface),
    ...(fragment ? [`ip frag-off & 0x1fff ${not(!fragment.inverted)}0 `] : []),
    ...translateProtocol(rule, family),
    ...translateAddress(`${family} saddr`, rule.source),
    ...translateAddress(`${family} daddr`, rule.destination),
  ];
}

function translateInterface(key: string, tested: HeaderInterface | undefined): string[] {
  if (tested === undefined) return [];
  const { name, inverted } = tested;
  if (name === '+') return inverted ? [`${key} "INVAL/D" `] : [];
  const wildcard = name.endsWith('+');
  const plain = wildcard ? name.slice(0, -1) : name;
  return [`${key} ${not(inverted)}"${plain}${wildcard ? '*' : ''}" `];
}

/** Matches that go by a shorter name than their protocol. */
const matchNames: Readonly<Record<string, string>> = { 'mobility-header': 'mh' };

/** A match that is named like the protocol tests it too. */
function translateProtocol({ protocol, matches }: DecodedRule, family: IptablesFamily): string[] {
  if (protocol === undefined || protocol.number === 0) return [];
  const name = protocolName(protocol.number) ?? String(protocol.number);
  if (matches.some((match) => match.name === (matchNames[name] ?? name))) return [];
  return [`${family === 'ip' ? 'ip protocol' : 'meta l4proto'} ${not(protocol.negated)}${name}`];
}

function translateAddress(key: string, tested: HeaderAddress | undefined): string[] {
  if (tested === undefined) return [];
  const length = prefixLength(tested.mask);
  if (length === 0 && !tested.inverted) return [];
  if (length !== undefined)
    return [`${key} ${not(tested.inverted)}${formatNetworkBriefly(tested)} `];
  const operator = tested.inverted ? '!=' : '==';
  return [`${key} & ${formatAddress(tested.mask)} ${operator} ${formatAddress(tested.address)} `];
}
