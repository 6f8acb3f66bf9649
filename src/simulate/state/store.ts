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
import { type Folded, unfold } from './folded.ts';
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

/** An entry of one of the store's maps. */
export interface Swap {
  readonly map: object;
  readonly key: unknown;
  /** Exchanges what is in the store with what is kept here: the same step leads back and forth. */
  readonly run: () => void;
}

/** What was written, in order; slots and ids may come more than once. */
export interface Changes {
  readonly swaps: readonly Swap[];
  /**
   * Two numbers for each change: a slot with what stands in it on the other side, `change.connection` with an id,
   * `change.link` with a `linkMove`, or `change.counter` less a slot with the bytes of a packet that was counted.
   */
  readonly numbers: number[];
  /** The connections of the ids on the other side. */
  readonly connections: (Connection | undefined)[];
  readonly links: readonly Link[];
}

/** Below all slots. */
export const change = { connection: -1, link: -2, counter: -3 } as const;

/** Sums: whether the link was put in, not taken out, and whether it is one of `bySource`, not of `tuples`. */
const linkMove = { put: 1, bySource: 2 } as const;

/** A node of the version tree. */
export interface StateNode {
  readonly number: number;
  next: StateNode | undefined;
  changes: Changes | undefined;
  /** Instead of changes, until somebody comes back: what a stream of packets has changed. */
  folded: Folded | undefined;
  /** How to come here from `next`; nobody comes to a state that a stream has left behind. */
  direction: 'undo' | 'redo' | 'gone';
}

/** Changes while they are made. Its arrays are longer than what was written, to be used again. */
export interface Journal extends Changes {
  readonly store: Store;
  readonly swaps: Swap[];
  readonly links: Link[];
  /** How much of the arrays counts. */
  numberCount: number;
  connectionCount: number;
  linkCount: number;
}

export function newJournal(store: Store): Journal {
  return {
    store,
    swaps: [],
    numbers: [],
    connections: [],
    links: [],
    numberCount: 0,
    connectionCount: 0,
    linkCount: 0,
  };
}

function emptyJournal(journal: Journal): void {
  if (journal.swaps.length > 0) journal.swaps.length = 0;
  journal.numberCount = 0;
  journal.connectionCount = 0;
  journal.linkCount = 0;
}

/** A versioned store. */
export interface Versions {
  readonly store: Store;
  current: StateNode;
  count: number;
}

export function createVersions(store: Store): Versions {
  const root: StateNode = {
    number: 0,
    next: undefined,
    changes: undefined,
    folded: undefined,
    direction: 'undo',
  };
  return { store, current: root, count: 1 };
}

/** Makes the store hold the contents of `target`. Throws RangeError for a state that a stream has left behind. */
export function travelTo(versions: Versions, target: StateNode): void {
  if (versions.current === target) return;
  if (target.next === versions.current) step(versions, target, target.next);
  else {
    const path: StateNode[] = [];
    for (let node: StateNode | undefined = target; node !== undefined; node = node.next) {
      if (node.direction === 'gone')
        throw new RangeError('simulateMany has gone on: this state is no longer kept');
      path.push(node);
    }
    for (let index = path.length - 2; index >= 0; index--) {
      const node = path[index];
      const neighbour = path[index + 1];
      if (node !== undefined && neighbour !== undefined) step(versions, node, neighbour);
    }
  }
  versions.current = target;
}

/** From the neighbour, whose contents the store holds. */
function step({ store }: Versions, node: StateNode, neighbour: StateNode): void {
  if (node.folded !== undefined) {
    node.changes = unfold(node.folded);
    node.folded = undefined;
  }
  if (node.changes !== undefined) {
    if (node.direction === 'redo') redoChanges(store, node.changes);
    else undoChanges(store, node.changes);
  }
  neighbour.next = node;
  neighbour.changes = node.changes;
  neighbour.direction = node.direction === 'undo' ? 'redo' : 'undo';
  node.next = undefined;
  node.changes = undefined;
}

function redoChanges(store: Store, changes: Changes): void {
  const { swaps, numbers } = changes;
  for (let index = 0; index < swaps.length; index++) swaps[index]?.run();
  let connection = 0;
  let link = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const slot = numbers[index] ?? 0;
    if (slot >= 0) swapScalar(store, numbers, index, slot);
    else if (slot === change.connection)
      swapConnection(store, changes, connection++, numbers[index + 1] ?? 0);
    else if (slot === change.link)
      moveLink(store, changes.links[link++], numbers[index + 1] ?? 0, true);
    else count(store, change.counter - slot, 1, numbers[index + 1] ?? 0);
  }
}

function undoChanges(store: Store, changes: Changes): void {
  const { swaps, numbers } = changes;
  let connection = changes.connections.length;
  let link = changes.links.length;
  for (let index = numbers.length - 2; index >= 0; index -= 2) {
    const slot = numbers[index] ?? 0;
    if (slot >= 0) swapScalar(store, numbers, index, slot);
    else if (slot === change.connection)
      swapConnection(store, changes, --connection, numbers[index + 1] ?? 0);
    else if (slot === change.link)
      moveLink(store, changes.links[--link], numbers[index + 1] ?? 0, false);
    else count(store, change.counter - slot, -1, -(numbers[index + 1] ?? 0));
  }
  for (let index = swaps.length - 1; index >= 0; index--) swaps[index]?.run();
}

function swapScalar({ scalars }: Store, numbers: number[], index: number, slot: number): void {
  const value = numbers[index + 1] ?? 0;
  numbers[index + 1] = scalars[slot] ?? 0;
  scalars[slot] = value;
}

function count({ scalars }: Store, slot: number, packets: number, bytes: number): void {
  scalars[slot] = (scalars[slot] ?? 0) + packets;
  scalars[slot + 1] = (scalars[slot + 1] ?? 0) + bytes;
}

function swapConnection(store: Store, { connections }: Changes, index: number, id: number): void {
  const connection = connections[index];
  connections[index] = store.connections[id];
  store.connections[id] = connection;
}

/** Does again or takes back what was done with a link. */
function moveLink(
  { tuples, bySource }: Store,
  link: Link | undefined,
  move: number,
  again: boolean,
): void {
  if (link === undefined) return;
  const table = (move & linkMove.bySource) === 0 ? tuples : bySource;
  if (((move & linkMove.put) !== 0) === again) putLink(table, link);
  else takeLink(table, link);
}

const nothing: never[] = [];

function changesOf(journal: Journal): Changes {
  const { swaps, connectionCount, linkCount } = journal;
  return {
    swaps: swaps.length === 0 ? nothing : swaps.slice(),
    numbers: journal.numbers.slice(0, journal.numberCount),
    connections: connectionCount === 0 ? nothing : journal.connections.slice(0, connectionCount),
    links: linkCount === 0 ? nothing : journal.links.slice(0, linkCount),
  };
}

/** The state after the journal's changes, which are already in the store; the current one becomes its past. The journal is empty then. */
export function commitJournal(versions: Versions, journal: Journal): StateNode {
  const before = versions.current;
  if (journal.swaps.length + journal.numberCount === 0) return before;
  const node: StateNode = {
    number: versions.count++,
    next: undefined,
    changes: undefined,
    folded: undefined,
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
  undoChanges(journal.store, changesOf(journal));
  emptyJournal(journal);
}

export function setScalar(journal: Journal, slot: number, value: number): void {
  const { scalars } = journal.store;
  noteChange(journal, slot, scalars[slot] ?? 0);
  scalars[slot] = value;
}

function noteChange(journal: Journal, slot: number, value: number): void {
  const { numbers, numberCount: at } = journal;
  numbers[at] = slot;
  numbers[at + 1] = value;
  journal.numberCount = at + 2;
}

/** A counter is two slots: packets, then bytes. */
export function countInSlots(journal: Journal, slot: number, bytes: number): void {
  const { scalars } = journal.store;
  const before = scalars[slot + 1] ?? 0;
  // Beyond, what was added cannot be taken off again.
  if (before + bytes > Number.MAX_SAFE_INTEGER) {
    setScalar(journal, slot, (scalars[slot] ?? 0) + 1);
    setScalar(journal, slot + 1, before + bytes);
    return;
  }
  noteChange(journal, change.counter - slot, bytes);
  scalars[slot] = (scalars[slot] ?? 0) + 1;
  scalars[slot + 1] = before + bytes;
}

/** Sets or, with undefined, forgets the connection of an id. */
export function setConnection(
  journal: Journal,
  id: number,
  connection: Connection | undefined,
): void {
  const { connections } = journal.store;
  if (connections[id] === connection) return;
  noteChange(journal, change.connection, id);
  journal.connections[journal.connectionCount++] = connections[id];
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
  noteChange(
    journal,
    change.link,
    table === journal.store.tuples ? move : move + linkMove.bySource,
  );
  journal.links[journal.linkCount++] = link;
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
  const run = () => {
    const current = map.get(key);
    writeEntry(map, key, other);
    other = current;
  };
  journal.swaps.push({ map, key, run });
}

function writeEntry<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
