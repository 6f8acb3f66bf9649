/** The connection table: finding, checking out for changes, adding, forgetting. */

import type { Run } from '../run.ts';
import { firstLink, type Link, newLink } from '../state/link-table.ts';
import {
  addLink,
  type Journal,
  nextConnectionSlot,
  removeLink,
  type Store,
  setConnection,
  setScalar,
} from '../state/store.ts';
import { type Connection, connectionStatus } from './connection.ts';
import { copyTcpTracking } from './tcp-state.ts';
import { haveSameSource, sourceHash, type Tuple, tupleHash, tuplesEqual } from './tuple.ts';
import { zoneIn } from './zone.ts';

export interface TupleHit {
  readonly connection: Connection;
  readonly reply: boolean;
}

/** Whatever the run knows as this connection, also when it is not in the table yet. */
export function findConnection(run: Run, id: number): Connection | undefined {
  return findCheckedOut(run, id) ?? run.store.connections[id];
}

/** A packet checks out very few. */
function findCheckedOut({ checkedOut }: Run, id: number): Connection | undefined {
  for (let index = 0; index < checkedOut.length; index++) {
    const connection = checkedOut[index];
    if (connection !== undefined && connection.id === id) return connection;
  }
  return undefined;
}

/** The helper that `ct helper` and xtables' helper match speak of: that of the connection which expected this one. */
export function helperOfMaster(run: Run, { master }: Connection): string | undefined {
  return master === undefined ? undefined : findConnection(run, master)?.helper;
}

/** A copy that this run may modify; it becomes the table's at the end of the run. */
export function checkOut(run: Run, connection: Connection): Connection {
  const known = findCheckedOut(run, connection.id);
  if (known !== undefined) return known;
  const copy: Connection = {
    ...connection,
    tcp: connection.tcp === undefined ? undefined : copyTcpTracking(connection.tcp),
    sctp: connection.sctp === undefined ? undefined : { ...connection.sctp },
  };
  run.checkedOut.push(copy);
  return copy;
}

/** Puts what was checked out back into the table. */
export function checkIn(run: Run): void {
  const { checkedOut, journal, store } = run;
  for (let index = 0; index < checkedOut.length; index++) {
    const connection = checkedOut[index];
    if (connection === undefined) continue;
    if ((connection.status & connectionStatus.confirmed) === 0) forgetSource(run, connection);
    else if (store.connections[connection.id] !== undefined)
      setConnection(journal, connection.id, connection);
  }
  while (checkedOut.length > 0) checkedOut.pop();
}

/** nf_conntrack_find_get(); expired entries are forgotten on the way. */
export function findTuple(run: Run, tuple: Tuple, zone: number): TupleHit | undefined {
  const first = zoneIn(zone, false);
  const hit = findInZone(run, tuple, zone, first);
  const second = zoneIn(zone, true);
  return hit !== undefined || second === first ? hit : findInZone(run, tuple, zone, second);
}

/** nf_ct_key_equal(): what is found must be of the same zone in its own direction. */
function findInZone(
  run: Run,
  tuple: Tuple,
  zone: number,
  id: number,
  isWanted?: (connection: Connection) => boolean,
): TupleHit | undefined {
  const hash = tupleHash(tuple, id);
  let link = firstLink(run.store.tuples, hash);
  while (link !== undefined) {
    const { value } = link;
    const fits = link.hash === hash && link.zone === id && tuplesEqual(link.tuple, tuple);
    link = link.next;
    if (!fits || zoneIn(zone, (value & 1) === 1) !== id) continue;
    const connection = findConnection(run, value >> 1);
    if (connection === undefined) continue;
    if (connection.expires <= run.clock) destroyConnection(run, connection);
    else if (isWanted === undefined || isWanted(connection))
      return { connection, reply: (value & 1) === 1 };
  }
  return undefined;
}

/** nf_conntrack_tuple_taken(): is the reply tuple taken, other than by the same flow? */
export function isReplyTaken(run: Run, reply: Tuple, own: Connection): boolean {
  const { id, zone, original } = own;
  const isOther = (other: Connection): boolean =>
    other.id !== id &&
    !(tuplesEqual(other.original, original) && zoneIn(other.zone, false) === zoneIn(zone, false));
  return findInZone(run, reply, zone, zoneIn(zone, true), isOther) !== undefined;
}

/** The link of the tuple in that very zone: connection id × 2 + direction. */
export function findTupleLink({ tuples }: Store, tuple: Tuple, zone: number): Link | undefined {
  const hash = tupleHash(tuple, zone);
  for (let link = firstLink(tuples, hash); link !== undefined; link = link.next)
    if (link.hash === hash && link.zone === zone && tuplesEqual(link.tuple, tuple)) return link;
  return undefined;
}

/** From now on the tuple leads to `value`, wherever it led before. */
export function linkTuple(journal: Journal, tuple: Tuple, zone: number, value: number): void {
  const { tuples } = journal.store;
  const known = findTupleLink(journal.store, tuple, zone);
  if (known !== undefined) removeLink(journal, tuples, known);
  addLink(journal, tuples, newLink(tuples, tupleHash(tuple, zone), tuple, zone, value));
}

const nothingCounted: readonly [number, number] = [0, 0];

/** A new, unconfirmed connection; only this packet knows it. */
export function createConnection(
  run: Run,
  family: 4 | 6,
  zone: number,
  original: Tuple,
  reply: Tuple,
): Connection {
  const id = run.store.scalars[nextConnectionSlot] ?? 1;
  setScalar(run.journal, nextConnectionSlot, id + 1);
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
    packets: nothingCounted,
    bytes: nothingCounted,
  };
  run.checkedOut.push(connection);
  return connection;
}

/** Is either tuple of the connection taken by another one? */
export function clashes(run: Run, connection: Connection): boolean {
  const { id, zone, original, reply } = connection;
  const isOther = (other: Connection): boolean => other.id !== id;
  return (
    findInZone(run, original, zone, zoneIn(zone, false), isOther) !== undefined ||
    findInZone(run, reply, zone, zoneIn(zone, true), isOther) !== undefined
  );
}

/** __nf_conntrack_confirm(): from now on other packets find it. */
export function insertConnection(run: Run, connection: Connection): void {
  const { journal } = run;
  connection.status |= connectionStatus.confirmed;
  const { id, zone } = connection;
  setConnection(journal, id, connection);
  addDirection(journal, connection.original, zoneIn(zone, false), id * 2);
  addDirection(journal, connection.reply, zoneIn(zone, true), id * 2 + 1);
}

function addDirection(journal: Journal, tuple: Tuple, zone: number, value: number): void {
  const { tuples } = journal.store;
  addLink(journal, tuples, newLink(tuples, tupleHash(tuple, zone), tuple, zone, value));
}

export function destroyConnection(run: Run, connection: Connection): void {
  const { journal } = run;
  const { id, zone } = connection;
  connection.status |= connectionStatus.dying;
  setConnection(journal, id, undefined);
  const at = run.checkedOut.findIndex((other) => other.id === id);
  if (at >= 0) run.checkedOut.splice(at, 1);
  removeDirection(journal, connection.original, zoneIn(zone, false), id * 2);
  removeDirection(journal, connection.reply, zoneIn(zone, true), id * 2 + 1);
  forgetSource(run, connection);
}

function removeDirection(journal: Journal, tuple: Tuple, zone: number, value: number): void {
  const { tuples } = journal.store;
  const hash = tupleHash(tuple, zone);
  for (let link = firstLink(tuples, hash); link !== undefined; link = link.next)
    if (link.hash === hash && link.value === value) removeLink(journal, tuples, link);
}

/** By original source address, source port and protocol. */
function hashOfSource({ original, zone }: Connection): number {
  return sourceHash(original, zoneIn(zone, false));
}

/** The by-source list gets every connection whose source mapping is settled. */
export function rememberSource(run: Run, connection: Connection): void {
  const { bySource } = run.store;
  const { original, zone, id } = connection;
  const link = newLink(bySource, hashOfSource(connection), original, zoneIn(zone, false), id);
  addLink(run.journal, bySource, link);
}

function forgetSource(run: Run, connection: Connection): void {
  const { bySource } = run.store;
  const hash = hashOfSource(connection);
  for (let link = firstLink(bySource, hash); link !== undefined; link = link.next)
    if (link.hash === hash && link.value === connection.id) removeLink(run.journal, bySource, link);
}

/** Ids of connections from the same original source as `tuple` would be, newest first. */
export function connectionsFrom(run: Run, tuple: Tuple, zone: number): readonly number[] {
  const own = zoneIn(zone, false);
  const hash = sourceHash(tuple, own);
  const ids: number[] = [];
  for (let link = firstLink(run.store.bySource, hash); link !== undefined; link = link.next)
    if (link.hash === hash && link.zone === own && haveSameSource(link.tuple, tuple))
      ids.push(link.value);
  return ids;
}
