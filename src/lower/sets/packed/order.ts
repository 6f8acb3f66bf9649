/** Order and conflicts of elements that are kept in arrays. */

export interface Filled {
  readonly count: number;
  readonly keyLength: number;
  readonly keys: Uint8Array;
  readonly keyEnds: Uint8Array | undefined;
  readonly valueNumbers: Int32Array | undefined;
  /** Which element of the text each one is; absent while they are in the order of the text. */
  readonly origins: Uint32Array | undefined;
}

/** Keys of more bytes are not numbers that sort quickly. */
const widestSorted = 4;
/** Place of an element below its key in a 53-bit number. */
const mostSorted = 2 ** 21;

/**
 * Intervals sorted by their first keys. Undefined where one touches another: they are an error, or have to be merged.
 */
export function inOrder(filled: Filled): Filled | undefined {
  if (isSorted(filled)) return isApart(filled) ? filled : undefined;
  const { count, keyLength } = filled;
  if (keyLength > widestSorted || count > mostSorted) return undefined;
  const sorted = sortedBy(filled);
  return isApart(sorted) ? sorted : undefined;
}

function compareKeys(
  first: Uint8Array,
  firstIndex: number,
  second: Uint8Array,
  secondIndex: number,
  length: number,
): number {
  for (let byte = 0; byte < length; byte++) {
    const difference =
      (first[firstIndex * length + byte] ?? 0) - (second[secondIndex * length + byte] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isSorted({ count, keys, keyLength }: Filled): boolean {
  for (let index = 1; index < count; index++) {
    if (compareKeys(keys, index - 1, keys, index, keyLength) > 0) return false;
  }
  return true;
}

/** No interval overlaps the one before, or follows right after it. */
function isApart({ count, keys, keyEnds = keys, keyLength }: Filled): boolean {
  for (let index = 1; index < count; index++) {
    if (compareKeys(keyEnds, index - 1, keys, index, keyLength) >= 0) return false;
    if (isNext(keyEnds, (index - 1) * keyLength, keys, index * keyLength, keyLength)) return false;
  }
  return true;
}

function isNext(
  first: Uint8Array,
  firstStart: number,
  second: Uint8Array,
  secondStart: number,
  length: number,
): boolean {
  let carry = 1;
  for (let byte = length - 1; byte >= 0; byte--) {
    const sum = (first[firstStart + byte] ?? 0) + carry;
    carry = sum > 255 ? 1 : 0;
    if ((sum & 255) !== (second[secondStart + byte] ?? 0)) return false;
  }
  return carry === 0;
}

function sortedBy(filled: Filled): Filled {
  const { count, keys, keyLength, keyEnds, valueNumbers } = filled;
  const places = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let key = 0;
    for (let byte = 0; byte < keyLength; byte++) {
      key = key * 256 + (keys[index * keyLength + byte] ?? 0);
    }
    places[index] = key * mostSorted + index;
  }
  places.sort();
  const origins = new Uint32Array(count);
  for (let index = 0; index < count; index++) origins[index] = (places[index] ?? 0) % mostSorted;
  return {
    count,
    keyLength,
    keys: moved(keys, origins, keyLength),
    keyEnds: keyEnds && moved(keyEnds, origins, keyLength),
    valueNumbers: valueNumbers?.map((_, index) => valueNumbers[origins[index] ?? 0] ?? 0),
    origins,
  };
}

function moved(bytes: Uint8Array, origins: Uint32Array, length: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let index = 0; index < origins.length; index++) {
    const from = (origins[index] ?? 0) * length;
    for (let byte = 0; byte < length; byte++) {
      result[index * length + byte] = bytes[from + byte] ?? 0;
    }
  }
  return result;
}

/** Two elements of a map have the same key, whatever their data. */
export function hasConflicts(filled: Filled, sorted: boolean): boolean {
  // Sorted intervals lie apart already.
  if (sorted) return false;
  return filled.keyLength <= widestSorted ? hasEqualNumbers(filled) : hasEqualKeys(filled);
}

/** Slots for twice as many, at least. */
function slotCount(count: number): number {
  return 2 ** Math.ceil(Math.log2(count * 2 + 2));
}

/** Keys are kept in the table itself; 0 is an empty slot. */
function hasEqualNumbers({ count, keys, keyLength }: Filled): boolean {
  const size = slotCount(count);
  const shift = 32 - Math.log2(size);
  const slots = new Int32Array(size);
  let zeros = 0;
  for (let index = 0; index < count; index++) {
    let key = 0;
    const end = (index + 1) * keyLength;
    for (let at = end - keyLength; at < end; at++) key = (key << 8) | (keys[at] ?? 0);
    if (key === 0 && zeros++ > 0) return true;
    let slot = Math.imul(key, 0x9e3779b1) >>> shift;
    for (let other = slots[slot] ?? 0; other !== 0; other = slots[slot] ?? 0) {
      if (other === key) return true;
      slot = (slot + 1) & (size - 1);
    }
    slots[slot] = key;
  }
  return false;
}

function hasEqualKeys({ count, keys, keyLength }: Filled): boolean {
  const size = slotCount(count);
  const slots = new Int32Array(size);
  for (let index = 0; index < count; index++) {
    let hash = 0x811c9dc5;
    for (let byte = 0; byte < keyLength; byte++) {
      hash = Math.imul(hash ^ (keys[index * keyLength + byte] ?? 0), 0x01000193);
    }
    hash ^= hash >>> 15;
    let slot = hash & (size - 1);
    for (let other = slots[slot] ?? 0; other !== 0; other = slots[slot] ?? 0) {
      if (compareKeys(keys, other - 1, keys, index, keyLength) === 0) return true;
      slot = (slot + 1) & (size - 1);
    }
    slots[slot] = index + 1;
  }
  return false;
}
