/** Cutting packets on the way out: ip_do_fragment(), ip6_fragment(). */

import { byteAt, concatBytes, read16, write16, write32 } from '../../packet/bytes.ts';
import { fillIpv4Checksum } from '../../packet/checksum.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { copyLivePacket, ipFamily, type LivePacket } from '../live-packet.ts';
import { blankUncopied } from './ip-options.ts';

/** The pieces in order; undefined when the packet must not be cut. */
export function fragmentPacket(packet: LivePacket, mtu: number): readonly LivePacket[] | undefined {
  return ipFamily(packet) === 6 ? fragmentIpv6(packet, mtu) : fragmentIpv4(packet, mtu);
}

/** pskb_may_pull(): the first `end` bytes of a datagram that was put together now belong to its first piece. */
export function pullTogether(packet: LivePacket, end: number): void {
  const { geometry, length } = packet;
  if (geometry === undefined || geometry.lengths.length === 0) return;
  const { lengths } = geometry;
  const header = length - lengths.reduce((sum, size) => sum + size, 0);
  const wanted = Math.min(end, length) - header;
  if (wanted <= (lengths[0] ?? 0)) return;
  const pulled: number[] = [wanted];
  let at = 0;
  for (const size of lengths) {
    at += size;
    if (at > wanted) pulled.push(Math.min(size, at - wanted));
  }
  packet.geometry = { ...geometry, lengths: pulled };
}

/** tcp_v4_early_demux() pulls the TCP header together. */
export function pullTransportHeader(packet: LivePacket): void {
  const { geometry, bytes, length } = packet;
  if (geometry === undefined) return;
  const place =
    ipFamily(packet) === 6
      ? skipExtensionHeaders(bytes, length)
      : { protocol: byteAt(bytes, 9), offset: (byteAt(bytes, 0) & 15) * 4 };
  if (place?.protocol === protocol.tcp) pullTogether(packet, place.offset + 20);
}

const smallestMtu6 = 1280;

function limitOf(packet: LivePacket, mtu: number): number {
  return Math.min(packet.geometry?.maxSize ?? mtu, mtu);
}

/** As it came in if that fits, else as large as possible, in multiples of eight. */
function pieceLengths(packet: LivePacket, total: number, room: number): readonly number[] {
  const known = packet.geometry?.lengths;
  const sum = known?.reduce((all, length) => all + length, 0);
  const fits = (length: number, index: number): boolean =>
    length <= room && (length % 8 === 0 || index + 1 === known?.length);
  if (known !== undefined && sum === total && known.every(fits)) return known;
  const size = room & ~7;
  const lengths: number[] = [];
  for (let left = total; left > 0; left -= size)
    lengths.push(Math.min(left, left <= room ? left : size));
  return lengths;
}

function fragmentIpv4(packet: LivePacket, mtu: number): readonly LivePacket[] | undefined {
  const { bytes, length, geometry } = packet;
  const headerLength = (byteAt(bytes, 0) & 15) * 4;
  const fixed = (read16(bytes, 6) & 0x4000) !== 0;
  if (fixed && (geometry === undefined || geometry.maxSize > mtu)) return undefined;
  const limit = limitOf(packet, mtu);
  if (length <= limit && geometry === undefined) return [packet];
  const payload = bytes.slice(headerLength, length);
  const lengths = pieceLengths(packet, payload.length, limit - headerLength);
  // What goes out in the pieces that it came in is no longer asked to stay whole.
  const kept = fixed && lengths !== geometry?.lengths ? 0x4000 : 0;
  const first = bytes.slice(0, headerLength);
  const field = read16(bytes, 6);
  // It may be a fragment itself.
  let offset = (field & 0x1fff) * 8;
  const later = packet.options === undefined || offset > 0 ? first : blankUncopied(first);
  let start = 0;
  return lengths.map((size, index) => {
    const piece = copyLivePacket(packet, packet.subject, packet.journey);
    const header = index === 0 ? first : later;
    piece.bytes = concatBytes(header, payload.subarray(start, start + size));
    piece.length = piece.bytes.length;
    const more = index < lengths.length - 1 ? 0x2000 : field & 0x2000;
    write16(piece.bytes, 2, piece.length);
    write16(piece.bytes, 6, (offset >> 3) | more | kept);
    fillIpv4Checksum(piece.bytes, 0, headerLength);
    piece.geometry = undefined;
    start += size;
    offset += size;
    return piece;
  });
}

function fragmentIpv6(packet: LivePacket, mtu: number): readonly LivePacket[] | undefined {
  const { bytes, length, geometry } = packet;
  if (geometry === undefined && !packet.isLocal) return undefined;
  const header = unfragmentable(packet);
  // Pieces as they came in may be small; others are not made smaller than what every link takes.
  const limit = Math.min(Math.max(geometry?.maxSize ?? mtu, smallestMtu6), mtu);
  const payload = bytes.slice(header.length, length);
  const lengths = pieceLengths(packet, payload.length, limit - header.length - 8);
  let offset = 0;
  return lengths.map((size, index) => {
    const piece = copyLivePacket(packet, packet.subject, packet.journey);
    const extension = new Uint8Array(8);
    extension[0] = header.next;
    write16(extension, 2, offset | (index < lengths.length - 1 ? 1 : 0));
    write32(extension, 4, geometry?.identification ?? 1);
    const head = bytes.slice(0, header.length);
    head[header.pointer] = protocol.fragment;
    piece.bytes = concatBytes(head, extension, payload.subarray(offset, offset + size));
    piece.length = piece.bytes.length;
    write16(piece.bytes, 4, piece.length - 40);
    piece.geometry = undefined;
    offset += size;
    return piece;
  });
}

/** ip6_find_1stfragopt(): hop-by-hop and routing headers stay in every piece, and destination options before the latter. */
function unfragmentable(packet: LivePacket): { length: number; next: number; pointer: number } {
  const { bytes, length } = packet;
  let pointer = 6;
  let next = byteAt(bytes, 6);
  let offset = 40;
  let routed = false;
  const stays = () =>
    next === protocol.hopopts ||
    next === protocol.routing ||
    (next === protocol.dstopts && !routed);
  while (stays() && offset + 8 <= length) {
    routed ||= next === protocol.routing;
    pointer = offset;
    next = byteAt(bytes, offset);
    offset += (byteAt(bytes, offset + 1) + 1) * 8;
  }
  return { length: offset, next, pointer };
}
