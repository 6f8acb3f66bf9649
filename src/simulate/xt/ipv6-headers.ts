/** Matches on IPv6 extension headers: frag, rt, hbh, dst, ipv6header, ah, srh (net/ipv6/netfilter/ip6t_*.c). */

import type { AhOptions } from '../../fields/iptables/matches/ah.ts';
import type {
  DstOptions,
  HbhOptions,
  HeaderOption,
} from '../../fields/iptables/matches/extension-header-options.ts';
import type { FragOptions } from '../../fields/iptables/matches/frag.ts';
import type { Ipv6headerOptions } from '../../fields/iptables/matches/ipv6header.ts';
import type { RtOptions } from '../../fields/iptables/matches/rt.ts';
import { byteAt, equalBytes, read16, read32 } from '../../packet/bytes.ts';
import { isExtensionHeader } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import { isBetween, type MatchAnswer, type Matcher } from './matcher.ts';

/** ipv6_find_hdr() for one header: where it stands; undefined without it, `drop` when the chain is cut off. */
export function locateHeader(
  { bytes, length }: LivePacket,
  target: number,
): number | undefined | 'drop' {
  let number = byteAt(bytes, 6);
  let at = 40;
  for (;;) {
    const found = number === target;
    if (!isExtensionHeader(number) || number === protocol.none) return found ? at : undefined;
    if (at + 2 > length) return 'drop';
    if (number === protocol.fragment) {
      if (at + 4 > length) return 'drop';
      if ((read16(bytes, at + 2) & 0xfff8) !== 0) return found ? at : undefined;
    }
    if (found) return at;
    const next = byteAt(bytes, at);
    at += extensionLength(number, byteAt(bytes, at + 1));
    number = next;
  }
}

function extensionLength(number: number, field: number): number {
  if (number === protocol.fragment) return 8;
  return number === protocol.ah ? (field + 2) << 2 : (field + 1) << 3;
}

/** A header of at least `size` bytes; the answer when there is none. */
function headerAt(packet: LivePacket, target: number, size: number): number | MatchAnswer {
  const at = locateHeader(packet, target);
  if (typeof at !== 'number') return at ?? false;
  return at + size > packet.length ? 'drop' : at;
}

export function fragMatcher({ id, checkReserved, first, more, last }: FragOptions): Matcher {
  return ({ packet }) => {
    const at = headerAt(packet, protocol.fragment, 8);
    if (typeof at !== 'number') return at;
    const { bytes } = packet;
    const offset = read16(bytes, at + 2);
    if (isBetween(read32(bytes, at + 4), id) === id.inverted) return false;
    if (checkReserved && (byteAt(bytes, at + 1) !== 0 || (offset & 6) !== 0)) return false;
    if (first && (offset & 0xfff8) !== 0) return false;
    const hasMore = (offset & 1) === 1;
    return !(more && !hasMore) && !(last && hasMore);
  };
}

/** The IPv4 match has the header of the packet's protocol, the IPv6 one looks for it. */
export function ahMatcher6({ spi, length, checkReserved }: AhOptions): Matcher {
  return ({ packet }) => {
    const at = headerAt(packet, protocol.ah, 12);
    if (typeof at !== 'number') return at;
    const { bytes } = packet;
    if (isBetween(read32(bytes, at + 4), spi) === spi.inverted) return false;
    const own = extensionLength(protocol.ah, byteAt(bytes, at + 1));
    if (!lengthFits(length, own)) return false;
    return !(checkReserved && read16(bytes, at + 2) !== 0);
  };
}

type LengthTest = { readonly bytes: number; readonly inverted: boolean } | undefined;

/** A wanted length of 0 is no condition for ah; the others set a flag. */
function lengthFits(wanted: LengthTest, length: number): boolean {
  return wanted === undefined || (wanted.bytes === length) !== wanted.inverted;
}

export function headerOptionsMatcher(options: HbhOptions | DstOptions): Matcher {
  const target = options.kind === 'hbh' ? protocol.hopopts : protocol.dstopts;
  return ({ packet }) => {
    const at = headerAt(packet, target, 2);
    if (typeof at !== 'number') return at;
    const length = extensionLength(target, byteAt(packet.bytes, at + 1));
    if (packet.length - at < length) return false;
    const fits = lengthFits(options.length, length);
    if (options.options === undefined) return fits;
    return fits && optionsInOrder(packet, at + 2, length - 2, options.options);
  };
}

/** The options stand at the head of the header in exactly this order, padding included (hbh_mt6()). */
function optionsInOrder(
  { bytes, length }: LivePacket,
  start: number,
  size: number,
  wanted: readonly HeaderOption[],
): boolean {
  let at = start;
  let left = size;
  for (const [index, option] of wanted.entries()) {
    if (left < 1 || at >= length) return false;
    if (byteAt(bytes, at) !== option.type) return false;
    let step = 1;
    if (option.type !== 0) {
      if (left < 2 || at + 1 >= length) return false;
      const own = byteAt(bytes, at + 1);
      if (option.length !== undefined && option.length !== 255 && option.length !== own)
        return false;
      step = own + 2;
    }
    const isLast = index === wanted.length - 1;
    if ((at > length - step || left < step) && !isLast) return false;
    at += step;
    left -= step;
  }
  return true;
}

export function rtMatcher(options: RtOptions): Matcher {
  const { segmentsLeft, type, length, checkReserved } = options;
  return ({ packet }) => {
    const at = headerAt(packet, protocol.routing, 4);
    if (typeof at !== 'number') return at;
    const { bytes } = packet;
    const own = extensionLength(protocol.routing, byteAt(bytes, at + 1));
    if (packet.length - at < own) return false;
    if (isBetween(byteAt(bytes, at + 3), segmentsLeft) === segmentsLeft.inverted) return false;
    if (!lengthFits(length, own)) return false;
    if (type !== undefined && (byteAt(bytes, at + 2) === type.number) === type.inverted)
      return false;
    if (checkReserved && read32(bytes, at + 4) !== 0) return false;
    return addressesFit(packet, at + 8, (own - 8) >> 4, options);
  };
}

/** Strict: exactly these; else: these in this order, others between them. */
function addressesFit(
  { bytes }: LivePacket,
  start: number,
  count: number,
  { addresses, notStrict }: RtOptions,
): boolean {
  if (addresses === undefined) return true;
  if (addresses.length > count) return false;
  if (!notStrict && addresses.length !== count) return false;
  let found = 0;
  for (let index = 0; index < count && found < addresses.length; index++) {
    const at = start + 16 * index;
    const wanted = addresses[found];
    if (wanted !== undefined && equalBytes(bytes.subarray(at, at + 16), wanted)) found++;
    else if (!notStrict) return false;
  }
  return found === addresses.length;
}

/** ip6t_ipv6header.c: MASK_*, by header number. */
const headerBits: ReadonlyMap<number, number> = new Map([
  [protocol.hopopts, 0x80],
  [protocol.dstopts, 0x40],
  [protocol.routing, 0x20],
  [protocol.fragment, 0x10],
  [protocol.ah, 0x08],
]);
const espBit = 0x04;
const noneBit = 0x02;
const transportBit = 0x01;

export function ipv6headerMatcher({ headers, inverted, soft }: Ipv6headerOptions): Matcher {
  return ({ packet }) => {
    const found = headersOf(packet);
    if (typeof found !== 'number') return found;
    if (!soft) return (found === headers) !== inverted;
    return ((found ^ headers ^ (inverted ? 0xff : 0)) & headers) === 0;
  };
}

function headersOf({ bytes, length }: LivePacket): number | MatchAnswer {
  let number = byteAt(bytes, 6);
  let at = 40;
  let found = 0;
  while (at <= length) {
    if (number === protocol.none) return found | noneBit;
    if (number !== protocol.esp && !headerBits.has(number)) break;
    if (length - at < 2) return false;
    if (number === protocol.esp) return found | espBit;
    found |= headerBits.get(number) ?? 0;
    const size = extensionLength(number, byteAt(bytes, at + 1));
    number = byteAt(bytes, at);
    at += size;
  }
  return number === protocol.none || number === protocol.esp ? found : found | transportBit;
}
