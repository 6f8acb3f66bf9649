/** The connection table: finding, checking out for changes, adding, forgetting. */

import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { type Connection, connectionStatus } from './connection.ts';
import { copyTcpTracking } from './tcp-state.ts';
import { type Tuple, tupleKey } from './tuple.ts';
import { zoneIn } from './zone.ts';

export interface TupleHit {
  readonly connection: Connection;
  readonly reply: boolean;
}

/** Whatever the run knows as this connection, also when it is not in the table yet. */
export function findConnection(run: Run, id: number): Connection | undefined {
  return run.checkedOut.get(id) ?? run.store.connections.get(id);
}

/** The helper that `ct helper` and xtables' helper match speak of: that of the connection which expected this one. */
export function helperOfMaster(run: Run, { master }: Connection): string | undefined {
  return master === undefined ? undefined : findConnection(run, master)?.helper;
}

/** A copy that this run may modify; it becomes the table's at the end of the run. */
export function checkOut(run: Run, connection: Connection): Connection {
  const known = run.checkedOut.get(connection.id);
  if (known !== undefined) return known;
  const copy: Connection = {
    ...connection,
    tcp: connection.tcp === undefined ? undefined : copyTcpTracking(connection.tcp),
    sctp: connection.sctp === undefined ? undefined : { ...connection.sctp },
  };
  run.checkedOut.set(copy.id, copy);
  return copy;
}

/** Puts what was checked out back into the table. */
export function checkIn(run: Run): void {
  for (const connection of run.checkedOut.values()) {
    if ((connection.status & connectionStatus.confirmed) === 0) {
      forgetSource(run, connection);
      continue;
    }
    if (!run.store.connections.has(connection.id)) continue;
    setEntry(run.journal, run.store.connections, connection.id, connection);
  }
  run.checkedOut.clear();
}

/** nf_conntrack_find_get(); expired entries are forgotten on the way. */
export function findTuple(run: Run, tuple: Tuple, zone: number): TupleHit | undefined {
  const first = zoneIn(zone, false);
  const hit = findInZone(run, tuple, zone, first);
  const second = zoneIn(zone, true);
  return hit !== undefined || second === first ? hit : findInZone(run, tuple, zone, second);
}

/** nf_ct_key_equal(): what is found must be of the same zone in its own direction. */
function findInZone(run: Run, tuple: Tuple, zone: number, id: number): TupleHit | undefined {
  const packed = run.store.tuples.get(tupleKey(tuple, id));
  if (packed === undefined || zoneIn(zone, (packed & 1) === 1) !== id) return undefined;
  const connection = findConnection(run, packed >> 1);
  if (connection === undefined) return undefined;
  if (connection.expires <= run.clock) {
    destroyConnection(run, connection);
    return undefined;
  }
  return { connection, reply: (packed & 1) === 1 };
}

const nextConnection = 'next-connection';

/** A new, unconfirmed connection; only this packet knows it. */
export function createConnection(
  run: Run,
  family: 4 | 6,
  zone: number,
  original: Tuple,
  reply: Tuple,
): Connection {
  const id = run.store.numbers.get(nextConnection) ?? 1;
  setEntry(run.journal, run.store.numbers, nextConnection, id + 1);
  const connection: Connection = {
    id,
    family,
    zone,
    original,
    reply,
    status: 0,
    mark: 0,
    labels: undefined,
    secmark: 0,
    expires: run.clock,
    tcp: undefined,
    sctp: undefined,
    streamAt: 0,
    helper: undefined,
    master: undefined,
    masqueradeDevice: undefined,
    packets: [0, 0],
    bytes: [0, 0],
  };
  run.checkedOut.set(id, connection);
  return connection;
}

/** Is either tuple of the connection taken by another one? */
export function clashes(run: Run, connection: Connection): boolean {
  return [connection.original, connection.reply].some((tuple) => {
    const hit = findTuple(run, tuple, connection.zone);
    return hit !== undefined && hit.connection.id !== connection.id;
  });
}

/** __nf_conntrack_confirm(): from now on other packets find it. */
export function insertConnection(run: Run, connection: Connection): void {
  const { journal, store } = run;
  connection.status |= connectionStatus.confirmed;
  setEntry(journal, store.connections, connection.id, connection);
  const { id, zone } = connection;
  setEntry(journal, store.tuples, tupleKey(connection.original, zoneIn(zone, false)), id * 2);
  setEntry(journal, store.tuples, tupleKey(connection.reply, zoneIn(zone, true)), id * 2 + 1);
}

export function destroyConnection(run: Run, connection: Connection): void {
  const { journal, store } = run;
  const { id, zone } = connection;
  connection.status |= connectionStatus.dying;
  setEntry(journal, store.connections, id, undefined);
  run.checkedOut.delete(id);
  for (const tuple of [connection.original, connection.reply]) {
    const key = tupleKey(tuple, zoneIn(zone, tuple === connection.reply));
    const packed = store.tuples.get(key);
    if (packed !== undefined && packed >> 1 === id) setEntry(journal, store.tuples, key, undefined);
  }
  forgetSource(run, connection);
}

/** Key of the by-source list: original source address, source port and protocol. */
export function sourceKey(connection: Connection): string {
  const { original } = connection;
  const { source, sourcePart, protocol } = original;
  return tupleKey(
    { source, destination: source, protocol, sourcePart, destinationPart: 0 },
    zoneIn(connection.zone, false),
  );
}

/** The by-source list gets every connection whose source mapping is settled. */
export function rememberSource(run: Run, connection: Connection): void {
  const { bySource } = run.store;
  const key = sourceKey(connection);
  setEntry(run.journal, bySource, key, [connection.id, ...(bySource.get(key) ?? [])]);
}

function forgetSource(run: Run, connection: Connection): void {
  const { bySource } = run.store;
  const key = sourceKey(connection);
  const ids = bySource.get(key);
  if (ids === undefined) return;
  const rest = ids.filter((id) => id !== connection.id);
  setEntry(run.journal, bySource, key, rest.length === 0 ? undefined : rest);
}
