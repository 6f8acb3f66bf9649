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
  readonly slots: readonly number[];
  /** What stands in the slots on the other side. */
  readonly values: number[];
  readonly ids: readonly number[];
  /** The connections of these ids on the other side. */
  readonly connections: (Connection | undefined)[];
  readonly tables: readonly LinkTable[];
  readonly links: readonly Link[];
  /** 1: the link was put into its table, 0: taken out. */
  readonly put: readonly number[];
}

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
  readonly slots: number[];
  readonly ids: number[];
  readonly tables: LinkTable[];
  readonly links: Link[];
  readonly put: number[];
  /** How many of slots, ids and links count. */
  slotCount: number;
  idCount: number;
  linkCount: number;
}

export function newJournal(store: Store): Journal {
  return {
    store,
    swaps: [],
    slots: [],
    values: [],
    ids: [],
    connections: [],
    tables: [],
    links: [],
    put: [],
    slotCount: 0,
    idCount: 0,
    linkCount: 0,
  };
}

function emptyJournal(journal: Journal): void {
  if (journal.swaps.length > 0) journal.swaps.length = 0;
  journal.slotCount = 0;
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
  const { swaps, slots, ids, links } = changes;
  if (direction === 'redo') {
    for (let index = 0; index < swaps.length; index++) swaps[index]?.();
    for (let index = 0; index < slots.length; index++) swapSlot(store, changes, index);
    for (let index = 0; index < ids.length; index++) swapConnection(store, changes, index);
    for (let index = 0; index < links.length; index++) moveLink(changes, index, 1);
    return;
  }
  for (let index = swaps.length - 1; index >= 0; index--) swaps[index]?.();
  for (let index = slots.length - 1; index >= 0; index--) swapSlot(store, changes, index);
  for (let index = ids.length - 1; index >= 0; index--) swapConnection(store, changes, index);
  for (let index = links.length - 1; index >= 0; index--) moveLink(changes, index, 0);
}

function swapSlot({ scalars }: Store, { slots, values }: Changes, index: number): void {
  const slot = slots[index] ?? 0;
  const value = values[index] ?? 0;
  values[index] = scalars[slot] ?? 0;
  scalars[slot] = value;
}

function swapConnection(store: Store, { ids, connections }: Changes, index: number): void {
  const id = ids[index] ?? 0;
  const connection = connections[index];
  connections[index] = store.connections[id];
  store.connections[id] = connection;
}

/** Does again (1) or takes back (0) what was done with a link. */
function moveLink({ tables, links, put }: Changes, index: number, again: 0 | 1): void {
  const table = tables[index];
  const link = links[index];
  if (table === undefined || link === undefined) return;
  if (put[index] === again) putLink(table, link);
  else takeLink(table, link);
}

const nothing: readonly never[] = [];

function changesOf(journal: Journal): Changes {
  const { swaps, slotCount, idCount, linkCount } = journal;
  return {
    swaps: swaps.length === 0 ? nothing : swaps.slice(),
    slots: journal.slots.slice(0, slotCount),
    values: journal.values.slice(0, slotCount),
    ids: idCount === 0 ? nothing : journal.ids.slice(0, idCount),
    connections: journal.connections.slice(0, idCount),
    tables: linkCount === 0 ? nothing : journal.tables.slice(0, linkCount),
    links: linkCount === 0 ? nothing : journal.links.slice(0, linkCount),
    put: linkCount === 0 ? nothing : journal.put.slice(0, linkCount),
  };
}

/** The state after the journal's changes, which are already in the store; the current one becomes its past. The journal is empty then. */
export function commitJournal(versions: Versions, journal: Journal): StateNode {
  const before = versions.current;
  const { swaps, slotCount, idCount, linkCount } = journal;
  if (swaps.length + slotCount + idCount + linkCount === 0) return before;
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
  const at = journal.slotCount++;
  journal.slots[at] = slot;
  journal.values[at] = scalars[slot] ?? 0;
  scalars[slot] = value;
}

/** Two neighbouring slots are about to be written: what they hold. */
export function noteScalars(journal: Journal, slot: number, first: number, second: number): void {
  const { slots, values, slotCount } = journal;
  slots[slotCount] = slot;
  values[slotCount] = first;
  slots[slotCount + 1] = slot + 1;
  values[slotCount + 1] = second;
  journal.slotCount = slotCount + 2;
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
  noteLink(journal, table, link, 1);
}

export function removeLink(journal: Journal, table: LinkTable, link: Link): void {
  takeLink(table, link);
  noteLink(journal, table, link, 0);
}

function noteLink(journal: Journal, table: LinkTable, link: Link, put: 0 | 1): void {
  const at = journal.linkCount++;
  journal.tables[at] = table;
  journal.links[at] = link;
  journal.put[at] = put;
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
