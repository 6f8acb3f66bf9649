/** The TCP tracker: nf_conntrack_tcp_packet(), net/netfilter/nf_conntrack_proto_tcp.c. */

import { type Connection, connectionStatus } from './connection.ts';
import { isChecksumOk } from './packet-checksum.ts';
import { sequenceOffset } from './sequence-shift.ts';
import { setting, settingOf } from './settings.ts';
import {
  areFlagsValid,
  isBefore,
  readSegment,
  readTcpOptions,
  type Segment,
} from './tcp-segment.ts';
import {
  newTcpSide,
  newTcpTracking,
  type TcpState,
  type TcpTracking,
  tcpTimeouts,
  tcpTransition,
} from './tcp-state.ts';
import { checkTcpWindow } from './tcp-window.ts';
import type { TrackContext, TrackVerdict } from './track-context.ts';

export function trackTcp(connection: Connection, context: TrackContext): TrackVerdict {
  const { bytes, offset, end } = context;
  if (offset + 20 > end) return { kind: 'invalid', reason: 'SHORT_HEADER' };
  const segment = readSegment(bytes, offset, end);
  if (segment.headerLength < 20 || end - offset < segment.headerLength)
    return { kind: 'invalid', reason: 'SHORT_HEADER' };
  if (!isChecksumOk(context)) return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
  if (!areFlagsValid(segment.flags)) return { kind: 'invalid', reason: 'BAD_FLAGS' };
  const isNew = (connection.status & connectionStatus.confirmed) === 0;
  if (isNew && !startTracking(connection, segment, context))
    return { kind: 'invalid', reason: 'NO_ENTRY' };
  const { tcp } = connection;
  if (tcp === undefined) return { kind: 'invalid', reason: 'NO_ENTRY' };
  return trackSegment(connection, tcp, unshifted(connection, segment, context), context);
}

/** Acknowledgements of a stream that a helper changed speak of the changed numbers (tcp_in_window()). */
function unshifted(connection: Connection, segment: Segment, { direction }: TrackContext): Segment {
  if (connection.helperState === undefined) return segment;
  const { acknowledgement } = segment;
  const other = direction === 0 ? 1 : 0;
  const offset = sequenceOffset(connection, other, (acknowledgement - 1) >>> 0);
  return { ...segment, acknowledgement: (acknowledgement - offset) >>> 0 };
}

/** tcp_new() */
function startTracking(connection: Connection, segment: Segment, context: TrackContext): boolean {
  const first = tcpTransition(0, segment.kind, 'NONE');
  if (first === 'invalid' || first === 'ignore') return false;
  const tracking = newTcpTracking();
  const [original, reply] = tracking.sides;
  original.end = segment.end;
  original.maxWindow = segment.window === 0 ? 1 : segment.window;
  original.maxEnd = segment.end;
  if (first === 'SYN_SENT') {
    readTcpOptions(segment, original);
  } else {
    if (settingOf(context.run, setting.tcp_loose, 1) === 0) return false;
    original.maxEnd = (segment.end + original.maxWindow) >>> 0;
    for (const side of [original, reply]) {
      side.sackPermitted = true;
      side.liberal = true;
    }
  }
  connection.tcp = tracking;
  return true;
}

type Step =
  | { readonly kind: 'done'; readonly verdict: TrackVerdict }
  | { readonly kind: 'check'; readonly state: TcpState; readonly from: TcpState }
  | { readonly kind: 'in-window'; readonly state: TcpState; readonly from: TcpState };

const accepted: Step = { kind: 'done', verdict: { kind: 'accept' } };

function trackSegment(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  context: TrackContext,
): TrackVerdict {
  const { direction } = context;
  const before = tracking.state;
  const step = nextStep(connection, tracking, segment, context);
  if (step.kind === 'done') return step.verdict;
  if (step.kind === 'check') {
    const verdict = checkTcpWindow(tracking, direction, segment, context);
    if (verdict === 'ignore') return { kind: 'accept' };
    if (verdict === 'invalid') {
      noteInvalid(connection, tracking, segment, context);
      return { kind: 'invalid', reason: 'OUT_OF_WINDOW' };
    }
  }
  tracking.lastKind = segment.kind;
  tracking.lastDirection = direction;
  tracking.state = step.state;
  if (before !== step.state && step.from !== step.state && step.state === 'FIN_WAIT')
    tracking.sides[direction].closeInitiated = true;
  return settle(connection, tracking, segment, step.from, context);
}

/** The switch over the new state of the segment. */
function nextStep(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  context: TrackContext,
): Step {
  const { direction } = context;
  const from = tracking.state;
  const to = tcpTransition(direction, segment.kind, from);
  switch (to) {
    case 'invalid':
      return { kind: 'done', verdict: { kind: 'invalid', reason: 'BAD_STATE' } };
    case 'SYN_SENT':
      if (from !== 'TIME_WAIT' && from !== 'CLOSE' && from !== 'SYN_SENT2')
        return { kind: 'check', state: to, from };
      if (
        tracking.sides.some((side) => side.closeInitiated) ||
        (tracking.lastDirection === direction && tracking.lastKind === 'rst')
      )
        return { kind: 'done', verdict: { kind: 'repeat' } };
      return ignoreSegment(tracking, segment, direction);
    case 'ignore':
      return ignoreSegment(tracking, segment, direction);
    case 'TIME_WAIT':
      return isChallengeAck(tracking, segment, direction)
        ? accepted
        : { kind: 'check', state: to, from };
    case 'SYN_SENT2':
      tracking.simultaneousOpen = true;
      return { kind: 'check', state: to, from };
    case 'SYN_RECV': {
      const opened = direction === 1 && segment.kind === 'ack' && tracking.simultaneousOpen;
      return { kind: 'check', state: opened ? 'ESTABLISHED' : to, from };
    }
    case 'CLOSE':
      return segment.kind === 'rst'
        ? closeByReset(connection, tracking, segment, context)
        : { kind: 'check', state: to, from };
    default:
      return { kind: 'check', state: to, from };
  }
}

function isChallengeAck(tracking: TcpTracking, segment: Segment, direction: 0 | 1): boolean {
  const isChallenge =
    tracking.state === 'LAST_ACK' &&
    segment.kind === 'ack' &&
    tracking.lastDirection !== direction &&
    tracking.lastKind === 'syn' &&
    tracking.challengeExpected;
  if (isChallenge) tracking.challengeExpected = false;
  return isChallenge;
}

/** Segments that may tell that the entry is out of step are let through and remembered. */
function ignoreSegment(tracking: TcpTracking, segment: Segment, direction: 0 | 1): Step {
  const from = tracking.state;
  const answersIgnoredSyn =
    segment.kind === 'synack' &&
    tracking.lastKind === 'syn' &&
    tracking.lastDirection !== direction &&
    segment.acknowledgement === tracking.lastEnd;
  if (answersIgnoredSyn) {
    resynchronise(tracking, direction);
    return { kind: 'check', state: 'SYN_RECV', from: 'SYN_SENT' };
  }
  tracking.lastKind = segment.kind;
  tracking.lastDirection = direction;
  tracking.lastSequence = segment.sequence;
  tracking.lastEnd = segment.end;
  tracking.lastWindow = segment.window;
  if (segment.kind === 'syn' && direction === 0) {
    const seen = newTcpSide();
    readTcpOptions(segment, seen);
    tracking.lastWindowScale = seen.windowScale;
    tracking.lastScale = seen.windowScale ? seen.scale : 0;
    tracking.lastSackPermitted = seen.sackPermitted;
    tracking.simultaneousOpen = false;
    tracking.challengeExpected = from === 'LAST_ACK';
  }
  if (from === 'SYN_SENT' && segment.kind === 'ack' && direction === 1)
    tracking.lastAck = segment.acknowledgement;
  return accepted;
}

function resynchronise(tracking: TcpTracking, direction: 0 | 1): void {
  const other = tracking.sides[tracking.lastDirection];
  other.end = tracking.lastEnd;
  other.maxEnd = tracking.lastEnd;
  other.maxWindow = tracking.lastWindow === 0 ? 1 : tracking.lastWindow;
  other.scale = tracking.lastScale;
  tracking.challengeExpected = false;
  other.windowScale = tracking.lastWindowScale;
  other.sackPermitted = tracking.lastSackPermitted;
  other.closeInitiated = false;
  other.liberal = false;
  other.unacknowledged = false;
  other.maxAckSet = false;
  const own = tracking.sides[direction];
  Object.assign(own, { ...newTcpSide(), liberal: own.liberal });
}

/** States in which the tuple may have been used again already (tcp_can_early_drop). */
const closingStates: readonly TcpState[] = [
  'FIN_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
];

function closeByReset(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  context: TrackContext,
): Step {
  const { direction } = context;
  const from = tracking.state;
  const to: TcpState = 'CLOSE';
  if (closingStates.includes(from)) return { kind: 'in-window', state: to, from };
  const other = tracking.sides[direction === 0 ? 1 : 0];
  const isAssured = (connection.status & connectionStatus.assured) !== 0;
  const isEstablished = from === 'ESTABLISHED' && isAssured;
  let state: TcpState = to;
  if (other.maxAckSet && tracking.lastKind !== 'syn') {
    const { sequence } = segment;
    if (sequence === 0 && !isEstablished) return { kind: 'check', state, from };
    if (
      isBefore(sequence, other.maxAck) &&
      settingOf(context.run, setting.tcp_ignore_invalid_rst, 0) === 0
    )
      return { kind: 'done', verdict: { kind: 'invalid', reason: 'INVALID_RST' } };
    if (!isEstablished || sequence === other.maxAck) return { kind: 'check', state, from };
    const inTrain =
      tracking.lastKind === 'ack' &&
      tracking.lastDirection === direction &&
      sequence === tracking.lastEnd;
    if (inTrain) return { kind: 'check', state, from };
    state = from;
  }
  return answersIgnored(connection, tracking, segment, direction)
    ? { kind: 'in-window', state, from }
    : { kind: 'check', state, from };
}

/** An RST that answers a SYN or ACK which was let through although it did not fit. */
function answersIgnored(
  { status }: Connection,
  tracking: TcpTracking,
  segment: Segment,
  direction: 0 | 1,
): boolean {
  const answersSyn =
    (status & connectionStatus.seenReply) !== 0 &&
    tracking.lastKind === 'syn' &&
    tracking.lastDirection !== direction;
  const answersAck = (status & connectionStatus.assured) === 0 && tracking.lastKind === 'ack';
  if ((answersSyn || answersAck) && segment.acknowledgement === tracking.lastEnd) return true;
  return (
    tracking.state === 'SYN_SENT' &&
    tracking.lastKind === 'ack' &&
    tracking.lastDirection === 1 &&
    segment.sequence === tracking.lastAck
  );
}

const longMilliseconds = 120_000;

/** nf_tcp_handle_invalid(): two sides that close out of step shorten what is left of the entry's life. */
function noteInvalid(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  context: TrackContext,
): void {
  const { direction, clock } = context;
  const { assured, fixedTimeout } = connectionStatus;
  if ((connection.status & (assured | fixedTimeout)) !== assured) return;
  if (segment.kind !== 'rst' && segment.kind !== 'fin') return;
  const answered =
    tracking.lastDirection !== direction &&
    (tracking.lastKind === 'fin' || tracking.lastKind === 'rst');
  if (answered) {
    const left = connection.expires - clock;
    const shorter = timeoutOf(connection, context, 'UNACK') * 1000;
    if (left >= longMilliseconds && left > shorter) connection.expires = clock + shorter;
    return;
  }
  tracking.lastKind = segment.kind;
  tracking.lastDirection = direction;
}

/** Timeouts, assurance, and the end of connections that only got an RST. */
function settle(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  from: TcpState,
  context: TrackContext,
): TrackVerdict {
  const { state } = tracking;
  let seconds = timeoutSeconds(connection, tracking, segment, context);
  if ((connection.status & connectionStatus.seenReply) === 0) {
    if (segment.kind === 'rst') return { kind: 'accept', kill: true };
    if (segment.kind === 'syn' && from === 'SYN_SENT') return { kind: 'accept' };
    if (state === 'ESTABLISHED')
      seconds = Math.min(seconds, timeoutOf(connection, context, 'UNACK'));
  } else if (
    (connection.status & connectionStatus.assured) === 0 &&
    (from === 'SYN_RECV' || from === 'ESTABLISHED') &&
    state === 'ESTABLISHED'
  ) {
    connection.status |= connectionStatus.assured;
  }
  return { kind: 'accept', timeoutSeconds: seconds };
}

function timeoutSeconds(
  connection: Connection,
  tracking: TcpTracking,
  segment: Segment,
  context: TrackContext,
): number {
  const normal = timeoutOf(connection, context, tracking.state);
  const { retransmissions, sides, lastWindow } = tracking;
  if (retransmissions >= settingOf(context.run, setting.tcp_max_retrans, 3)) {
    const retransmitted = timeoutOf(connection, context, 'RETRANS');
    if (normal > retransmitted) return retransmitted;
  }
  if (segment.kind === 'rst') return timeoutOf(connection, context, 'CLOSE');
  if (sides[0].unacknowledged || sides[1].unacknowledged) {
    const unacknowledged = timeoutOf(connection, context, 'UNACK');
    if (normal > unacknowledged) return unacknowledged;
  }
  return lastWindow === 0 ? Math.min(normal, timeoutOf(connection, context, 'RETRANS')) : normal;
}

type TimedState = keyof typeof tcpTimeouts;

/** Seconds: by the policy of the connection, else by the host's settings. */
function timeoutOf(connection: Connection, context: TrackContext, state: TimedState): number {
  const { timeouts } = connection;
  if (timeouts !== undefined) return timeouts[state.toLowerCase()] ?? hostTimeout(context, state);
  return hostTimeout(context, state);
}

/** A switch: looking words up in a record is slower, and each segment asks for some. */
function hostTimeout({ run }: TrackContext, state: TimedState): number {
  switch (state) {
    case 'NONE':
      return settingOf(run, setting.tcp_timeout_none, tcpTimeouts.NONE);
    case 'SYN_SENT':
      return settingOf(run, setting.tcp_timeout_syn_sent, tcpTimeouts.SYN_SENT);
    case 'SYN_RECV':
      return settingOf(run, setting.tcp_timeout_syn_recv, tcpTimeouts.SYN_RECV);
    case 'ESTABLISHED':
      return settingOf(run, setting.tcp_timeout_established, tcpTimeouts.ESTABLISHED);
    case 'FIN_WAIT':
      return settingOf(run, setting.tcp_timeout_fin_wait, tcpTimeouts.FIN_WAIT);
    case 'CLOSE_WAIT':
      return settingOf(run, setting.tcp_timeout_close_wait, tcpTimeouts.CLOSE_WAIT);
    case 'LAST_ACK':
      return settingOf(run, setting.tcp_timeout_last_ack, tcpTimeouts.LAST_ACK);
    case 'TIME_WAIT':
      return settingOf(run, setting.tcp_timeout_time_wait, tcpTimeouts.TIME_WAIT);
    case 'CLOSE':
      return settingOf(run, setting.tcp_timeout_close, tcpTimeouts.CLOSE);
    case 'SYN_SENT2':
      return settingOf(run, setting.tcp_timeout_syn_sent2, tcpTimeouts.SYN_SENT2);
    case 'RETRANS':
      return settingOf(run, setting.tcp_timeout_max_retrans, tcpTimeouts.RETRANS);
    case 'UNACK':
      return settingOf(run, setting.tcp_timeout_unacknowledged, tcpTimeouts.UNACK);
  }
}
