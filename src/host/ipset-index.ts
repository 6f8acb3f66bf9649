/** ipsets prepared for lookups: elements keyed by their masked addresses, one table per combination of prefix lengths. */

import { type Address, addressKey, maskAddress } from '../base/address.ts';
import { rangeToPrefixes } from '../base/address-range.ts';
import type { IpSet, IpSetElement, IpSetPart, IpSetType } from './ipset.ts';
import { addressMaskOf, type IpSetRange, masked, optionValue, rangeOf } from './ipset-options.ts';

export type IpSetDimension = 'address' | 'port' | 'mac' | 'mark' | 'interface';

/** What each dimension of a type compares; the order is that of `src,dst` flags in a match. list:set has none itself. */
export const dimensionsOfType: Readonly<Record<IpSetType, readonly IpSetDimension[]>> = {
  'bitmap:ip': ['address'],
  'bitmap:ip,mac': ['address', 'mac'],
  'bitmap:port': ['port'],
  'hash:ip': ['address'],
  'hash:mac': ['mac'],
  'hash:ip,mac': ['address', 'mac'],
  'hash:net': ['address'],
  'hash:net,net': ['address', 'address'],
  'hash:ip,port': ['address', 'port'],
  'hash:net,port': ['address', 'port'],
  'hash:ip,port,ip': ['address', 'port', 'address'],
  'hash:ip,port,net': ['address', 'port', 'address'],
  'hash:net,port,net': ['address', 'port', 'address'],
  'hash:ip,mark': ['address', 'mark'],
  'hash:net,iface': ['address', 'interface'],
  'list:set': [],
};

/** All elements whose addresses have these prefix lengths. */
export interface IpSetLevel {
  /** One length per address dimension. */
  readonly prefixLengths: readonly number[];
  /** By key; interface elements share a key, others are alone. */
  readonly elements: Map<string, IpSetElement[]>;
}

export interface PreparedIpSet {
  readonly set: IpSet;
  readonly dimensions: readonly IpSetDimension[];
  /** Applied to addresses of packets and elements before the comparison (`netmask`, `bitmask`). */
  readonly addressMask?: Address;
  /** `markmask` of hash:ip,mark. */
  readonly markMask: number;
  readonly range?: IpSetRange;
  /** The order of mtype_test_cidrs(): longest first in the first dimension, then in the second. */
  readonly levels: readonly IpSetLevel[];
  /** Members of a list:set, in order. */
  readonly members: readonly { readonly name: string; readonly element: IpSetElement }[];
}

export function prepareIpSets(sets: readonly IpSet[]): ReadonlyMap<string, PreparedIpSet> {
  return new Map(sets.map((set) => [set.name, prepareIpSet(set)]));
}

export function prepareIpSet(set: IpSet): PreparedIpSet {
  const addressMask = addressMaskOf(set);
  const markMask = Number(optionValue(set, 'markmask') ?? 0xffffffff);
  const prepared = {
    set,
    dimensions: dimensionsOfType[set.type],
    markMask,
    levels: [],
    members: members(set),
  };
  const range = rangeOf(set);
  const masks = {
    ...prepared,
    ...(addressMask && { addressMask }),
    ...(range && { range }),
  };
  return { ...masks, levels: set.type === 'list:set' ? [] : buildLevels(masks, set.elements) };
}

function buildLevels(
  prepared: PreparedIpSet,
  elements: readonly IpSetElement[],
): readonly IpSetLevel[] {
  const levels = new Map<number, IpSetLevel>();
  for (const element of elements) {
    if (!element.parts.some(isRange)) addElement(prepared, levels, element, element.parts);
    else
      for (const parts of expandRanges(element.parts)) addElement(prepared, levels, element, parts);
  }
  return [...levels].sort(([first], [second]) => second - first).map(([, level]) => level);
}

function isRange(part: IpSetPart): boolean {
  return part.kind === 'range' || (part.kind === 'port' && part.from < part.to);
}

function addElement(
  prepared: PreparedIpSet,
  levels: Map<number, IpSetLevel>,
  element: IpSetElement,
  parts: readonly IpSetPart[],
): void {
  const order = levelOrder(parts);
  let level = levels.get(order);
  if (level === undefined) {
    const prefixLengths = parts.flatMap((part) => (part.kind === 'net' ? [part.prefixLength] : []));
    level = { prefixLengths, elements: new Map() };
    levels.set(order, level);
  }
  const key = elementKey(prepared, parts);
  // bitmap_ipmac_do_add(): a later line may bring the MAC address that an element still lacks.
  if (prepared.set.type === 'bitmap:ip,mac' && parts.length > 1)
    level.elements.delete(elementKey(prepared, parts.slice(0, 1)));
  const same = prepared.dimensions.includes('interface') ? level.elements.get(key) : undefined;
  if (same === undefined) level.elements.set(key, [element]);
  else same.push(element);
}

/** The prefix lengths as one number; a larger one is tried earlier. */
function levelOrder(parts: readonly IpSetPart[]): number {
  let order = 0;
  for (const part of parts) if (part.kind === 'net') order = order * 256 + part.prefixLength;
  return order;
}

/** Ports without a protocol are TCP ports (ipset_parse_proto_port()), but bitmap:port knows no protocols. */
function defaultProtocol(prepared: PreparedIpSet): number {
  return prepared.set.type === 'bitmap:port' ? 0 : 6;
}

/** The key of an element; the interface is not part of it, as it may be a wildcard. */
function elementKey(prepared: PreparedIpSet, parts: readonly IpSetPart[]): string {
  let key = '';
  for (const part of parts) {
    if (part.kind === 'net') key += addressPart(prepared, part.address, part.prefixLength);
    else if (part.kind === 'port')
      key += portPart(part.protocol ?? defaultProtocol(prepared), part.from);
    else if (part.kind === 'mac') key += addressKey(part.mac);
    else if (part.kind === 'mark') key += numberPart(part.mark & prepared.markMask);
  }
  return key;
}

export function addressPart(
  prepared: PreparedIpSet,
  address: Address,
  prefixLength: number,
): string {
  const kept = masked(address, prepared.addressMask);
  return addressKey(prefixLength === kept.length * 8 ? kept : maskAddress(kept, prefixLength));
}

export function portPart(protocol: number, port: number): string {
  return String.fromCharCode(protocol, port);
}

export function numberPart(value: number): string {
  return String.fromCharCode(value >>> 16, value & 0xffff);
}

/** Ranges of hand-written files become prefixes and single ports, as the kernel stores them. */
function expandRanges(parts: readonly IpSetPart[]): readonly (readonly IpSetPart[])[] {
  return parts.reduce<readonly (readonly IpSetPart[])[]>(
    (rows, part) => {
      const alternatives = alternativesOf(part);
      return rows.flatMap((row) => alternatives.map((alternative) => [...row, alternative]));
    },
    [[]],
  );
}

function alternativesOf(part: IpSetPart): readonly IpSetPart[] {
  if (part.kind === 'range') {
    return rangeToPrefixes(part.from, part.to).map((prefix) => ({ kind: 'net', ...prefix }));
  }
  if (part.kind !== 'port' || part.from >= part.to) return [part];
  return Array.from({ length: part.to - part.from + 1 }, (_, offset) => ({
    ...part,
    from: part.from + offset,
    to: part.from + offset,
  }));
}

function members(set: IpSet): PreparedIpSet['members'] {
  return set.elements.flatMap((element) =>
    element.parts.flatMap((part) => (part.kind === 'set' ? [{ name: part.name, element }] : [])),
  );
}
