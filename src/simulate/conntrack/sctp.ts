/** The SCTP tracker: sctp_packet() of net/netfilter/nf_conntrack_proto_sctp.c. */

import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { type Connection, connectionStatus } from './connection.ts';
import { isChecksumOk } from './packet-checksum.ts';
import type { SctpState, SctpTracking } from './sctp-state.ts';
import { readNamed } from './settings.ts';
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
  [chunk.cookieAck]: 'CL CL CW ES ES SS SR SA CL',
  [chunk.shutdownComplete]: 'CL CL CW CE ES SS SR CL CL',
  [chunk.heartbeat]: 'HS CL CW CE ES SS SR SA HS',
  [chunk.heartbeatAck]: 'CL CL CW CE ES SS SR SA HS',
};

const reply: Rows = {
  [chunk.init]: '-- CL CW CE ES SS SR SA --',
  [chunk.initAck]: '-- CW CW CE ES SS SR SA --',
  [chunk.abort]: '-- CL CL CL CL CL CL CL --',
  [chunk.shutdown]: '-- CL CW CE SR SS SR SA --',
  [chunk.shutdownAck]: '-- CL CW CE ES SA SA SA --',
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
  /** The T flag: the tag is that of the peer. */
  readonly reflected: boolean;
}

const only: ReadonlySet<number> = new Set([chunk.init, chunk.initAck, chunk.shutdownComplete]);
const first: ReadonlySet<number> = new Set([chunk.cookieEcho, chunk.cookieAck]);

/** Chunks in order; undefined when one is broken or in a wrong place (do_basic_checks()). */
function readChunks(bytes: Uint8Array, offset: number, end: number): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let alone = false;
  for (let at = offset + 12; at + 4 <= end; ) {
    const type = byteAt(bytes, at);
    const length = read16(bytes, at + 2);
    alone ||= only.has(type);
    if (length === 0 || ((alone || first.has(type)) && chunks.length > 0)) return undefined;
    chunks.push({ type, offset: at, reflected: (byteAt(bytes, at + 1) & 1) !== 0 });
    at += (length + 3) & ~3;
  }
  return chunks.length === 0 ? undefined : chunks;
}

/** nf_conntrack_sctp_packet() */
export function trackSctp(connection: Connection, context: TrackContext): TrackVerdict {
  const { bytes, offset, end, direction } = context;
  if (offset + 12 > end) return { kind: 'invalid', reason: 'SHORT_HEADER' };
  if (!isChecksumOk(context)) return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
  const chunks = readChunks(bytes, offset, end);
  if (chunks === undefined) return { kind: 'invalid', reason: 'BAD_CHUNKS' };
  const tag = read32(bytes, offset + 4);
  const isNew = (connection.status & connectionStatus.confirmed) === 0;
  if (isNew) connection.sctp = startTracking(chunks, context, tag);
  const { sctp } = connection;
  if (sctp === undefined) return { kind: 'invalid', reason: 'NO_ENTRY' };
  const special = chunks.some(({ type }) => ownTagCheck.has(type));
  if (!special && tag !== sctp.tags[direction]) return { kind: 'invalid', reason: 'BAD_TAG' };
  const walk: ChunkWalk = { connection, sctp, chunks, context, tag, isNew, ignored: false };
  for (const each of chunks) {
    const reason = walkChunk(walk, each);
    if (reason !== undefined) return { kind: 'invalid', reason };
  }
  if (walk.ignored) return { kind: 'accept' };
  const known = readNamed(context.run, `sctp_timeout_${sctp.state.toLowerCase()}`);
  const seconds = Number.isNaN(known) ? (timeouts[sctp.state] ?? 10) : known;
  return { kind: 'accept', timeoutSeconds: seconds };
}

const outOfTheBlue: ReadonlySet<number> = new Set([
  chunk.abort,
  chunk.shutdownComplete,
  chunk.cookieAck,
]);

/** sctp_new(): a packet out of the blue (RFC 9260, section 8.4) may begin an entry, but not with every chunk. */
function startTracking(
  chunks: readonly Chunk[],
  { bytes, end }: TrackContext,
  tag: number,
): SctpTracking | undefined {
  if (chunks.some(({ type }) => outOfTheBlue.has(type))) return undefined;
  let tags: [number, number] = [0, 0];
  for (const { type, offset } of chunks) {
    const to = transition(0, type, 'NONE');
    if (to === undefined || to === 'NONE') return undefined;
    if (type === chunk.init) {
      if (tag !== 0 || offset + 20 > end) return undefined;
      tags = [tags[0], read32(bytes, offset + 4)];
    } else if (type === chunk.heartbeat) tags = [tag, tags[1]];
    else if (type === chunk.shutdownAck) tags = [tags[0], tag];
  }
  return { state: 'NONE', tags, lastDirection: 0, flags: 0, initSeen: [false, false] };
}

interface ChunkWalk {
  readonly connection: Connection;
  readonly sctp: SctpTracking;
  readonly chunks: readonly Chunk[];
  readonly context: TrackContext;
  readonly tag: number;
  readonly isNew: boolean;
  /** The packet is fine, but does not refresh the timeout. */
  ignored: boolean;
}

type Trouble = Extract<TrackVerdict, { kind: 'invalid' }>['reason'];

const heartbeatTagFailed = 1;

function setTag(sctp: SctpTracking, direction: number, tag: number): void {
  sctp.tags = direction === 0 ? [tag, sctp.tags[1]] : [sctp.tags[0], tag];
}

/** Why the packet is invalid; undefined: the chunk is fine. */
function walkChunk(walk: ChunkWalk, each: Chunk): Trouble | undefined {
  const { sctp, context } = walk;
  const verdict = checkTag(walk, each);
  if (verdict === 'bad') return 'BAD_TAG';
  if (verdict === 'skip') return undefined;
  const to = transition(context.direction, each.type, sctp.state);
  if (to === undefined) return 'BAD_STATE';
  if (!noteInitiation(walk, each, to)) return 'BAD_TAG';
  // At once: the entry stays assured if a later chunk makes the packet invalid.
  if (to === 'ESTABLISHED' && sctp.state !== to) walk.connection.status |= connectionStatus.assured;
  sctp.state = to;
  return undefined;
}

/** The rules for tags of single chunks (RFC 9260, section 8.5.1). */
function checkTag(walk: ChunkWalk, { type, reflected }: Chunk): 'fine' | 'bad' | 'skip' {
  const { sctp, tag } = walk;
  const { direction } = walk.context;
  const expected = sctp.tags[direction];
  switch (type) {
    case chunk.init:
      return tag === 0 ? 'fine' : 'bad';
    case chunk.abort:
    case chunk.shutdownComplete:
      return tag === (reflected ? sctp.tags[direction === 0 ? 1 : 0] : expected) ? 'fine' : 'bad';
    case chunk.cookieEcho:
      return tag === expected ? 'fine' : 'bad';
    case chunk.cookieAck:
      sctp.initSeen = [false, false];
      return 'fine';
    case chunk.heartbeat:
    case chunk.heartbeatAck:
      return checkHeartbeat(walk, type);
    default:
      return 'fine';
  }
}

function checkHeartbeat(walk: ChunkWalk, type: number): 'fine' | 'bad' | 'skip' {
  const { sctp, tag, chunks } = walk;
  const { direction } = walk.context;
  const expected = sctp.tags[direction];
  if (expected === 0) {
    setTag(sctp, direction, tag);
    return 'fine';
  }
  if (tag === expected) {
    sctp.flags &= ~heartbeatTagFailed;
    return 'fine';
  }
  if (walk.ignored || chunks.some((each) => each.type === chunk.data)) return 'bad';
  if (type === chunk.heartbeat) {
    sctp.flags |= heartbeatTagFailed;
    sctp.lastDirection = direction;
    walk.ignored = true;
    return 'skip';
  }
  if ((sctp.flags & heartbeatTagFailed) === 0 || sctp.lastDirection === direction) return 'bad';
  sctp.flags &= ~heartbeatTagFailed;
  sctp.tags = direction === 0 ? [tag, 0] : [0, tag];
  return 'fine';
}

/** INIT and INIT ACK tell the tag of the other direction; false: the packet is invalid. */
function noteInitiation(walk: ChunkWalk, { type, offset }: Chunk, to: SctpState): boolean {
  if (type !== chunk.init && type !== chunk.initAck) return true;
  const { sctp, isNew } = walk;
  const { bytes, end, direction } = walk.context;
  if (offset + 20 > end) return false;
  const other = direction === 0 ? 1 : 0;
  const initiate = read32(bytes, offset + 4);
  const known = sctp.tags[other];
  if (type === chunk.init) {
    // Of two crossing INITs that were answered, the other one is forgotten.
    const crossed = sctp.initSeen[0] && sctp.initSeen[1];
    const others = sctp.initSeen[other] && !crossed;
    sctp.initSeen = direction === 0 ? [true, others] : [others, true];
    if (to === 'CLOSED' && sctp.state === 'CLOSED' && !isNew) walk.ignored = true;
  } else {
    if (!sctp.initSeen[other] && known !== 0 && known !== initiate) return false;
    if (sctp.initSeen[0] && sctp.initSeen[1] && known !== initiate) return false;
  }
  setTag(sctp, other, initiate);
  return true;
}

/** Chunks whose tag is not checked, or by rules of their own. */
const ownTagCheck: ReadonlySet<number> = new Set([
  chunk.init,
  chunk.abort,
  chunk.shutdownComplete,
  chunk.shutdownAck,
  chunk.cookieEcho,
  chunk.heartbeat,
  chunk.heartbeatAck,
]);
