/** Hosts and networks as iptables reads and prints them: short IPv4 forms, masks by length or in full. */

import { type Address, formatAddress, parseIpv4, parseIpv6 } from '../../base/address.ts';
import { parseClassicIpv4 } from '../../datatypes/parse-value.ts';
import { parseNumber, parseSmallNumber } from './numbers.ts';
import type { IptablesFamily } from './written.ts';

/** An address of the family: shortened from behind, else as getaddrinfo() reads it; of names only `localhost` is known. */
export function parseHost(text: string, family: IptablesFamily): Address | undefined {
  if (family === 'ip6') {
    return parseIpv6(text) ?? (text === 'localhost' ? parseIpv6('::1') : undefined);
  }
  return (
    parseNumericHost(text, family) ??
    parseClassicIpv4(text) ??
    (text === 'localhost' ? parseIpv4('127.0.0.1') : undefined)
  );
}

/** As xtables_numeric_to_ipaddr() and _ip6addr() read it. */
export function parseNumericHost(text: string, family: IptablesFamily): Address | undefined {
  return family === 'ip6' ? parseIpv6(text) : (parseIpv4(text) ?? parseShortIpv4(text));
}

/** One to four numbers in C notation, the missing ones zero: xtables_numeric_to_ipaddr(). */
function parseShortIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length > 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    const value = parseSmallNumber(part, 0, 255);
    if (value === undefined) return undefined;
    bytes[index] = value;
  }
  return bytes;
}

export interface Network {
  readonly address: Address;
  readonly mask: Address;
}

/** `address`, `address/length` or `address/mask`; host bits are kept. */
export function parseNetwork(
  text: string,
  family: IptablesFamily,
  read: typeof parseHost = parseHost,
  readMask: typeof parseMask = parseMask,
): Network | undefined {
  const slash = text.indexOf('/');
  const address = read(slash < 0 ? text : text.slice(0, slash), family);
  const mask = slash < 0 ? fullMask(family) : readMask(text.slice(slash + 1), family);
  return address === undefined || mask === undefined ? undefined : { address, mask };
}

export function parseMask(text: string, family: IptablesFamily): Address | undefined {
  const bits = family === 'ip' ? 32 : 128;
  const length = parseNumber(text);
  if (length !== undefined) {
    return length > BigInt(bits) ? undefined : maskOfLength(Number(length), bits);
  }
  return family === 'ip' ? parseIpv4(text) : parseIpv6(text);
}

export function fullMask(family: IptablesFamily): Address {
  return family === 'ip' ? maskOfLength(32, 32) : maskOfLength(128, 128);
}

const masks = new Map<number, Address>();

/** The same object each time: masks are shared by all rules. */
export function maskOfLength(length: number, bits: number): Address {
  const key = length * 256 + bits;
  const known = masks.get(key);
  if (known !== undefined) return known;
  const mask = Uint8Array.from({ length: bits / 8 }, (_, index) => {
    const ones = Math.max(0, Math.min(8, length - index * 8));
    return (0xff00 >> ones) & 0xff;
  });
  masks.set(key, mask);
  return mask;
}

/** The length of a mask whose set bits all stand in front, else undefined. */
export function prefixLength(mask: Address): number | undefined {
  const length = leadingOnes(mask);
  for (let bit = length; bit < mask.length * 8; bit++) if (bitAt(mask, bit)) return undefined;
  return length;
}

export function leadingOnes(mask: Address): number {
  let length = 0;
  while (length < mask.length * 8 && bitAt(mask, length)) length++;
  return length;
}

function bitAt(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[bit >> 3] ?? 0) << (bit & 7)) & 0x80) !== 0;
}

export function masked(address: Address, mask: Address): Address {
  if (mask.every((byte) => byte === 255)) return address;
  return Uint8Array.from(address, (byte, index) => byte & (mask[index] ?? 0));
}

/** `address/length`, or `address/mask` where the mask is no prefix. */
export function formatNetwork({ address, mask }: Network): string {
  const length = prefixLength(mask);
  return `${formatAddress(address)}/${length ?? formatAddress(mask)}`;
}

/** As formatNetwork, without a full mask (xtables_ipmask_to_numeric). */
export function formatNetworkBriefly({ address, mask }: Network): string {
  const length = prefixLength(mask);
  return length === mask.length * 8 ? formatAddress(address) : formatNetwork({ address, mask });
}

/** An IPv4 address in its usual form between two offsets: four decimal parts without leading zeros. */
export function isPlainIpv4(text: string, start = 0, end = text.length): boolean {
  let parts = 1;
  let value = -1;
  for (let place = start; place < end; place++) {
    const code = text.charCodeAt(place);
    if (code === 46) {
      if (value < 0) return false;
      parts++;
      value = -1;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || value === 0) return false;
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return false;
    }
  }
  return parts === 4 && value >= 0;
}

const plainLength = /^(0|[1-9]\d?|1[01]\d|12[0-8])$/;

/** A plain address, also with a plain prefix length. */
export function isPlainNetwork(text: string, family: IptablesFamily): boolean {
  const slash = text.indexOf('/');
  const end = slash < 0 ? text.length : slash;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!plainLength.test(length) || (family === 'ip' && Number(length) > 32)) return false;
  }
  return family === 'ip' ? isPlainIpv4(text, 0, end) : parseIpv6(text.slice(0, end)) !== undefined;
}
