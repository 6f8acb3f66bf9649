/** TCP tracking data and the state table (net/netfilter/nf_conntrack_proto_tcp.c, v6.18). */

export const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;

export type TcpState = (typeof tcpStates)[number];
export type TcpTransition = TcpState | 'ignore' | 'invalid';

/** What a segment's flags make of it. */
export type SegmentKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';

/** What is known about one side. */
export interface TcpSide {
  end: number;
  maxEnd: number;
  maxWindow: number;
  maxAck: number;
  scale: number;
  windowScale: boolean;
  sackPermitted: boolean;
  closeInitiated: boolean;
  liberal: boolean;
  unacknowledged: boolean;
  maxAckSet: boolean;
}

export interface TcpTracking {
  state: TcpState;
  /** Original and reply side. */
  readonly sides: readonly [TcpSide, TcpSide];
  lastDirection: 0 | 1;
  lastKind: SegmentKind;
  lastSequence: number;
  lastAck: number;
  lastEnd: number;
  lastWindow: number;
  lastScale: number;
  lastWindowScale: boolean;
  lastSackPermitted: boolean;
  /** A challenge ACK may answer the SYN that was let through. */
  challengeExpected: boolean;
  simultaneousOpen: boolean;
  retransmissions: number;
}

export function newTcpSide(): TcpSide {
  return {
    end: 0,
    maxEnd: 0,
    maxWindow: 0,
    maxAck: 0,
    scale: 0,
    windowScale: false,
    sackPermitted: false,
    closeInitiated: false,
    liberal: false,
    unacknowledged: false,
    maxAckSet: false,
  };
}

export function newTcpTracking(): TcpTracking {
  return {
    state: 'NONE',
    sides: [newTcpSide(), newTcpSide()],
    lastDirection: 0,
    lastKind: 'none',
    lastSequence: 0,
    lastAck: 0,
    lastEnd: 0,
    lastWindow: 0,
    lastScale: 0,
    lastWindowScale: false,
    lastSackPermitted: false,
    challengeExpected: false,
    simultaneousOpen: false,
    retransmissions: 0,
  };
}

export function copyTcpTracking(tracking: TcpTracking): TcpTracking {
  const [original, reply] = tracking.sides;
  return { ...tracking, sides: [{ ...original }, { ...reply }] };
}

type Row = readonly TcpTransition[];

const words: Readonly<Record<string, TcpTransition>> = {
  '--': 'invalid',
  ig: 'ignore',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
};

function row(text: string): Row {
  return text.split(' ').map((word) => words[word] ?? 'invalid');
}

/** Columns are the old states in the order of `tcpStates`; the new state of a segment by its direction and kind. */
const originalRows: Readonly<Record<SegmentKind, Row>> = {
  syn: row('SS SS ig ig ig ig ig SS SS S2'),
  synack: row('-- -- SR -- -- -- -- -- -- SR'),
  fin: row('-- -- FW FW LA LA LA TW CL --'),
  ack: row('ES -- ES ES CW CW TW TW CL --'),
  rst: row('-- CL CL CL CL CL CL CL CL CL'),
  none: row('-- -- -- -- -- -- -- -- -- --'),
};

const replyRows: Readonly<Record<SegmentKind, Row>> = {
  syn: row('-- S2 -- -- -- -- -- SS -- S2'),
  synack: row('-- SR ig ig ig ig ig ig ig SR'),
  fin: row('-- -- FW FW LA LA LA TW CL --'),
  ack: row('-- ig SR ES CW CW TW TW CL ig'),
  rst: row('-- CL CL CL CL CL CL CL CL CL'),
  none: row('-- -- -- -- -- -- -- -- -- --'),
};

export function tcpTransition(direction: 0 | 1, kind: SegmentKind, state: TcpState): TcpTransition {
  return rowOf(direction === 0 ? originalRows : replyRows, kind)[stateNumber(state)] ?? 'invalid';
}

/** Switches: looking words up in a record or a list is slower, and each segment does it. */
function rowOf(rows: Readonly<Record<SegmentKind, Row>>, kind: SegmentKind): Row {
  switch (kind) {
    case 'syn':
      return rows.syn;
    case 'synack':
      return rows.synack;
    case 'fin':
      return rows.fin;
    case 'ack':
      return rows.ack;
    case 'rst':
      return rows.rst;
    case 'none':
      return rows.none;
  }
}

function stateNumber(state: TcpState): number {
  switch (state) {
    case 'NONE':
      return 0;
    case 'SYN_SENT':
      return 1;
    case 'SYN_RECV':
      return 2;
    case 'ESTABLISHED':
      return 3;
    default:
      return tcpStates.indexOf(state);
  }
}

/** Seconds. */
export const tcpTimeouts: Readonly<Record<TcpState | 'RETRANS' | 'UNACK', number>> = {
  NONE: 0,
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
  SYN_SENT2: 120,
  RETRANS: 300,
  UNACK: 300,
};
