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

/** Learnt bridge ports by MAC. */
export type ForwardingMap = Map<string, string>;

export interface Store {
  /** Counters, limits, quotas, number generators: fixed slots, laid out at compile time. */
  readonly scalars: number[];
  /** By id; the objects are never modified once they are in here. */
  readonly connections: Map<number, Connection>;
  /** Tuple key → connection id × 2 + direction (0 original, 1 reply). */
  readonly tuples: Map<string, number>;
  /** Connections that were source-mapped, by original source: what find_appropriate_src() walks; ids, newest first. */
  readonly bySource: Map<string, readonly number[]>;
  /** Non-constant sets by their number: elements by key. */
  readonly sets: readonly Map<string, DynamicElement>[];
  readonly fragments: Map<string, FragmentQueue>;
  readonly forwarding: ForwardingMap;
  /** Memory of xtables matches (`recent`, `hashlimit`, `quota2`): by table name and key. */
  readonly memory: Map<string, readonly number[]>;
  /** Connections that a limit on their number remembers, by the limit: tuple keys. */
  readonly lists: Map<string, readonly string[]>;
  /** `next-connection` and the like. */
  readonly numbers: Map<string, number>;
}

interface Change {
  undo(): void;
  redo(): void;
}

/** A node of the version tree. */
export interface StateNode {
  readonly number: number;
  next: StateNode | undefined;
  changes: readonly Change[];
  /** How to come here from `next`. */
  direction: 'undo' | 'redo';
}

export interface Journal {
  readonly store: Store;
  readonly changes: Change[];
  /** Slots that were written, each once, with what stood there before. */
  readonly before: Map<number, number>;
}

export function newJournal(store: Store): Journal {
  return { store, changes: [], before: new Map() };
}

/** A versioned store. */
export interface Versions {
  readonly store: Store;
  current: StateNode;
  count: number;
}

export function createVersions(store: Store): Versions {
  const root: StateNode = { number: 0, next: undefined, changes: [], direction: 'undo' };
  return { store, current: root, count: 1 };
}

/** Makes the store hold the contents of `target`. */
export function travelTo(versions: Versions, target: StateNode): void {
  const path: StateNode[] = [];
  for (let node: StateNode | undefined = target; node !== undefined; node = node.next)
    path.push(node);
  for (let index = path.length - 2; index >= 0; index--) {
    const node = path[index];
    const neighbour = path[index + 1];
    if (node === undefined || neighbour === undefined) continue;
    applyChanges(node.changes, node.direction);
    neighbour.next = node;
    neighbour.changes = node.changes;
    neighbour.direction = node.direction === 'undo' ? 'redo' : 'undo';
    node.next = undefined;
    node.changes = [];
  }
  versions.current = target;
}

function applyChanges(changes: readonly Change[], direction: 'undo' | 'redo'): void {
  if (direction === 'redo') {
    for (const change of changes) change.redo();
    return;
  }
  for (let index = changes.length - 1; index >= 0; index--) changes[index]?.undo();
}

/** The state after the journal's changes, which are already in the store; the current one becomes its past. */
export function commitJournal(versions: Versions, journal: Journal): StateNode {
  const before = versions.current;
  if (journal.before.size > 0) journal.changes.push(scalarChange(journal));
  if (journal.changes.length === 0) return before;
  const node: StateNode = {
    number: versions.count++,
    next: undefined,
    changes: [],
    direction: 'undo',
  };
  before.next = node;
  before.changes = journal.changes;
  before.direction = 'undo';
  versions.current = node;
  return node;
}

/** Takes everything back. */
export function revertJournal(journal: Journal): void {
  const { scalars } = journal.store;
  applyChanges(journal.changes, 'undo');
  for (const [slot, value] of journal.before) scalars[slot] = value;
  journal.changes.length = 0;
  journal.before.clear();
}

/** All slots of a run as one change. */
function scalarChange({ store, before }: Journal): Change {
  const { scalars } = store;
  const slots = Array.from(before.keys());
  const old = Array.from(before.values());
  const fresh = slots.map((slot) => scalars[slot] ?? 0);
  const write = (values: readonly number[]): void =>
    slots.forEach((slot, index) => {
      scalars[slot] = values[index] ?? 0;
    });
  return { undo: () => write(old), redo: () => write(fresh) };
}

export function setScalar(journal: Journal, slot: number, value: number): void {
  const { scalars } = journal.store;
  if (!journal.before.has(slot)) journal.before.set(slot, scalars[slot] ?? 0);
  scalars[slot] = value;
}

/** Sets or, with undefined, deletes an entry of one of the store's maps. */
export function setEntry<Key, Value>(
  journal: Journal,
  map: Map<Key, Value>,
  key: Key,
  value: Value | undefined,
): void {
  const before = map.get(key);
  if (before === value) return;
  writeEntry(map, key, value);
  journal.changes.push({
    undo: () => writeEntry(map, key, before),
    redo: () => writeEntry(map, key, value),
  });
}

function writeEntry<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
