/** The SCTP tracker: sctp_packet() of net/netfilter/nf_conntrack_proto_sctp.c. */

import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { type Connection, connectionStatus } from './connection.ts';
import type { SctpState, SctpTracking } from './sctp-state.ts';
import type { TrackContext, TrackVerdict } from './track-context.ts';

const chunk = {
  data: 0,
  init: 1,
  initAck: 2,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

const columns: readonly SctpState[] = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
];

const words: Readonly<Record<string, SctpState | undefined>> = {
  CL: 'CLOSED',
  CW: 'COOKIE_WAIT',
  CE: 'COOKIE_ECHOED',
  ES: 'ESTABLISHED',
  SS: 'SHUTDOWN_SENT',
  SR: 'SHUTDOWN_RECD',
  SA: 'SHUTDOWN_ACK_SENT',
  HS: 'HEARTBEAT_SENT',
};

type Rows = Readonly<Record<number, string>>;

/** New state by direction, chunk type and old state (the order of `columns`); `--` is invalid. */
const original: Rows = {
  [chunk.init]: 'CL CL CW CE ES CL CL SA CW',
  [chunk.initAck]: 'CL CL CW CE ES SS SR SA CL',
  [chunk.abort]: 'CL CL CL CL CL CL CL CL CL',
  [chunk.shutdown]: 'CL CL CW CE SS SS SR SA CL',
  [chunk.shutdownAck]: 'SA CL CW CE ES SA SA SA SA',
  [chunk.error]: 'CL CL CW CE ES SS SR SA CL',
  [chunk.cookieEcho]: 'CL CL CE CE ES SS SR SA CL',
  [chunk.cookieAck]: 'CL CL CW CE ES SS SR SA CL',
  [chunk.shutdownComplete]: 'CL CL CW CE ES SS SR CL CL',
  [chunk.heartbeat]: 'HS CL CW CE ES SS SR SA HS',
  [chunk.heartbeatAck]: 'CL CL CW CE ES SS SR SA HS',
};

const reply: Rows = {
  [chunk.init]: '-- CL CW CE ES SS SR SA --',
  [chunk.initAck]: '-- CW CW CE ES SS SR SA --',
  [chunk.abort]: '-- CL CL CL CL CL CL CL --',
  [chunk.shutdown]: '-- CL CW CE SR SS SR SA --',
  [chunk.shutdownAck]: '-- CL CW CE ES SA SA SA HS',
  [chunk.error]: '-- CL CW CL ES SS SR SA --',
  [chunk.cookieEcho]: '-- CL CE CE ES SS SR SA --',
  [chunk.cookieAck]: '-- CL CW ES ES SS SR SA --',
  [chunk.shutdownComplete]: '-- CL CW CE ES SS SR CL --',
  [chunk.heartbeat]: '-- CL CW CE ES SS SR SA HS',
  [chunk.heartbeatAck]: '-- CL CW CE ES SS SR SA ES',
};

/** Seconds. */
const timeouts: Readonly<Record<string, number>> = {
  CLOSED: 10,
  COOKIE_WAIT: 3,
  COOKIE_ECHOED: 3,
  ESTABLISHED: 210,
  SHUTDOWN_SENT: 3,
  SHUTDOWN_RECD: 3,
  SHUTDOWN_ACK_SENT: 3,
  HEARTBEAT_SENT: 30,
};

function transition(direction: 0 | 1, type: number, from: SctpState): SctpState | undefined {
  const row = (direction === 0 ? original : reply)[type];
  if (row === undefined) return from;
  return words[row.split(' ')[columns.indexOf(from)] ?? '--'];
}

interface Chunk {
  readonly type: number;
  readonly offset: number;
  readonly length: number;
}

/** Chunks in order; undefined when one is broken (do_basic_checks()). */
function readChunks(bytes: Uint8Array, offset: number, end: number): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  for (let at = offset + 12; at + 4 <= end; ) {
    const length = read16(bytes, at + 2);
    if (length === 0) return undefined;
    chunks.push({ type: byteAt(bytes, at), offset: at, length });
    at += (length + 3) & ~3;
  }
  const alone = chunks.some(
    ({ type }) => type === chunk.init || type === chunk.initAck || type === chunk.shutdownComplete,
  );
  return chunks.length === 0 || (alone && chunks.length > 1) ? undefined : chunks;
}

export function trackSctp(connection: Connection, context: TrackContext): TrackVerdict {
  const { bytes, offset, end, direction } = context;
  if (offset + 12 > end) return { kind: 'invalid', reason: 'SHORT_HEADER' };
  if (!context.checksumOk()) return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
  const chunks = readChunks(bytes, offset, end);
  if (chunks === undefined) return { kind: 'invalid', reason: 'BAD_CHUNKS' };
  const tag = read32(bytes, offset + 4);
  const isNew = (connection.status & connectionStatus.confirmed) === 0;
  if (isNew) {
    const started = startTracking(chunks, bytes, tag);
    if (started === undefined) return { kind: 'invalid', reason: 'NO_ENTRY' };
    connection.sctp = started;
  }
  const { sctp } = connection;
  if (sctp === undefined) return { kind: 'invalid', reason: 'NO_ENTRY' };
  const before = sctp.state;
  const verdict = isNew ? undefined : walkChunks(sctp, chunks, bytes, { tag, direction });
  if (verdict !== undefined) return verdict;
  if (isNew) {
    for (const { type } of chunks) {
      const to = transition(direction, type, sctp.state);
      if (to === undefined) return { kind: 'invalid', reason: 'BAD_STATE' };
      sctp.state = to;
    }
  }
  if (before === 'COOKIE_ECHOED' && direction === 1 && sctp.state === 'ESTABLISHED')
    connection.status |= connectionStatus.assured;
  return { kind: 'accept', timeoutSeconds: timeouts[sctp.state] ?? 10 };
}

/** sctp_new() */
function startTracking(
  chunks: readonly Chunk[],
  bytes: Uint8Array,
  tag: number,
): SctpTracking | undefined {
  let tags: [number, number] = [0, 0];
  for (const { type, offset } of chunks) {
    const to = transition(0, type, 'NONE');
    if (to === undefined || to === 'NONE') return undefined;
    if (type === chunk.init) {
      if (tag !== 0) return undefined;
      tags = [0, read32(bytes, offset + 4)];
    } else if (type === chunk.heartbeat) {
      tags = [tag, 0];
    } else {
      tags = [0, tag];
    }
  }
  return { state: 'NONE', tags, lastDirection: 0, flags: 0, initSeen: [false, false] };
}

function walkChunks(
  sctp: SctpTracking,
  chunks: readonly Chunk[],
  bytes: Uint8Array,
  seen: { readonly tag: number; readonly direction: 0 | 1 },
): TrackVerdict | undefined {
  const { tag, direction } = seen;
  const expected = sctp.tags[direction];
  const special = chunks.some(({ type }) => specialTags.includes(type));
  if (!special && tag !== expected) return { kind: 'invalid', reason: 'BAD_TAG' };
  for (const { type, offset } of chunks) {
    if (type === chunk.init && tag !== 0) return { kind: 'invalid', reason: 'BAD_TAG' };
    if (type === chunk.cookieEcho && tag !== expected)
      return { kind: 'invalid', reason: 'BAD_TAG' };
    if (type === chunk.abort && tag !== expected && tag !== sctp.tags[direction === 0 ? 1 : 0])
      return { kind: 'invalid', reason: 'BAD_TAG' };
    const to = transition(direction, type, sctp.state);
    if (to === undefined) return { kind: 'invalid', reason: 'BAD_STATE' };
    if (type === chunk.init || type === chunk.initAck) {
      const initiate = read32(bytes, offset + 4);
      sctp.tags = direction === 0 ? [sctp.tags[0], initiate] : [initiate, sctp.tags[1]];
    }
    if ((type === chunk.heartbeat || type === chunk.heartbeatAck) && expected === 0)
      sctp.tags = direction === 0 ? [tag, sctp.tags[1]] : [sctp.tags[0], tag];
    sctp.state = to;
  }
  return undefined;
}

const specialTags: readonly number[] = [
  chunk.init,
  chunk.abort,
  chunk.shutdownComplete,
  chunk.cookieEcho,
  chunk.heartbeat,
  chunk.heartbeatAck,
];
