/** IP addresses and prefixes as bytes in network order; the only file that uses ipaddr.js. */

import ipaddr from 'ipaddr.js';

/** 4 bytes (IPv4) or 16 bytes (IPv6) in network order. */
export type Address = Uint8Array;

export interface Prefix {
  readonly address: Address;
  readonly prefixLength: number;
}

export function addressFamily(address: Address): 4 | 6 {
  return address.length === 4 ? 4 : 6;
}

/** An IPv4 or IPv6 address as inet_pton() takes it; no zone, no octal, no short forms. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Dotted quad with four decimal parts and no leading zeros, as inet_pton(AF_INET). */
export function parseIpv4(text: string): Address | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  const bytes = new Uint8Array(4);
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 46) {
      if (digits === 0 || part === 3) return undefined;
      bytes[part++] = value;
      digits = 0;
      value = 0;
    } else {
      if (code < 48 || code > 57 || (digits > 0 && value === 0)) return undefined;
      value = value * 10 + code - 48;
      digits++;
      if (value > 255) return undefined;
    }
  }
  if (part !== 3 || digits === 0) return undefined;
  bytes[3] = value;
  return bytes;
}

const ipv6Characters = /^[0-9a-fA-F:]{2,39}$|^([0-9a-fA-F:]{1,35}:)(\d+\.\d+\.\d+\.\d+)$/;

/** Colon-hexadecimal with an optional dotted quad at the end, as inet_pton(AF_INET6). */
export function parseIpv6(text: string): Address | undefined {
  const shape = ipv6Characters.exec(text);
  if (shape === null) return undefined;
  const [, head, quad] = shape;
  if (head === undefined || quad === undefined) return parseHexGroups(text);
  const tail = parseIpv4(quad);
  const bytes = tail === undefined ? undefined : parseHexGroups(`${head}0:0`);
  if (tail === undefined || bytes === undefined) return undefined;
  bytes.set(tail, 12);
  return bytes;
}

function parseHexGroups(text: string): Address | undefined {
  if (/[0-9a-fA-F]{5}|:::|^:[^:]|[^:]:$/.test(text)) return undefined;
  try {
    // To ask first whether it is valid would parse it twice.
    return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
  } catch {
    return undefined;
  }
}

/** Canonical text as inet_ntop() prints it: RFC 5952, with a dotted quad for mapped and compatible addresses. */
export function formatAddress(address: Address): string {
  if (address.length === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}`;
  const groups = ipv6Groups(address);
  const { start, length } = longestZeroRun(groups);
  const mapped = start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff));
  if (mapped) {
    return `${length === 6 ? '::' : '::ffff:'}${formatAddress(address.subarray(12))}`;
  }
  const text = groups.map((group) => group.toString(16));
  if (length < 2) return text.join(':');
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`;
}

function ipv6Groups(address: Address): number[] {
  return Array.from(
    { length: 8 },
    (_, index) => byteAt(address, 2 * index) * 256 + byteAt(address, 2 * index + 1),
  );
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/** `address/length`, or a bare address, which is a prefix of full length; host bits are kept. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = address.length * 8;
  if (slash < 0) return { address, prefixLength: bits };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bits) return undefined;
  return { address, prefixLength: Number(digits) };
}

/** `address/length`; the length is left out when it is full. */
export function formatPrefix(prefix: Prefix): string {
  const full = prefix.prefixLength === prefix.address.length * 8;
  return full
    ? formatAddress(prefix.address)
    : `${formatAddress(prefix.address)}/${prefix.prefixLength}`;
}

/** Is the address of the prefix's family and inside it? */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  return (
    prefix.address.length === address.length &&
    sharesBits(prefix.address, address, prefix.prefixLength)
  );
}

/** Do the first `bits` bits agree? Both must be of one length. */
export function sharesBits(first: Address, second: Address, bits: number): boolean {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) {
    if (first[index] !== second[index]) return false;
  }
  const rest = bits & 7;
  if (rest === 0) return true;
  return ((byteAt(first, whole) ^ byteAt(second, whole)) & (0xff << (8 - rest)) & 0xff) === 0;
}

/** A copy with everything after the first `bits` bits cleared. */
export function maskAddress(address: Address, bits: number): Address {
  const masked = Uint8Array.from(address);
  const whole = bits >> 3;
  masked.fill(0, Math.min(masked.length, whole + 1));
  if (whole < masked.length) masked[whole] = byteAt(masked, whole) & (0xff << (8 - (bits & 7)));
  return masked;
}

/** The prefix's last address: every host bit set. */
export function lastAddress(prefix: Prefix): Address {
  const last = Uint8Array.from(prefix.address);
  for (let bit = prefix.prefixLength; bit < last.length * 8; bit++) {
    last[bit >> 3] = byteAt(last, bit >> 3) | (0x80 >> (bit & 7));
  }
  return last;
}

export function addressesEqual(first: Address, second: Address): boolean {
  return first.length === second.length && sharesBits(first, second, first.length * 8);
}

/** Orders by family, then by bytes. */
export function compareAddresses(first: Address, second: Address): number {
  if (first.length !== second.length) return first.length - second.length;
  for (let index = 0; index < first.length; index++) {
    const difference = byteAt(first, index) - byteAt(second, index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** One UTF-16 unit per two bytes: a short, exact key for maps. */
export function addressKey(address: Address): string {
  let key = '';
  for (let index = 0; index < address.length; index += 2) {
    key += String.fromCharCode(byteAt(address, index) * 256 + byteAt(address, index + 1));
  }
  return key;
}

/** The address as one unsigned 32-bit number; IPv4 only. */
export function ipv4ToNumber(address: Address): number {
  return (
    ((byteAt(address, 0) << 24) |
      (byteAt(address, 1) << 16) |
      (byteAt(address, 2) << 8) |
      byteAt(address, 3)) >>>
    0
  );
}

export function ipv4FromNumber(value: number): Address {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function addressToBigInt(address: Address): bigint {
  let value = 0n;
  for (const byte of address) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The low bits of `value` as an address of the family. */
export function addressFromBigInt(value: bigint, family: 4 | 6): Address {
  const address = new Uint8Array(family === 4 ? 4 : 16);
  let rest = value;
  for (let index = address.length - 1; index >= 0; index--) {
    address[index] = Number(rest & 255n);
    rest >>= 8n;
  }
  return address;
}

/** `aa:bb:cc:dd:ee:ff` (any number of two-digit groups); single-digit groups are allowed as in ether_aton(). */
export function parseLinkLayerAddress(text: string): Uint8Array | undefined {
  if (!/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){0,31}$/.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (group) => Number.parseInt(group, 16));
}

const hexDigits = '0123456789abcdef';

export function formatLinkLayerAddress(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    const byte = byteAt(bytes, index);
    text += `${index === 0 ? '' : ':'}${hexDigits[byte >> 4]}${hexDigits[byte & 15]}`;
  }
  return text;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** `0.0.0.0` or `::`: no address. */
export function isUnspecified(address: Address): boolean {
  for (const byte of address) if (byte !== 0) return false;
  return true;
}
