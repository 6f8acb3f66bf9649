/** Addresses, interfaces, protocol and fragments: nft_ipv4_add() and nft_ipv6_add() of iptables-nft. */

import type { IptablesFamily } from '../../ast/iptables.ts';
import type { HeaderAddress, HeaderInterface, RuleHeader } from '../../fields/iptables/header.ts';
import { prefixLength } from '../../fields/iptables/networks.ts';
import type { RuleProtocol } from '../../fields/iptables/written.ts';
import type { Operation } from '../../model/operations.ts';
import { bigEndian16, compare, loadMeta, loadPayload, maskWith, textBytes } from './operations.ts';

/** Offset of the source address in the network header; the destination follows it. */
const sourceOffset = { ip: 12, ip6: 8 } as const;
const addressLength = { ip: 4, ip6: 16 } as const;

/** Releases whose iptables-nft writes other expressions for the same rule. */
export type IptablesRelease = '1.8.13' | '1.8.9';

/** Up to 1.8.9 interfaces and protocol come first, and the protocol is that of the packet's metadata. */
export function lowerHeader(
  header: RuleHeader,
  family: IptablesFamily,
  release: IptablesRelease,
): Operation[] {
  const source = sourceOffset[family];
  const addresses = [
    ...lowerAddress(header.source, source),
    ...lowerAddress(header.destination, source + addressLength[family]),
  ];
  const interfaces = [
    ...lowerInterface('iifname', header.inInterface),
    ...lowerInterface('oifname', header.outInterface),
  ];
  const protocol = lowerProtocol(header.protocol, release === '1.8.9' ? 'ip6' : family);
  const fragment = header.fragment ? lowerFragment(header.fragment.inverted) : [];
  return release === '1.8.9'
    ? [...interfaces, ...protocol, ...addresses, ...fragment]
    : [...addresses, ...interfaces, ...protocol, ...fragment];
}

/** Whole bytes of a prefix are loaded alone; other masks are applied to the full address. */
function lowerAddress(tested: HeaderAddress | undefined, offset: number): Operation[] {
  if (tested === undefined) return [];
  const { address, mask, inverted } = tested;
  const length = prefixLength(mask);
  if (length === 0) return [];
  const operator = inverted ? 'neq' : 'eq';
  if (length !== undefined && length % 8 === 0) {
    const bytes = length / 8;
    return [
      loadPayload('network', offset, bytes),
      compare(operator, bytes === address.length ? address : address.slice(0, bytes)),
    ];
  }
  return [
    loadPayload('network', offset, address.length),
    maskWith(mask),
    compare(operator, address),
  ];
}

/** A name that ends in `+` is compared without what follows; `! +` is compared with a name that cannot be. */
function lowerInterface(
  key: 'iifname' | 'oifname',
  tested: HeaderInterface | undefined,
): Operation[] {
  if (tested === undefined) return [];
  const { name, inverted } = tested;
  if (name === '+') {
    return inverted ? [loadMeta(key), compare('eq', textBytes('INVAL/D', true))] : [];
  }
  const wildcard = name.endsWith('+');
  const bytes = textBytes(wildcard ? name.slice(0, -1) : name, !wildcard);
  return [loadMeta(key), compare(inverted ? 'neq' : 'eq', bytes)];
}

function lowerProtocol(protocol: RuleProtocol | undefined, family: IptablesFamily): Operation[] {
  if (protocol === undefined || protocol.number === 0) return [];
  const load = family === 'ip' ? loadPayload('network', 9, 1) : loadMeta('l4proto');
  return [load, compare(protocol.negated ? 'neq' : 'eq', protocolByte(protocol.number))];
}

const protocolBytes = Array.from({ length: 256 }, (_, number) => Uint8Array.of(number));

/** Shared by all rules. */
function protocolByte(number: number): Uint8Array {
  return protocolBytes[number] ?? Uint8Array.of(number);
}

/** Second and further fragments have an offset. */
function lowerFragment(inverted: boolean): Operation[] {
  return [
    loadPayload('network', 6, 2),
    maskWith(bigEndian16(0x1fff)),
    compare(inverted ? 'eq' : 'neq', bigEndian16(0)),
  ];
}
