/** Ranges of addresses and ports as the NAT targets take them. */

import { type Address, parseAddress } from '../../base/address.ts';
import type { ReadSite } from './extension.ts';
import { isPlainIpv4 } from './networks.ts';
import { parseNumber } from './numbers.ts';
import { serviceToPort } from './services.ts';
import type { PortNumbers } from './targets/nat.ts';

export interface NatRange {
  readonly addresses?: { readonly from: Address; readonly to: Address };
  readonly ports?: PortNumbers;
}

const portProtocols: readonly number[] = [6, 17, 33, 132, 1];

/** Does the rule say a protocol with ports (or ICMP, whose identifier counts as one)? */
export function requirePorts(site: ReadSite): boolean {
  const { protocol } = site;
  if (protocol !== undefined && !protocol.negated && portProtocols.includes(protocol.number))
    return true;
  site.problem('ports need a protocol that has them', 'add -p tcp, udp, sctp or dccp');
  return false;
}

/** `A[-B][:PORTS]`, `:PORTS`; with IPv6 and ports the addresses stand in brackets. */
export function readNatRange(
  text: string,
  site: ReadSite,
  withBase: boolean,
): NatRange | undefined {
  const { addressText, portText } = splitPorts(text, site);
  const ports = portText === undefined ? undefined : readPortNumbers(portText, site, withBase);
  if (portText !== undefined && (ports === undefined || !requirePorts(site))) return undefined;
  if (addressText === '') {
    return ports === undefined ? site.problem(`no address '${text}'`) : { ports };
  }
  const dash = addressText.indexOf('-');
  const from = readAddress(dash < 0 ? addressText : addressText.slice(0, dash), site);
  const to = dash < 0 ? from : readAddress(addressText.slice(dash + 1), site);
  if (from === undefined || to === undefined) return site.problem(`no address '${addressText}'`);
  return { addresses: { from, to }, ...(ports && { ports }) };
}

/** Neither names nor shortened addresses (xtables_numeric_to_ipaddr()). */
function readAddress(text: string, { family }: ReadSite): Address | undefined {
  const address = family === 'ip' && !isPlainIpv4(text) ? undefined : parseAddress(text);
  return address?.length === (family === 'ip' ? 4 : 16) ? address : undefined;
}

function splitPorts(text: string, site: ReadSite): { addressText: string; portText?: string } {
  if (site.family === 'ip') {
    const colon = text.indexOf(':');
    return colon < 0
      ? { addressText: text }
      : { addressText: text.slice(0, colon), portText: text.slice(colon + 1) };
  }
  if (text.startsWith(':') && !text.startsWith('::')) {
    return { addressText: '', portText: text.slice(1) };
  }
  if (!text.startsWith('[')) return { addressText: text };
  const close = text.indexOf(']');
  // Written `[a]-[b]:port` too.
  const last = text.lastIndexOf(']');
  const inner = text.slice(1, last < 0 ? undefined : last).replaceAll(/[[\]]/g, '');
  return close >= 0 && text[last + 1] === ':'
    ? { addressText: inner, portText: text.slice(last + 2) }
    : { addressText: inner };
}

/** `80`, `80-90`, with DNAT also `80-90/8080`; service names stand for single ports. */
export function readPortNumbers(
  text: string,
  site: ReadSite,
  withBase = false,
): PortNumbers | undefined {
  const slash = withBase ? text.indexOf('/') : -1;
  const range = slash < 0 ? text : text.slice(0, slash);
  const whole = readPort(range);
  const [low = '', high = ''] = range.split('-', 2);
  const from = whole ?? readNumericPort(low);
  const to = whole ?? readNumericPort(high);
  if (from === undefined || to === undefined)
    return site.problem(`no port or range of ports '${text}'`);
  if (from > to) return site.problem(`the range of ports '${text}' is reversed`);
  if (slash < 0) return { from, to };
  const base = readPort(text.slice(slash + 1));
  return base === undefined || base === 0
    ? site.problem(`no port '${text.slice(slash + 1)}'`)
    : { from, to, base };
}

function readPort(text: string): number | undefined {
  return readNumericPort(text) ?? serviceToPort(text);
}

function readNumericPort(text: string): number | undefined {
  const number = parseNumber(text);
  return number !== undefined && number <= 65535n ? Number(number) : undefined;
}
