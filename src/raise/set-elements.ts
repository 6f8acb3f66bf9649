/** Elements of sets as trees: typed, in listing order, intervals as prefixes and ranges. */

import { paddedBits } from '../datatypes/concat.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import type { ProgramElement, ProgramSet, SetField } from '../model/program.ts';
import { numberFromBytes, rangePrefixLength, swapBytes } from './bits.ts';
import { concatTree } from './reader.ts';
import { textFromBytes } from './text.ts';
import type { ElementTree, Tree } from './tree.ts';
import { prefixTree, rangeTree, type ValueTree, valueTree } from './tree.ts';
import { raiseVerdict } from './verdict.ts';

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

/** The keys of a set in an order-preserving form: a number, compared by width first for concatenations. */
function sortValue(tree: Tree | undefined): bigint {
  if (tree === undefined) return -1n;
  switch (tree.kind) {
    case 'value':
      return tree.value;
    case 'prefix':
      return sortValue(tree.address);
    case 'range':
      return sortValue(tree.from);
    default:
      return 0n;
  }
}

/** The bytes of each field one after the other, read as one little-endian number (nft: concat_expr_msort_value). */
function concatSortValue(parts: readonly Tree[]): bigint {
  let value = 0n;
  let shift = 0n;
  for (const part of parts) {
    const number = sortValue(part);
    const bits = Math.ceil(part.bits / 8) * 8;
    const host = part.order === 'host' && part.type.base !== 'string';
    value |= (host ? number : swapBytes(number, bits)) << shift;
    shift += BigInt(bits);
  }
  return value;
}

function elementSortValue({ key }: ElementTree): bigint {
  if (key?.kind === 'concat') return concatSortValue(key.parts);
  return sortValue(key);
}

/** Sorts by key; a catch-all element comes last. */
function sortElements<Element extends ElementTree>(elements: readonly Element[]): Element[] {
  const keyed = elements.map((element) => ({ element, value: elementSortValue(element) }));
  keyed.sort((first, second) => {
    if (first.element.key === undefined) return second.element.key === undefined ? 0 : 1;
    if (second.element.key === undefined) return -1;
    return first.value < second.value ? -1 : first.value > second.value ? 1 : 0;
  });
  return keyed.map(({ element }) => element);
}

function dataOf(set: ProgramSet, element: ProgramElement): ElementTree['data'] {
  const { data, dataEnd } = element;
  if (data === undefined || set.map === undefined) return undefined;
  if (data instanceof Uint8Array) {
    if (set.map.kind !== 'data') return undefined;
    const tree = fieldsTree(data, dataEnd, set.map.fields, set.map.interval);
    return tree;
  }
  if ('object' in data) return data.object;
  return raiseVerdict(data);
}

export interface SourcedElement extends ElementTree {
  readonly source: ProgramElement;
}

/** The elements of a set as nft lists them. */
export function elementTrees(set: ProgramSet): SourcedElement[] {
  const trees = set.elements.map((source): SourcedElement => {
    const key =
      source.key === undefined
        ? undefined
        : fieldsTree(source.key, source.keyEnd, set.key, set.interval);
    const data = dataOf(set, source);
    return { key, source, comment: source.comment, ...(data === undefined ? {} : { data }) };
  });
  return sortElements(trees);
}
