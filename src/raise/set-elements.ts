/** Elements of sets as trees: typed, in listing order, intervals as prefixes and ranges. */

import { addressKey } from '../base/address.ts';
import { paddedBits } from '../datatypes/concat.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import type { ProgramElement, ProgramSet, SetField } from '../model/program.ts';
import { numberFromBytes, rangePrefixLength, swapBytes } from './bits.ts';
import type { Dialect } from './options.ts';
import { concatTree } from './reader.ts';
import { textFromBytes } from './text.ts';
import type { ElementTree, Tree } from './tree.ts';
import { prefixTree, rangeTree, type ValueTree, valueTree } from './tree.ts';
import { raiseVerdict } from './verdict.ts';

/** Bit masks with named bits; the plain `bitmask` is a number. */
export function isFlags(type: Datatype): boolean {
  return type.base === 'bitmask' && type.name !== 'bitmask';
}

export function isAddress(type: Datatype): boolean {
  return type.name === 'ipv4_addr' || type.name === 'ipv6_addr';
}

/** Constants of interval sets are in network order, whatever their type's order. */
function constant(bytes: Uint8Array, field: SetField, interval: boolean): ValueTree {
  const { type } = field;
  const bits = bytes.length * 8;
  const number = numberFromBytes(bytes);
  const swapped = type.byteOrder === 'host' && !interval && type.base !== 'string';
  const tree = valueTree(swapped ? swapBytes(number, bits) : number, bits, type);
  tree.order = type.byteOrder === 'none' ? 'big' : type.byteOrder;
  if (type.base === 'string') tree.text = textFromBytes(bytes);
  return tree;
}

/** A name of which only the beginning is fixed: `eth*`. */
function wildcard(from: Uint8Array, to: Uint8Array, field: SetField): ValueTree {
  let fixed = 0;
  while (fixed < from.length && from[fixed] === to[fixed]) fixed++;
  const tree = constant(from, field, true);
  tree.text = `${textFromBytes(from.subarray(0, fixed))}*`;
  return tree;
}

function equalBytes(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}

/** One field of a key or of data: a constant, or a prefix or range where it has an end. */
function fieldTree(
  from: Uint8Array,
  to: Uint8Array | undefined,
  field: SetField,
  interval: boolean,
): Tree {
  const low = constant(from, field, interval);
  if (to === undefined || equalBytes(from, to)) return low;
  if (field.type.base === 'string') return wildcard(from, to, field);
  const high = constant(to, field, interval);
  const length = rangePrefixLength(low.value, high.value, low.bits);
  if (length !== undefined && isAddress(field.type)) return prefixTree(low, length);
  return rangeTree(low, high);
}

/** A key or datum of all its fields. */
export function fieldsTree(
  from: Uint8Array,
  to: Uint8Array | undefined,
  fields: readonly SetField[],
  interval: boolean,
): Tree {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) {
    const cut = (bytes: Uint8Array) => bytes.subarray(0, only.length || bytes.length);
    return fieldTree(cut(from), to === undefined ? undefined : cut(to), only, interval);
  }
  let position = 0;
  const parts = fields.map((field) => {
    const end = position + field.length;
    const part = fieldTree(
      from.subarray(position, end),
      to?.subarray(position, end),
      field,
      interval,
    );
    position += paddedBits(field.length * 8) / 8;
    return part;
  });
  return concatTree(parts);
}

/** What elements are sorted by; of several flags the lowest one. */
function sortValue(tree: Tree | undefined): bigint {
  if (tree === undefined) return -1n;
  switch (tree.kind) {
    case 'value':
      return isFlags(tree.type) ? tree.value & -tree.value : tree.value;
    case 'prefix':
      return sortValue(tree.address);
    case 'range':
      return sortValue(tree.from);
    default:
      return 0n;
  }
}

/** Strings count as numbers of the machine there: the last character is the most significant. */
function partSortValue(part: Tree): bigint {
  const value = sortValue(part);
  return part.type.base === 'string' ? swapBytes(value, part.bits) : value;
}

function concatSortValue(parts: readonly Tree[]): bigint {
  return parts.reduce((value, part) => (value << BigInt(part.bits)) | partSortValue(part), 0n);
}

function elementSortValue({ key }: ElementTree): bigint {
  if (key?.kind === 'concat') return concatSortValue(key.parts);
  return sortValue(key);
}

/** nft 1.0.6 compares strings and whole concatenations as numbers of the machine: the last byte counts most. */
function olderSortValue({ key, source }: ElementTree, interval: boolean): bigint {
  const text = key?.kind === 'value' && key.type.base === 'string' && !interval;
  const machine = text || key?.kind === 'concat';
  if (!machine || source.key === undefined) return sortValue(key);
  return swapBytes(numberFromBytes(source.key), source.key.length * 8);
}

/** nft_bitmap: keys of at most two bytes. */
function isShort({ key, interval, timeout }: ProgramSet): boolean {
  return !interval && !timeout && (key[0]?.length ?? 0) <= 2;
}

/** Sorts by key; a catch-all element comes last. */
function sortElements(
  elements: readonly ElementTree[],
  sortKey: (element: ElementTree) => bigint,
): ElementTree[] {
  const keyed = elements.map((element) => ({ element, value: sortKey(element) }));
  keyed.sort((first, second) => {
    if (first.element.key === undefined) return second.element.key === undefined ? 0 : 1;
    if (second.element.key === undefined) return -1;
    return first.value < second.value ? -1 : first.value > second.value ? 1 : 0;
  });
  return keyed.map(({ element }) => element);
}

/** A single address as interval data is listed as a prefix of full length. */
function wholePrefix(tree: Tree, map: Extract<ProgramSet['map'], { kind: 'data' }>): Tree {
  const single = map.interval && tree.kind === 'value' && isAddress(tree.type);
  return single ? prefixTree(tree, tree.bits) : tree;
}

function dataOf(set: ProgramSet, element: ProgramElement): ElementTree['data'] {
  const { data, dataEnd } = element;
  if (data === undefined || set.map === undefined) return undefined;
  if (data instanceof Uint8Array) {
    if (set.map.kind !== 'data') return undefined;
    const tree = fieldsTree(data, dataEnd, set.map.fields, false);
    return wholePrefix(tree, set.map);
  }
  if ('object' in data) return data.object;
  return raiseVerdict(data);
}

/** Of elements with one key the first one stays, as the kernel keeps it. */
function distinct(elements: readonly ProgramElement[]): ProgramElement[] {
  const seen = new Set<string>();
  return elements.filter(({ key }) => {
    const text = key === undefined ? '*' : addressKey(key);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** The elements of a set as nft lists them; those of interval concatenations stay in the order of loading. */
export function elementTrees(set: ProgramSet, dialect: Dialect): ElementTree[] {
  const trees = distinct(set.elements).map((source): ElementTree => {
    const key =
      source.key === undefined
        ? undefined
        : fieldsTree(source.key, source.keyEnd, set.key, set.interval);
    const data = dataOf(set, source);
    return { key, source, ...(data === undefined ? {} : { data }) };
  });
  const ordered = set.interval && set.key.length > 1;
  if (ordered) return trees;
  // The kernel lists sets of short keys with the newest first; of equals 1.0.6 keeps that order.
  if (dialect === '1.0.6') {
    const newestFirst = set.map === undefined && set.key.length === 1 && isShort(set);
    return sortElements(newestFirst ? trees.reverse() : trees, (element) =>
      olderSortValue(element, set.interval),
    );
  }
  return sortElements(trees, elementSortValue);
}
