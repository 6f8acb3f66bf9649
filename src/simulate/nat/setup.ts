/** Binding a connection: nf_nat_setup_info() and the null binding. */

import type { Connection } from '../conntrack/connection.ts';
import { connectionStatus } from '../conntrack/connection.ts';
import { isReplyTaken, rememberSource } from '../conntrack/table.ts';
import { invertTuple, summariseTuple, tuplesEqual } from '../conntrack/tuple.ts';
import type { LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { type Manipulation, type NatRange, rangeFlag } from './range.ts';
import { uniqueTuple } from './unique-tuple.ts';

export function isInitialised(connection: Connection, manipulation: Manipulation): boolean {
  const bit =
    manipulation === 'source'
      ? connectionStatus.sourceNatDone
      : connectionStatus.destinationNatDone;
  return (connection.status & bit) !== 0;
}

/** False: the packet must be dropped. */
export function setupNat(
  run: Run,
  packet: LivePacket,
  range: NatRange,
  manipulation: Manipulation,
): boolean {
  const { connection } = packet;
  if (connection === undefined) return true;
  if (connection.status & connectionStatus.confirmed) return true;
  if (isInitialised(connection, manipulation)) return false;
  const current = invertTuple(connection.reply);
  if (current === undefined) return true;
  const { tuple, randomPort } = uniqueTuple(run, connection, current, range, manipulation);
  const isSource = manipulation === 'source';
  if (!tuplesEqual(tuple, current)) {
    const reply = invertTuple(tuple);
    if (reply === undefined) return false;
    connection.reply = reply;
    connection.status |= isSource ? connectionStatus.sourceNat : connectionStatus.destinationNat;
    if (run.recorder !== undefined)
      record(run, {
        kind: 'nat-bound',
        subject: packet.subject,
        manipulation,
        before: summariseTuple(current),
        after: summariseTuple(tuple),
        ...(randomPort ? { randomPort } : {}),
      });
  }
  finishBinding(run, connection, manipulation);
  return true;
}

function finishBinding(run: Run, connection: Connection, manipulation: Manipulation): void {
  const isSource = manipulation === 'source';
  if (isSource) rememberSource(run, connection);
  connection.status |= isSource
    ? connectionStatus.sourceNatDone
    : connectionStatus.destinationNatDone;
}

/** __nf_nat_alloc_null_binding(): the address stays, the port only changes on a clash. */
export function bindNull(run: Run, packet: LivePacket, manipulation: Manipulation): boolean {
  const { connection } = packet;
  if (connection === undefined) return true;
  const isOpen =
    (connection.status & connectionStatus.confirmed) === 0 &&
    !isInitialised(connection, manipulation);
  if (isOpen && !isReplyTaken(run, connection.reply, connection)) {
    // What get_unique_tuple() would come to: everything stays as it is.
    finishBinding(run, connection, manipulation);
    return true;
  }
  const address =
    manipulation === 'source' ? connection.reply.destination : connection.reply.source;
  const range: NatRange = {
    flags: rangeFlag.mapAddresses,
    addressMin: address,
    addressMax: address,
  };
  return setupNat(run, packet, range, manipulation);
}
