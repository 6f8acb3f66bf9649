/** What conntrack reads of a TCP segment. */

import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { tcpFlag } from '../../packet/protocols.ts';
import type { SegmentKind, TcpSide } from './tcp-state.ts';

export interface Segment {
  readonly bytes: Uint8Array;
  /** Of the TCP header. */
  readonly offset: number;
  readonly headerLength: number;
  readonly flags: number;
  readonly kind: SegmentKind;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  /** Sequence number behind the segment; SYN and FIN count one each. */
  readonly end: number;
}

/** The header must be whole: 20 bytes at `offset`. */
export function readSegment(bytes: Uint8Array, offset: number, end: number): Segment {
  const flags = byteAt(bytes, offset + 13);
  const headerLength = (byteAt(bytes, offset + 12) >> 4) * 4;
  const sequence = read32(bytes, offset + 4);
  const counted = (flags & tcpFlag.syn ? 1 : 0) + (flags & tcpFlag.fin ? 1 : 0);
  return {
    bytes,
    offset,
    headerLength,
    flags,
    kind: segmentKind(flags),
    sequence,
    acknowledgement: read32(bytes, offset + 8),
    window: read16(bytes, offset + 14),
    end: (sequence + (end - offset - headerLength) + counted) >>> 0,
  };
}

function segmentKind(flags: number): SegmentKind {
  if (flags & tcpFlag.rst) return 'rst';
  if (flags & tcpFlag.syn) return flags & tcpFlag.ack ? 'synack' : 'syn';
  if (flags & tcpFlag.fin) return 'fin';
  return flags & tcpFlag.ack ? 'ack' : 'none';
}

/** PSH, ECE and CWR are always allowed (tcp_valid_flags). */
export function areFlagsValid(flags: number): boolean {
  const { fin, syn, rst, ack, urg } = tcpFlag;
  switch (flags & (fin | syn | rst | ack | urg)) {
    case syn:
    case syn | urg:
    case syn | ack:
    case rst:
    case rst | ack:
    case fin | ack:
    case fin | ack | urg:
    case ack:
    case ack | urg:
      return true;
    default:
      return false;
  }
}

/** Calls `visit` for each option that is whole; stops at the end of options or a broken one. */
function visitOptions(
  segment: Segment,
  visit: (kind: number, offset: number, length: number) => void,
): void {
  const { bytes, offset, headerLength } = segment;
  const end = offset + headerLength;
  for (let at = offset + 20; at < end; ) {
    const kind = byteAt(bytes, at);
    if (kind === 0) return;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = byteAt(bytes, at + 1);
    if (length < 2 || at + length > end) return;
    visit(kind, at, length);
    at += length;
  }
}

/** tcp_options(): window scale and SACK permission; nothing changes without options. */
export function readTcpOptions(segment: Segment, side: TcpSide): void {
  if (segment.headerLength <= 20) return;
  side.scale = 0;
  clearFlags(side);
  visitOptions(segment, (kind, at, length) => {
    if (kind === 4 && length === 2) side.sackPermitted = true;
    else if (kind === 3 && length === 3) {
      side.scale = Math.min(byteAt(segment.bytes, at + 2), 14);
      side.windowScale = true;
    }
  });
}

function clearFlags(side: TcpSide): void {
  side.windowScale = false;
  side.sackPermitted = false;
  side.closeInitiated = false;
  side.liberal = false;
  side.unacknowledged = false;
  side.maxAckSet = false;
}

/** tcp_sack(): the highest right edge of the SACK blocks, or the acknowledgement itself. */
export function highestSack(segment: Segment): number {
  let highest = segment.acknowledgement;
  visitOptions(segment, (kind, at, length) => {
    if (kind !== 5 || length < 10 || (length - 2) % 8 !== 0) return;
    for (let block = at + 2; block < at + length; block += 8) {
      const edge = read32(segment.bytes, block + 4);
      if (isAfter(edge, highest)) highest = edge;
    }
  });
  return highest;
}

/** after(): sequence number arithmetic modulo 2^32. */
export function isAfter(first: number, second: number): boolean {
  return ((second - first) | 0) < 0;
}

export function isBefore(first: number, second: number): boolean {
  return ((first - second) | 0) < 0;
}
