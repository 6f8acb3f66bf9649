/** Byte keys of one length and the numbers they lead to: open addressing over the words of the keys. */

export interface WordTable {
  /** Words of a key. */
  readonly words: number;
  /** Bytes in the last word of a key. */
  readonly rest: number;
  /** The words of the key, then the number plus one; 0: free. */
  readonly cells: Int32Array;
  readonly mask: number;
}

/** Of equal keys the last one counts. */
export function buildWordTable(
  entries: readonly { readonly key: Uint8Array; readonly number: number }[],
  length: number,
): WordTable {
  const words = (length + 3) >> 2;
  let size = 4;
  while (size < entries.length * 2) size *= 2;
  const table: WordTable = {
    words,
    rest: length - 4 * (words - 1),
    cells: new Int32Array(size * (words + 1)),
    mask: size - 1,
  };
  for (const { key, number } of entries) {
    const cell = findCell(table, key, 0);
    for (let index = 0; index < words; index++)
      table.cells[cell + index] = keyWord(table, key, 0, index);
    table.cells[cell + words] = number + 1;
  }
  return table;
}

/** The number of the key at `start`; -1 when it is not there. */
export function findWords(table: WordTable, bytes: Uint8Array, start: number): number {
  return (table.cells[findCell(table, bytes, start) + table.words] ?? 0) - 1;
}

/** The cell that holds the key, or the free one where it belongs. */
function findCell(table: WordTable, bytes: Uint8Array, start: number): number {
  const { words, cells, mask } = table;
  const stride = words + 1;
  let hash = 0;
  for (let index = 0; index < words; index++) {
    hash = Math.imul(hash ^ keyWord(table, bytes, start, index), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const cell = slot * stride;
    if (cells[cell + words] === 0 || holdsKey(table, cell, bytes, start)) return cell;
  }
}

function holdsKey(table: WordTable, cell: number, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < table.words; index++)
    if (table.cells[cell + index] !== keyWord(table, bytes, start, index)) return false;
  return true;
}

function keyWord(
  { words, rest }: WordTable,
  bytes: Uint8Array,
  start: number,
  index: number,
): number {
  const at = start + 4 * index;
  const count = index === words - 1 ? rest : 4;
  return (
    ((bytes[at] ?? 0) << 24) |
    (count > 1 ? (bytes[at + 1] ?? 0) << 16 : 0) |
    (count > 2 ? (bytes[at + 2] ?? 0) << 8 : 0) |
    (count > 3 ? (bytes[at + 3] ?? 0) : 0)
  );
}
