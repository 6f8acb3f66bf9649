/** Hash tables that lead from tuples to connections: linked entries, so that taking a change back makes nothing anew. */

import type { Tuple } from '../conntrack/tuple.ts';

export interface Link {
  readonly hash: number;
  /** Links of one place stand newest first; what is put back goes where it was. */
  readonly age: number;
  readonly tuple: Tuple;
  readonly zone: number;
  readonly value: number;
  next: Link | undefined;
}

export interface LinkTable {
  /** A power of two of places. */
  heads: (Link | undefined)[];
  count: number;
  /** The age of the newest link. */
  newest: number;
}

const fewestPlaces = 64;

export function newLinkTable(): LinkTable {
  return { heads: places(fewestPlaces), count: 0, newest: 0 };
}

function places(count: number): (Link | undefined)[] {
  return new Array<Link | undefined>(count).fill(undefined);
}

/** The newest link of the place of that hash; go on with `next`. Links of other hashes stand there too. */
export function firstLink({ heads }: LinkTable, hash: number): Link | undefined {
  return heads[hash & (heads.length - 1)];
}

export function newLink(
  table: LinkTable,
  hash: number,
  tuple: Tuple,
  zone: number,
  value: number,
): Link {
  return { hash, age: ++table.newest, tuple, zone, value, next: undefined };
}

export function putLink(table: LinkTable, link: Link): void {
  if (table.count >= table.heads.length) enlarge(table);
  table.count++;
  place(table.heads, link);
}

function place(heads: (Link | undefined)[], link: Link): void {
  const at = link.hash & (heads.length - 1);
  const first = heads[at];
  if (first === undefined || first.age < link.age) {
    link.next = first;
    heads[at] = link;
    return;
  }
  let before = first;
  while (before.next !== undefined && before.next.age > link.age) before = before.next;
  link.next = before.next;
  before.next = link;
}

function enlarge(table: LinkTable): void {
  const { heads } = table;
  const larger = places(heads.length * 2);
  for (const head of heads)
    for (let link = head; link !== undefined; ) {
      const { next } = link;
      place(larger, link);
      link = next;
    }
  table.heads = larger;
}

/** The link must be in the table. */
export function takeLink(table: LinkTable, link: Link): void {
  const { heads } = table;
  const at = link.hash & (heads.length - 1);
  table.count--;
  let before = heads[at];
  if (before === link) {
    heads[at] = link.next;
    return;
  }
  while (before !== undefined && before.next !== link) before = before.next;
  if (before === undefined) throw new RangeError('no such link');
  before.next = link.next;
}
