/** Putting fragments together: ip_frag_queue(), nf_ct_frag6_gather(), ipv6_frag_rcv(). */

import { addressKey } from '../../base/address.ts';
import { byteAt, concatBytes, read16, read32, write16 } from '../../packet/bytes.ts';
import { fillIpv4Checksum } from '../../packet/checksum.ts';
import { findHeader } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import type { CarriedState, FragmentPiece, FragmentQueue } from './fragment-queue.ts';

/**
 * `whole`: the packet now is the datagram; `held`: it waits in its queue; `failed`: it is dropped; `misaligned`: more of an
 * IPv6 datagram should follow, but not at a multiple of eight (-EPROTO).
 */
export type Reassembly = 'whole' | 'held' | 'failed' | 'misaligned';

const lifetimeMilliseconds = { 4: 30000, 6: 60000 } as const;

export function reassemble(run: Run, packet: LivePacket, user: string): Reassembly {
  const family = ipFamily(packet) ?? 4;
  const piece = family === 4 ? readPiece4(packet) : readPiece6(packet);
  if (piece === undefined) return 'failed';
  const key = queueKey(packet, family, user);
  if (family === 6 && piece.more && piece.payload.length % 8 !== 0) return 'misaligned';
  if (piece.payload.length === 0 && (family === 4 || user === 'local-delivery')) {
    // Nothing is no piece, and ends the queue (discard_fq); IPv6's conntrack lets it say where the end is.
    setEntry(run.journal, run.store.fragments, key, undefined);
    return 'failed';
  }
  const known = run.store.fragments.get(key);
  const queue = known === undefined || known.expires <= run.clock ? undefined : known;
  const pieces = queue?.pieces ?? [];
  if (pieces.some(({ offset, payload }) => isSamePlace(offset, payload, piece))) return 'failed';
  const merged = [...pieces, piece].sort((a, b) => a.offset - b.offset);
  if (overlaps(merged) || contradicts(merged)) {
    setEntry(run.journal, run.store.fragments, key, undefined);
    return 'failed';
  }
  if (!isComplete(merged)) {
    const expires = queue?.expires ?? run.clock + lifetimeMilliseconds[family];
    const next: FragmentQueue = { pieces: merged, expires };
    setEntry(run.journal, run.store.fragments, key, next);
    return 'held';
  }
  setEntry(run.journal, run.store.fragments, key, undefined);
  const congestion = commonCongestion(merged, family);
  if (congestion === undefined) return 'failed';
  join(packet, merged, family);
  const { bytes } = packet;
  bytes[1] = byteAt(bytes, 1) | (family === 4 ? congestion : congestion << 4);
  if (family === 4) fillIpv4Checksum(bytes, 0, (byteAt(bytes, 0) & 15) * 4);
  return 'whole';
}

/** ip_frag_ecn_table (RFC 3168, 5.3): what is added to the first header; undefined: pieces with and without ECN do not mix. */
function commonCongestion(pieces: readonly FragmentPiece[], family: 4 | 6): number | undefined {
  const codes = new Set(
    pieces.map(({ header }) => (byteAt(header, 1) >> (family === 4 ? 0 : 4)) & 3),
  );
  if (codes.size === 1) return 0;
  if (codes.has(0)) return undefined;
  return codes.has(3) ? 3 : 0;
}

/** What waits for the packet's datagram waits no longer (inet_frag_kill()). */
export function forgetPieces(run: Run, packet: LivePacket, user: string): void {
  const key = queueKey(packet, ipFamily(packet) ?? 4, user);
  setEntry(run.journal, run.store.fragments, key, undefined);
}

/** A fragment that brings nothing new is dropped alone, without harm to its queue. */
function isSamePlace(offset: number, payload: Uint8Array, piece: FragmentPiece): boolean {
  return piece.offset >= offset && piece.offset + piece.payload.length <= offset + payload.length;
}

function queueKey(packet: LivePacket, family: 4 | 6, user: string): string {
  const addresses = addressKey(sourceAddress(packet)) + addressKey(destinationAddress(packet));
  const { bytes, length } = packet;
  if (family === 4) return `${user} 4 ${read16(bytes, 4)} ${byteAt(bytes, 9)} ${addresses}`;
  const header = findHeader(bytes, length, protocol.fragment);
  return `${user} 6 ${read32(bytes, (header?.offset ?? 40) + 4)} ${addresses}`;
}

function readPiece4(packet: LivePacket): FragmentPiece | undefined {
  const { bytes, length } = packet;
  const headerLength = (byteAt(bytes, 0) & 15) * 4;
  const field = read16(bytes, 6);
  const more = (field & 0x2000) !== 0;
  const whole = bytes.slice(headerLength, length);
  const payload = more ? whole.slice(0, whole.length & ~7) : whole;
  if (more && payload.length === 0) return undefined;
  return {
    offset: (field & 0x1fff) * 8,
    payload,
    more,
    header: bytes.slice(0, headerLength),
    packetLength: length,
    dontFragment: (field & 0x4000) !== 0,
    carried: carriedBy(packet),
  };
}

/** The header kept is what stands before the fragment header, with the next header behind it. */
function readPiece6(packet: LivePacket): FragmentPiece | undefined {
  const { bytes, length } = packet;
  const found = findHeader(bytes, length, protocol.fragment);
  if (found === undefined || found.offset + 8 > length) return undefined;
  const field = read16(bytes, found.offset + 2);
  const more = (field & 1) !== 0;
  const payload = bytes.slice(found.offset + 8, length);
  return {
    offset: field & 0xfff8,
    payload,
    more,
    header: bytes.slice(0, found.offset + 8),
    packetLength: length,
    dontFragment: false,
    carried: carriedBy(packet),
  };
}

function carriedBy(packet: LivePacket): CarriedState {
  const { mark, priority, secmark, packetType, link, template } = packet;
  return { mark, priority, secmark, packetType, link, template };
}

function overlaps(pieces: readonly FragmentPiece[]): boolean {
  return pieces.some((piece, index) => {
    const next = pieces[index + 1];
    return next !== undefined && piece.offset + piece.payload.length > next.offset;
  });
}

/** Two different ends, or data behind the end. */
function contradicts(pieces: readonly FragmentPiece[]): boolean {
  const last = pieces.find(({ more }) => !more);
  if (last === undefined) return false;
  const end = last.offset + last.payload.length;
  return pieces.some((piece) => {
    const own = piece.offset + piece.payload.length;
    return own > end || (!piece.more && own !== end);
  });
}

function isComplete(pieces: readonly FragmentPiece[]): boolean {
  let end = 0;
  for (const piece of pieces) {
    if (piece.offset !== end) return false;
    end += piece.payload.length;
  }
  return pieces.at(-1)?.more === false;
}

function join(packet: LivePacket, pieces: readonly FragmentPiece[], family: 4 | 6): void {
  const [first] = pieces;
  if (first === undefined) return;
  Object.assign(packet, first.carried);
  const payloads = pieces.map(({ payload }) => payload);
  const identification =
    family === 4 ? read16(first.header, 4) : read32(first.header, first.header.length - 4);
  const header = family === 4 ? Uint8Array.from(first.header) : withoutFragmentHeader(first.header);
  packet.bytes = concatBytes(header, ...payloads);
  packet.length = packet.bytes.length;
  const maxSize = Math.max(...pieces.map(({ packetLength }) => packetLength));
  packet.geometry = { maxSize, lengths: payloads.map(({ length }) => length), identification };
  if (family === 4) {
    const largestWhole = pieces
      .filter(({ dontFragment }) => dontFragment)
      .map(({ packetLength }) => packetLength);
    const keepsDf = largestWhole.length > 0 && Math.max(...largestWhole) === maxSize;
    write16(packet.bytes, 2, packet.length);
    write16(packet.bytes, 6, keepsDf ? 0x4000 : 0);
    fillIpv4Checksum(packet.bytes, 0, header.length);
  } else {
    write16(packet.bytes, 4, packet.length - 40);
  }
}

/** The header before it points to what stood behind it. */
function withoutFragmentHeader(header: Uint8Array): Uint8Array {
  const end = header.length - 8;
  const next = byteAt(header, end);
  const kept = header.slice(0, end);
  let pointer = 6;
  let number = byteAt(kept, 6);
  let offset = 40;
  while (number !== protocol.fragment && offset < end) {
    pointer = offset;
    number = byteAt(kept, offset);
    offset += (byteAt(kept, offset + 1) + 1) * 8;
  }
  kept[pointer] = next;
  return kept;
}
