/** Fills the table with the connections that the host is known to have. */

import type { ConntrackEntry, ConntrackTuple } from '../../host/conntrack-entry.ts';
import type { Host } from '../../host/host.ts';
import { protocol } from '../../packet/protocols.ts';
import {
  type Journal,
  newJournal,
  nextConnectionSlot,
  type Store,
  setConnection,
  setScalar,
} from '../state/store.ts';
import { type Connection, connectionStatus } from './connection.ts';
import { linkTuple } from './table.ts';
import { newTcpTracking, type TcpState, type TcpTracking, tcpStates } from './tcp-state.ts';
import type { Tuple } from './tuple.ts';
import { sameAddress, tupleAddress } from './tuple-address.ts';
import { zoneIn, zoneNumber } from './zone.ts';

/** Entries without a printed timeout live this long: a day. */
const defaultTimeoutMilliseconds = 86400000;

export function loadConnections(store: Store, host: Host): void {
  const journal = newJournal(store);
  for (const entry of host.conntrack ?? []) enterConnection(journal, entry);
}

/** The entry as the newest connection. */
export function enterConnection(journal: Journal, entry: ConntrackEntry): void {
  const id = journal.store.scalars[nextConnectionSlot] ?? 1;
  const connection = connectionOf(entry, id);
  const { original, reply, zone } = connection;
  setConnection(journal, id, connection);
  linkTuple(journal, original, zoneIn(zone, false), id * 2);
  linkTuple(journal, reply, zoneIn(zone, true), id * 2 + 1);
  setScalar(journal, nextConnectionSlot, id + 1);
}

function tupleOfEntry(entry: ConntrackEntry, tuple: ConntrackTuple): Tuple {
  const isQuery = entry.protocol === protocol.icmp || entry.protocol === protocol.icmpv6;
  return {
    source: tupleAddress(tuple.source),
    destination: tupleAddress(tuple.destination),
    protocol: entry.protocol,
    sourcePart: (isQuery ? tuple.icmpId : (tuple.sourcePort ?? tuple.sourceKey)) ?? 0,
    destinationPart: isQuery
      ? ((tuple.icmpType ?? 0) << 8) | (tuple.icmpCode ?? 0)
      : (tuple.destinationPort ?? tuple.destinationKey ?? 0),
  };
}

function statusOf(entry: ConntrackEntry, original: Tuple, reply: Tuple): number {
  const bits = connectionStatus;
  const sameSource =
    sameAddress(reply.destination, original.source) &&
    reply.destinationPart === original.sourcePart;
  const sameTarget =
    sameAddress(reply.source, original.destination) &&
    reply.sourcePart === original.destinationPart;
  const isQuery = entry.protocol === protocol.icmp || entry.protocol === protocol.icmpv6;
  const source = isQuery ? sameAddress(reply.destination, original.source) : sameSource;
  const target = isQuery ? sameAddress(reply.source, original.destination) : sameTarget;
  return (
    bits.confirmed |
    bits.sourceNatDone |
    bits.destinationNatDone |
    (entry.unreplied ? 0 : bits.seenReply) |
    (entry.assured ? bits.assured : 0) |
    (source ? 0 : bits.sourceNat) |
    (target ? 0 : bits.destinationNat)
  );
}

function trackingOf(entry: ConntrackEntry): TcpTracking | undefined {
  if (entry.protocol !== protocol.tcp) return undefined;
  const known: TcpState | undefined = tcpStates.find((state) => state === entry.state);
  const tracking = newTcpTracking();
  tracking.state = known ?? 'ESTABLISHED';
  for (const side of tracking.sides) {
    side.liberal = true;
    side.sackPermitted = true;
  }
  return tracking;
}

/** Of both directions, or of the one whose tuple shows it. */
function zoneOf({ zone, original, reply }: ConntrackEntry): number {
  if (original.zone !== undefined) return zoneNumber(original.zone, 'original');
  return reply.zone === undefined ? zone : zoneNumber(reply.zone, 'reply');
}

/** The connection of an entry, confirmed. */
function connectionOf(entry: ConntrackEntry, id: number): Connection {
  const original = tupleOfEntry(entry, entry.original);
  const reply = tupleOfEntry(entry, entry.reply);
  const lifetime =
    entry.timeoutSeconds === undefined ? defaultTimeoutMilliseconds : entry.timeoutSeconds * 1000;
  return {
    id,
    family: entry.family,
    zone: zoneOf(entry),
    original,
    reply,
    status: statusOf(entry, original, reply),
    mark: entry.mark ?? 0,
    labels: undefined,
    secmark: 0,
    expires: loadedAt + lifetime,
    tcp: trackingOf(entry),
    sctp: undefined,
    streamAt: 0,
    helper: entry.helper,
    master: undefined,
    masqueradeDevice: undefined,
    packets: [Number(entry.original.packets ?? 0n), Number(entry.reply.packets ?? 0n)],
    bytes: [Number(entry.original.bytes ?? 0n), Number(entry.reply.bytes ?? 0n)],
  };
}

/** Timeouts of a snapshot count from its own time, which nobody says: they never run out. */
const loadedAt = Number.MAX_SAFE_INTEGER / 2;
