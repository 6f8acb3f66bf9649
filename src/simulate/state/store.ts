/**
 * The one mutable store behind all states of a compiled program, with cheap travel between them.
 *
 * A state is a node of a version tree (Baker's rerooting): the store always holds the contents of one node, and every
 * other node knows the changes that lead from its neighbour towards that one. Making a new state costs what was
 * changed, not what is stored, and so does going back for another branch of an exploration.
 */

import type { Connection } from '../conntrack/connection.ts';
import type { DynamicElement } from '../sets/dynamic-element.ts';
import type { FragmentQueue } from '../stack/fragment-queue.ts';
import { type Link, type LinkTable, newLinkTable, putLink, takeLink } from './link-table.ts';

/** Learnt bridge ports by MAC. */
export type ForwardingMap = Map<string, string>;

export interface Store {
  /** Counters, limits, quotas, number generators: fixed slots, laid out at compile time. */
  readonly scalars: number[];
  /** By id; the objects are never modified once they are in here. */
  readonly connections: (Connection | undefined)[];
  /** By tuple and zone: connection id × 2 + direction (0 original, 1 reply). */
  readonly tuples: LinkTable;
  /** Ids of connections that were source-mapped, by original source: what find_appropriate_src() walks. */
  readonly bySource: LinkTable;
  /** Non-constant sets by their number: elements by key. */
  readonly sets: readonly Map<string, DynamicElement>[];
  readonly fragments: Map<string, FragmentQueue>;
  readonly forwarding: ForwardingMap;
  /** Memory of xtables matches (`recent`, `hashlimit`, `quota2`): by table name and key. */
  readonly memory: Map<string, readonly number[]>;
  /** Connections that a limit on their number remembers, by the limit: tuple keys. */
  readonly lists: Map<string, readonly string[]>;
  /** Masters of expected connections. */
  readonly numbers: Map<string, number>;
}

/** The slot that holds the id of the next connection. */
export const nextConnectionSlot = 0;

export function newStore(sets: number): Store {
  return {
    scalars: [1],
    connections: [undefined],
    tuples: newLinkTable(),
    bySource: newLinkTable(),
    sets: Array.from({ length: sets }, () => new Map<string, DynamicElement>()),
    fragments: new Map(),
    forwarding: new Map(),
    memory: new Map(),
    lists: new Map(),
    numbers: new Map(),
  };
}

/** Exchanges what is in the store with what it keeps: the same step leads back and forth. */
type Swap = () => void;

/** What was written, in order; slots and ids may come more than once. */
interface Changes {
  readonly swaps: readonly Swap[];
  /** Slots, each with what stands in it on the other side. */
  readonly scalars: number[];
  readonly ids: readonly number[];
  /** The connections of these ids on the other side. */
  readonly connections: (Connection | undefined)[];
  readonly links: readonly Link[];
  /** What was done with the links: see linkMove. */
  readonly moves: readonly number[];
}

/** Sums: whether the link was put in, not taken out, and whether it is one of `bySource`, not of `tuples`. */
const linkMove = { put: 1, bySource: 2 } as const;

/** A node of the version tree. */
export interface StateNode {
  readonly number: number;
  next: StateNode | undefined;
  changes: Changes | undefined;
  /** How to come here from `next`. */
  direction: 'undo' | 'redo';
}

/** Changes while they are made. Its arrays are longer than what was written, to be used again. */
export interface Journal extends Changes {
  readonly store: Store;
  readonly swaps: Swap[];
  readonly ids: number[];
  readonly links: Link[];
  readonly moves: number[];
  /** How much of scalars, ids and links counts. */
  scalarCount: number;
  idCount: number;
  linkCount: number;
}

export function newJournal(store: Store): Journal {
  return {
    store,
    swaps: [],
    scalars: [],
    ids: [],
    connections: [],
    links: [],
    moves: [],
    scalarCount: 0,
    idCount: 0,
    linkCount: 0,
  };
}

function emptyJournal(journal: Journal): void {
  if (journal.swaps.length > 0) journal.swaps.length = 0;
  journal.scalarCount = 0;
  journal.idCount = 0;
  journal.linkCount = 0;
}

/** A versioned store. */
export interface Versions {
  readonly store: Store;
  current: StateNode;
  count: number;
}

export function createVersions(store: Store): Versions {
  const root: StateNode = { number: 0, next: undefined, changes: undefined, direction: 'undo' };
  return { store, current: root, count: 1 };
}

/** Makes the store hold the contents of `target`. */
export function travelTo(versions: Versions, target: StateNode): void {
  if (versions.current === target) return;
  const path: StateNode[] = [];
  for (let node: StateNode | undefined = target; node !== undefined; node = node.next)
    path.push(node);
  for (let index = path.length - 2; index >= 0; index--) {
    const node = path[index];
    const neighbour = path[index + 1];
    if (node === undefined || neighbour === undefined) continue;
    if (node.changes !== undefined) applyChanges(versions.store, node.changes, node.direction);
    neighbour.next = node;
    neighbour.changes = node.changes;
    neighbour.direction = node.direction === 'undo' ? 'redo' : 'undo';
    node.next = undefined;
    node.changes = undefined;
  }
  versions.current = target;
}

function applyChanges(store: Store, changes: Changes, direction: 'undo' | 'redo'): void {
  const { swaps, scalars, ids, links } = changes;
  if (direction === 'redo') {
    for (let index = 0; index < swaps.length; index++) swaps[index]?.();
    for (let index = 0; index < scalars.length; index += 2) swapScalar(store, scalars, index);
    for (let index = 0; index < ids.length; index++) swapConnection(store, changes, index);
    for (let index = 0; index < links.length; index++) moveLink(store, changes, index, true);
    return;
  }
  for (let index = swaps.length - 1; index >= 0; index--) swaps[index]?.();
  for (let index = scalars.length - 2; index >= 0; index -= 2) swapScalar(store, scalars, index);
  for (let index = ids.length - 1; index >= 0; index--) swapConnection(store, changes, index);
  for (let index = links.length - 1; index >= 0; index--) moveLink(store, changes, index, false);
}

function swapScalar({ scalars }: Store, written: number[], index: number): void {
  const slot = written[index] ?? 0;
  const value = written[index + 1] ?? 0;
  written[index + 1] = scalars[slot] ?? 0;
  scalars[slot] = value;
}

function swapConnection(store: Store, { ids, connections }: Changes, index: number): void {
  const id = ids[index] ?? 0;
  const connection = connections[index];
  connections[index] = store.connections[id];
  store.connections[id] = connection;
}

/** Does again or takes back what was done with a link. */
function moveLink(
  { tuples, bySource }: Store,
  { links, moves }: Changes,
  index: number,
  again: boolean,
): void {
  const link = links[index];
  const move = moves[index] ?? 0;
  if (link === undefined) return;
  const table = (move & linkMove.bySource) === 0 ? tuples : bySource;
  if (((move & linkMove.put) !== 0) === again) putLink(table, link);
  else takeLink(table, link);
}

const nothing: never[] = [];

function changesOf(journal: Journal): Changes {
  const { swaps, scalarCount, idCount, linkCount } = journal;
  return {
    swaps: swaps.length === 0 ? nothing : swaps.slice(),
    scalars: journal.scalars.slice(0, scalarCount),
    ids: idCount === 0 ? nothing : journal.ids.slice(0, idCount),
    connections: idCount === 0 ? nothing : journal.connections.slice(0, idCount),
    links: linkCount === 0 ? nothing : journal.links.slice(0, linkCount),
    moves: linkCount === 0 ? nothing : journal.moves.slice(0, linkCount),
  };
}

/** The state after the journal's changes, which are already in the store; the current one becomes its past. The journal is empty then. */
export function commitJournal(versions: Versions, journal: Journal): StateNode {
  const before = versions.current;
  const { swaps, scalarCount, idCount, linkCount } = journal;
  if (swaps.length + scalarCount + idCount + linkCount === 0) return before;
  const node: StateNode = {
    number: versions.count++,
    next: undefined,
    changes: undefined,
    direction: 'undo',
  };
  before.next = node;
  before.changes = changesOf(journal);
  before.direction = 'undo';
  versions.current = node;
  emptyJournal(journal);
  return node;
}

/** Takes everything back. */
export function revertJournal(journal: Journal): void {
  applyChanges(journal.store, changesOf(journal), 'undo');
  emptyJournal(journal);
}

export function setScalar(journal: Journal, slot: number, value: number): void {
  const { scalars } = journal.store;
  const at = journal.scalarCount;
  journal.scalars[at] = slot;
  journal.scalars[at + 1] = scalars[slot] ?? 0;
  journal.scalarCount = at + 2;
  scalars[slot] = value;
}

/** Two neighbouring slots are about to be written: what they hold. */
export function noteScalars(journal: Journal, slot: number, first: number, second: number): void {
  const { scalars, scalarCount: at } = journal;
  scalars[at] = slot;
  scalars[at + 1] = first;
  scalars[at + 2] = slot + 1;
  scalars[at + 3] = second;
  journal.scalarCount = at + 4;
}

/** Sets or, with undefined, forgets the connection of an id. */
export function setConnection(
  journal: Journal,
  id: number,
  connection: Connection | undefined,
): void {
  const { connections } = journal.store;
  if (connections[id] === connection) return;
  const at = journal.idCount++;
  journal.ids[at] = id;
  journal.connections[at] = connections[id];
  connections[id] = connection;
}

export function addLink(journal: Journal, table: LinkTable, link: Link): void {
  putLink(table, link);
  noteLink(journal, table, link, linkMove.put);
}

export function removeLink(journal: Journal, table: LinkTable, link: Link): void {
  takeLink(table, link);
  noteLink(journal, table, link, 0);
}

function noteLink(journal: Journal, table: LinkTable, link: Link, move: number): void {
  const at = journal.linkCount++;
  journal.links[at] = link;
  journal.moves[at] = table === journal.store.tuples ? move : move + linkMove.bySource;
}

/** Sets or, with undefined, deletes an entry of one of the store's maps. */
export function setEntry<Key, Value>(
  journal: Journal,
  map: Map<Key, Value>,
  key: Key,
  value: Value | undefined,
): void {
  let other = map.get(key);
  if (other === value) return;
  writeEntry(map, key, value);
  journal.swaps.push(() => {
    const current = map.get(key);
    writeEntry(map, key, other);
    other = current;
  });
}

function writeEntry<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
