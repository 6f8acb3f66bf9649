/** The window checks of the TCP tracker: tcp_in_window(). */

import { tcpFlag } from '../../packet/protocols.ts';
import { setting, settingOf } from './settings.ts';
import { highestSack, isAfter, isBefore, readTcpOptions, type Segment } from './tcp-segment.ts';
import type { TcpSide, TcpTracking } from './tcp-state.ts';
import type { TrackContext } from './track-context.ts';

export type WindowVerdict = 'accept' | 'ignore' | 'invalid';

const maxAckWindow = 66000;

function ackWindow(side: TcpSide): number {
  return Math.max(side.maxWindow, maxAckWindow);
}

function initSender(sender: TcpSide, receiver: TcpSide, segment: Segment, direction: 0 | 1): void {
  sender.end = segment.end;
  sender.maxEnd = segment.end;
  sender.maxWindow = segment.window === 0 ? 1 : segment.window;
  readTcpOptions(segment, sender);
  if (direction === 1 && !(sender.windowScale && receiver.windowScale)) {
    sender.scale = 0;
    receiver.scale = 0;
  }
}

/** A connection that was picked up in the middle: its first segment seen in this direction. */
function pickUpSender(sender: TcpSide, receiver: TcpSide, segment: Segment, sack: number): void {
  sender.end = segment.end;
  const window = (segment.window << sender.scale) >>> 0;
  sender.maxWindow = window === 0 ? 1 : window;
  sender.maxEnd = (segment.end + sender.maxWindow) >>> 0;
  if (receiver.maxWindow === 0) {
    receiver.end = sack;
    receiver.maxEnd = sack;
  } else if (sack === (receiver.end + 1) >>> 0) {
    receiver.end = sack;
  }
}

export function checkTcpWindow(
  tracking: TcpTracking,
  direction: 0 | 1,
  segment: Segment,
  context: Pick<TrackContext, 'run'>,
): WindowVerdict {
  if (settingOf(context.run, setting.tcp_no_window_check, 0) !== 0) return 'accept';
  const sender = tracking.sides[direction];
  const receiver = tracking.sides[direction === 0 ? 1 : 0];
  const { flags } = segment;
  const isSyn = (flags & tcpFlag.syn) !== 0;
  const hasAck = (flags & tcpFlag.ack) !== 0;
  const sack = receiver.sackPermitted ? highestSack(segment) : segment.acknowledgement;
  const restarts =
    isSyn &&
    isAfter(segment.end, sender.end) &&
    (tracking.state === 'SYN_SENT' || tracking.state === 'SYN_RECV');
  if (sender.maxWindow === 0) {
    if (!isSyn) pickUpSender(sender, receiver, segment, sack);
    else {
      initSender(sender, receiver, segment, direction);
      if (!hasAck) return 'accept';
    }
  } else if (restarts) {
    initSender(sender, receiver, segment, direction);
    if (direction === 1 && !hasAck) return 'accept';
  }
  return compareWithWindow(tracking, direction, segment, sack, context);
}

function compareWithWindow(
  tracking: TcpTracking,
  direction: 0 | 1,
  segment: Segment,
  sackSeen: number,
  context: Pick<TrackContext, 'run'>,
): WindowVerdict {
  const sender = tracking.sides[direction];
  const receiver = tracking.sides[direction === 0 ? 1 : 0];
  const { flags } = segment;
  const hasAck = (flags & tcpFlag.ack) !== 0;
  const isRst = (flags & tcpFlag.rst) !== 0;
  let { sequence, end } = segment;
  let ack = segment.acknowledgement;
  let sack = sackSeen;
  if (!hasAck || (isRst && ack === 0)) {
    ack = receiver.end;
    sack = receiver.end;
  }
  if (isRst && sequence === 0 && tracking.state === 'SYN_SENT') {
    sequence = sender.end;
    end = sender.end;
  }
  const lowerBound = (receiver.end - ackWindow(sender) - 1) >>> 0;
  const inReceiveWindow = isAfter(end, (sender.end - receiver.maxWindow - 1) >>> 0);
  if (!isBefore(sequence, (sender.maxEnd + 1) >>> 0)) {
    const overshot = (end - sender.maxEnd + 1) >>> 0;
    const onlySequence =
      receiver.maxWindow !== 0 &&
      inReceiveWindow &&
      isAfter(sack, lowerBound) &&
      overshot <= receiver.maxWindow &&
      isBefore(sack, (receiver.end + 1) >>> 0);
    if (!onlySequence) return failedAs(sender, context, 'invalid');
    sender.end = end;
    sender.unacknowledged = true;
    return failedAs(sender, context, 'ignore');
  }
  if (!isBefore(sack, (receiver.end + 1) >>> 0)) return failedAs(sender, context, 'invalid');
  if (receiver.maxWindow !== 0 && !inReceiveWindow) return failedAs(sender, context, 'ignore');
  if (!isAfter(sack, lowerBound)) return failedAs(sender, context, 'ignore');
  updateWindow(tracking, direction, segment, { sequence, end, ack, sack });
  return 'accept';
}

function failedAs(
  sender: TcpSide,
  { run }: Pick<TrackContext, 'run'>,
  verdict: WindowVerdict,
): WindowVerdict {
  return sender.liberal || settingOf(run, setting.tcp_be_liberal, 0) !== 0 ? 'accept' : verdict;
}

interface SegmentEdges {
  readonly sequence: number;
  readonly end: number;
  readonly ack: number;
  readonly sack: number;
}

function updateWindow(
  tracking: TcpTracking,
  direction: 0 | 1,
  segment: Segment,
  edges: SegmentEdges,
): void {
  const sender = tracking.sides[direction];
  const receiver = tracking.sides[direction === 0 ? 1 : 0];
  const { end, ack, sack } = edges;
  const isSyn = (segment.flags & tcpFlag.syn) !== 0;
  const window = isSyn ? segment.window : (segment.window << sender.scale) >>> 0;
  const seenWindow = (window + (sack - ack)) >>> 0;
  if (sender.maxWindow < seenWindow) sender.maxWindow = seenWindow;
  if (isAfter(end, sender.end)) {
    sender.end = end;
    sender.unacknowledged = true;
  }
  if (segment.flags & tcpFlag.ack && (!sender.maxAckSet || isAfter(ack, sender.maxAck))) {
    sender.maxAck = ack;
    sender.maxAckSet = true;
  }
  if (receiver.maxWindow !== 0 && isAfter(end, sender.maxEnd))
    receiver.maxWindow = (receiver.maxWindow + end - sender.maxEnd) >>> 0;
  if (isAfter((sack + window) >>> 0, (receiver.maxEnd - 1) >>> 0)) {
    receiver.maxEnd = (sack + window + (window === 0 ? 1 : 0)) >>> 0;
  }
  if (ack === receiver.end) receiver.unacknowledged = false;
  if (segment.kind === 'ack') noteRetransmission(tracking, direction, segment, edges);
}

function noteRetransmission(
  tracking: TcpTracking,
  direction: 0 | 1,
  segment: Segment,
  edges: SegmentEdges,
): void {
  const again =
    tracking.lastDirection === direction &&
    tracking.lastSequence === edges.sequence &&
    tracking.lastAck === edges.ack &&
    tracking.lastEnd === edges.end &&
    tracking.lastWindow === segment.window;
  if (again) {
    tracking.retransmissions++;
    return;
  }
  tracking.lastDirection = direction;
  tracking.lastSequence = edges.sequence;
  tracking.lastAck = edges.ack;
  tracking.lastEnd = edges.end;
  tracking.lastWindow = segment.window;
  tracking.retransmissions = 0;
}
