/** What a stream of packets has changed since its first state: each thing once, however often it was written. */

import type { Connection } from '../conntrack/connection.ts';
import type { Link } from './link-table.ts';
import {
  type Changes,
  change,
  type StateNode,
  type Store,
  type Swap,
  type Versions,
} from './store.ts';

export interface Folded {
  /** What the first state holds, of slots and ids that were written. */
  readonly slots: Map<number, number>;
  readonly connections: Map<number, Connection | undefined>;
  /** Links that the first state has and the current one has not, or the other way round, by the move that did it. */
  readonly links: Map<Link, number>;
  readonly swaps: Map<object, Map<unknown, Swap>>;
}

/**
 * Takes the state between the first one of a stream and the current one out of the way back, so that a stream keeps
 * what differs and not what happened. Does nothing where somebody has travelled elsewhere meanwhile.
 */
export function foldState({ store, current }: Versions, first: StateNode): void {
  const { next: middle } = first;
  if (middle === current && first.changes !== undefined) {
    first.folded = newFolded();
    addChanges(first.folded, first.changes, store);
    first.changes = undefined;
  } else if (first.folded !== undefined && middle !== undefined && middle.next === current) {
    if (middle.changes !== undefined) addChanges(first.folded, middle.changes, store);
    first.next = current;
    middle.next = undefined;
    middle.changes = undefined;
    middle.direction = 'gone';
  }
}

function newFolded(): Folded {
  return { slots: new Map(), connections: new Map(), links: new Map(), swaps: new Map() };
}

/** The store holds the state behind the changes. */
function addChanges(folded: Folded, changes: Changes, store: Store): void {
  addSlots(folded.slots, changes.numbers, store.scalars);
  addConnections(folded.connections, changes, store);
  addLinks(folded.links, changes);
  for (const swap of changes.swaps) {
    const keys = folded.swaps.get(swap.map);
    if (keys === undefined) folded.swaps.set(swap.map, new Map([[swap.key, swap]]));
    else if (!keys.has(swap.key)) keys.set(swap.key, swap);
  }
}

/** Backwards: counters are told by what was added to them. */
function addSlots(
  slots: Map<number, number>,
  numbers: readonly number[],
  scalars: readonly number[],
): void {
  let before: Map<number, number> | undefined;
  const lower = (slot: number, count: number) => {
    before ??= new Map();
    before.set(slot, (before.get(slot) ?? scalars[slot] ?? 0) - count);
  };
  for (let index = numbers.length - 2; index >= 0; index -= 2) {
    const written = numbers[index] ?? 0;
    const slot = written <= change.counter ? change.counter - written : written;
    if (slot < 0 || slots.has(slot)) continue;
    if (written >= 0) {
      before ??= new Map();
      before.set(slot, numbers[index + 1] ?? 0);
    } else {
      lower(slot, 1);
      lower(slot + 1, numbers[index + 1] ?? 0);
    }
  }
  for (const [slot, value] of before ?? []) if (!slots.has(slot)) slots.set(slot, value);
}

function addConnections(
  known: Map<number, Connection | undefined>,
  { numbers, connections }: Changes,
  store: Store,
): void {
  let at = 0;
  for (let index = 0; at < connections.length; index += 2) {
    if (numbers[index] !== change.connection) continue;
    const id = numbers[index + 1] ?? 0;
    const before = connections[at++];
    if (!known.has(id)) known.set(id, before);
    // It came and went.
    if (store.connections[id] === undefined && known.get(id) === undefined) known.delete(id);
  }
}

/** A link that moves a second time is where it was. */
function addLinks(known: Map<Link, number>, { numbers, links }: Changes): void {
  let at = 0;
  for (let index = 0; at < links.length; index += 2) {
    if (numbers[index] !== change.link) continue;
    const link = links[at++];
    if (link === undefined || known.delete(link)) continue;
    known.set(link, numbers[index + 1] ?? 0);
  }
}

/** The same as changes. */
export function unfold({ slots, connections, links, swaps }: Folded): Changes {
  const numbers: number[] = [];
  for (const [slot, value] of slots) numbers.push(slot, value);
  for (const id of connections.keys()) numbers.push(change.connection, id);
  for (const move of links.values()) numbers.push(change.link, move);
  return {
    numbers,
    connections: [...connections.values()],
    links: [...links.keys()],
    swaps: [...swaps.values()].flatMap((keys) => [...keys.values()]),
  };
}
