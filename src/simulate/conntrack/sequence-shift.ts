/** Sequence numbers after a helper made a payload longer or shorter: net/netfilter/nf_conntrack_seqadj.c. */

import { byteAt, read16, read32, write32 } from '../../packet/bytes.ts';
import { replaceWord } from '../../packet/checksum.ts';
import { tcpFlag } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import { type Connection, type ConnectionInfo, connectionStatus, isReply } from './connection.ts';
import { newHelperState, type SequenceShift } from './helper-state.ts';

const isAfter = (first: number, second: number): boolean => ((first - second) | 0) > 0;

/** nf_ct_seqadj_set() */
export function shiftSequence(
  connection: Connection,
  direction: 0 | 1,
  sequence: number,
  growth: number,
): void {
  if (growth === 0) return;
  connection.status |= connectionStatus.sequenceAdjust;
  const state = connection.helperState ?? newHelperState;
  const shift = state.shifts[direction];
  if (shift.before !== shift.after && !isAfter(sequence, shift.position)) return;
  const next: SequenceShift = {
    position: sequence,
    before: shift.after,
    after: shift.after + growth,
  };
  const [original, reply] = state.shifts;
  const shifts = direction === 0 ? ([next, reply] as const) : ([original, next] as const);
  connection.helperState = { ...state, shifts };
}

/** nf_ct_seq_offset() */
export function sequenceOffset(
  { helperState }: Connection,
  direction: 0 | 1,
  sequence: number,
): number {
  const shift = helperState?.shifts[direction];
  if (shift === undefined) return 0;
  return isAfter(sequence, shift.position) ? shift.after : shift.before;
}

/** nf_ct_seq_adjust() */
export function adjustSequence(
  packet: LivePacket,
  connection: Connection,
  info: ConnectionInfo,
  transport: number,
): void {
  const state = connection.helperState;
  const { bytes, length } = packet;
  if (state === undefined || transport + 20 > length) return;
  const direction = isReply(info) ? 1 : 0;
  const other = state.shifts[direction === 0 ? 1 : 0];
  const sequence = read32(bytes, transport + 4);
  const shifted = sequence + sequenceOffset(connection, direction, sequence);
  replaceNumber(bytes, transport, transport + 4, shifted >>> 0);
  if ((byteAt(bytes, transport + 13) & tcpFlag.ack) === 0) return;
  const ack = read32(bytes, transport + 8);
  const late = isAfter((ack - other.before) >>> 0, other.position);
  replaceNumber(bytes, transport, transport + 8, (ack - (late ? other.after : other.before)) >>> 0);
}

function replaceNumber(bytes: Uint8Array, transport: number, at: number, value: number): void {
  const before = [read16(bytes, at), read16(bytes, at + 2)] as const;
  write32(bytes, at, value);
  const checksum = transport + 16;
  replaceWord(bytes, checksum, before[0], read16(bytes, at));
  replaceWord(bytes, checksum, before[1], read16(bytes, at + 2));
}
