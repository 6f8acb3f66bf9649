/** Walking the IPv6 extension headers as two kernel functions do, with their differences. */

import { byteAt, read16 } from './bytes.ts';
import { protocol } from './protocols.ts';

export interface TransportPlace {
  /** Next header number of what stands at `offset`. */
  readonly protocol: number;
  /** From the start of the IPv6 header. */
  readonly offset: number;
  /** Fragment offset in bytes; not 0 only for fragments other than the first. */
  readonly fragmentOffset: number;
  /** A fragment header was passed. */
  readonly fragmented: boolean;
}

/** ipv6_ext_hdr(), net/ipv6/exthdrs_core.c. */
export function isExtensionHeader(number: number): boolean {
  return (
    number === protocol.hopopts ||
    number === protocol.routing ||
    number === protocol.fragment ||
    number === protocol.ah ||
    number === protocol.none ||
    number === protocol.dstopts
  );
}

function headerLength(number: number, lengthField: number): number {
  if (number === protocol.fragment) return 8;
  return number === protocol.ah ? (lengthField + 2) << 2 : (lengthField + 1) << 3;
}

/**
 * ipv6_find_hdr() for the transport header (target -1), as nft_set_pktinfo_ipv6() calls it: stops at AH, and for
 * later fragments tells the next header but not its place (offset 0).
 */
export function findTransport(packet: Uint8Array, end: number): TransportPlace | undefined {
  let number = byteAt(packet, 6);
  let offset = 40;
  let fragmented = false;
  while (isExtensionHeader(number) && number !== protocol.none) {
    if (offset + 2 > end) return undefined;
    const next = byteAt(packet, offset);
    if (number === protocol.fragment) {
      if (offset + 4 > end) return undefined;
      fragmented = true;
      const fragmentOffset = read16(packet, offset + 2) & 0xfff8;
      if (fragmentOffset !== 0) {
        if (!isExtensionHeader(next) || next === protocol.none)
          return { protocol: next, offset: 0, fragmentOffset, fragmented };
        return undefined;
      }
    } else if (number === protocol.ah) {
      break;
    }
    offset += headerLength(number, byteAt(packet, offset + 1));
    number = next;
  }
  return { protocol: number, offset, fragmentOffset: 0, fragmented };
}

/** ipv6_find_hdr() for one header number; undefined when it is not there. */
export function findHeader(
  packet: Uint8Array,
  end: number,
  target: number,
): { readonly offset: number; readonly fragmentOffset: number } | undefined {
  let number = byteAt(packet, 6);
  let offset = 40;
  for (;;) {
    const found = number === target;
    if (!isExtensionHeader(number) || number === protocol.none)
      return found ? { offset, fragmentOffset: 0 } : undefined;
    if (offset + 2 > end) return undefined;
    const next = byteAt(packet, offset);
    if (number === protocol.fragment) {
      if (offset + 4 > end) return undefined;
      const fragmentOffset = read16(packet, offset + 2) & 0xfff8;
      if (fragmentOffset !== 0) return found ? { offset, fragmentOffset } : undefined;
    }
    if (found) return { offset, fragmentOffset: 0 };
    offset += headerLength(number, byteAt(packet, offset + 1));
    number = next;
  }
}

/** ipv6_skip_exthdr(): passes AH too; undefined for a truncated chain or no next header. */
export function skipExtensionHeaders(
  packet: Uint8Array,
  end: number,
  start = 40,
  first = byteAt(packet, 6),
): TransportPlace | undefined {
  let number = first;
  let offset = start;
  let fragmented = false;
  while (isExtensionHeader(number)) {
    if (number === protocol.none || offset + 2 > end) return undefined;
    if (number === protocol.fragment) {
      if (offset + 4 > end) return undefined;
      fragmented = true;
      const fragmentOffset = read16(packet, offset + 2) & 0xfff8;
      if (fragmentOffset !== 0)
        return { protocol: byteAt(packet, offset), offset, fragmentOffset, fragmented };
    }
    const next = byteAt(packet, offset);
    offset += headerLength(number, byteAt(packet, offset + 1));
    number = next;
  }
  return { protocol: number, offset, fragmentOffset: 0, fragmented };
}
