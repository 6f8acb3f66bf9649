/** What changed between two lists of immutable objects. */

export interface ChangedItems<Item> {
  readonly removed: readonly Item[];
  readonly added: readonly Item[];
}

/** Objects are compared by identity; what the lists share at both ends is passed over without a look-up. */
export function changedItems<Item>(
  before: readonly Item[],
  after: readonly Item[],
): ChangedItems<Item> {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start++;
  let tail = 0;
  while (
    tail < shortest - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const old = before.slice(start, before.length - tail);
  const fresh = after.slice(start, after.length - tail);
  const inOld = new Set(old);
  const inFresh = new Set(fresh);
  return {
    removed: old.filter((item) => !inFresh.has(item)),
    added: fresh.filter((item) => !inOld.has(item)),
  };
}

/** Walks two lists sorted by the same key and hands each item its partner of the same identity, if it has one. */
export function mapWithPrevious<Item extends { readonly key: string }, Old, New>(
  items: readonly Item[],
  previous: readonly Old[],
  itemOf: (old: Old) => Item,
  make: (item: Item, old: Old | undefined) => New,
): readonly New[] {
  let at = 0;
  return items.map((item) => {
    let old = previous[at];
    while (old !== undefined && itemOf(old) !== item && itemOf(old).key < item.key) {
      at++;
      old = previous[at];
    }
    return make(item, old !== undefined && itemOf(old) === item ? old : undefined);
  });
}
