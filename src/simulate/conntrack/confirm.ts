/** The confirm hook, last in input and postrouting: nf_confirm(), __nf_conntrack_confirm(). */

import { protocol } from '../../packet/protocols.ts';
import { runHelper } from '../helpers/run-helper.ts';
import type { LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { connectionStatus, isReply } from './connection.ts';
import { clashes, insertConnection } from './table.ts';
import { summariseTuple } from './tuple.ts';

/** False: another connection has the same tuple, and the packet is dropped. */
export function confirmPacket(run: Run, packet: LivePacket): boolean {
  const { connection, connectionInfo } = packet;
  if (connection === undefined || connectionInfo === undefined) return true;
  if (connection.helper !== undefined || connection.helperState !== undefined) {
    if (!runHelper(run, packet, connection)) return false;
  }
  if (connection.status & connectionStatus.confirmed) return true;
  if (isReply(connectionInfo)) return true;
  if (connection.status & connectionStatus.dying) return false;
  if (clashes(run, connection)) {
    record(run, { kind: 'conntrack-destroyed', subject: packet.subject, reason: 'CLASH' });
    return false;
  }
  insertConnection(run, connection);
  if (run.recorder !== undefined)
    record(run, {
      kind: 'conntrack-confirmed',
      subject: packet.subject,
      original: summariseTuple(connection.original),
      reply: summariseTuple(connection.reply),
    });
  return true;
}

/** The trackers that put up with a clash (allow_clash): those of UDP and UDP-Lite. */
export function allowsClash(number: number): boolean {
  return number === protocol.udp || number === protocol.udplite;
}
