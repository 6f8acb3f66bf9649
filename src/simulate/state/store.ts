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

/** Exchanges what is in the store with what it keeps: the same step leads back and forth. */
type Swap = () => void;

/** What was written, in order; slots may come more than once. */
interface Changes {
  readonly swaps: readonly Swap[];
  readonly slots: readonly number[];
  /** What stands in the slots on the other side. */
  readonly values: number[];
}

/** A node of the version tree. */
export interface StateNode {
  readonly number: number;
  next: StateNode | undefined;
  changes: Changes | undefined;
  /** How to come here from `next`. */
  direction: 'undo' | 'redo';
}

export interface Journal {
  readonly store: Store;
  readonly swaps: Swap[];
  readonly slots: number[];
  readonly values: number[];
}

export function newJournal(store: Store): Journal {
  return { store, swaps: [], slots: [], values: [] };
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

function applyChanges({ scalars }: Store, changes: Changes, direction: 'undo' | 'redo'): void {
  const { swaps, slots, values } = changes;
  if (direction === 'redo') {
    for (let index = 0; index < swaps.length; index++) swaps[index]?.();
    for (let index = 0; index < slots.length; index++) swapSlot(scalars, slots, values, index);
    return;
  }
  for (let index = swaps.length - 1; index >= 0; index--) swaps[index]?.();
  for (let index = slots.length - 1; index >= 0; index--) swapSlot(scalars, slots, values, index);
}

function swapSlot(
  scalars: number[],
  slots: readonly number[],
  values: number[],
  index: number,
): void {
  const slot = slots[index] ?? 0;
  const value = values[index] ?? 0;
  values[index] = scalars[slot] ?? 0;
  scalars[slot] = value;
}

/** The state after the journal's changes, which are already in the store; the current one becomes its past. */
export function commitJournal(versions: Versions, journal: Journal): StateNode {
  const before = versions.current;
  const { swaps, slots, values } = journal;
  if (swaps.length === 0 && slots.length === 0) return before;
  const node: StateNode = {
    number: versions.count++,
    next: undefined,
    changes: undefined,
    direction: 'undo',
  };
  before.next = node;
  before.changes = { swaps, slots, values };
  before.direction = 'undo';
  versions.current = node;
  return node;
}

/** Takes everything back. */
export function revertJournal(journal: Journal): void {
  applyChanges(journal.store, journal, 'undo');
  journal.swaps.length = 0;
  journal.slots.length = 0;
  journal.values.length = 0;
}

export function setScalar(journal: Journal, slot: number, value: number): void {
  const { scalars } = journal.store;
  journal.slots.push(slot);
  journal.values.push(scalars[slot] ?? 0);
  scalars[slot] = value;
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
