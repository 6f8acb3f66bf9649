/** What the options of a set's creation say. */

import {
  type Address,
  compareAddresses,
  lastAddress,
  maskAddress,
  parseAddress,
  parsePrefix,
} from '../base/address.ts';
import type { IpSet } from './ipset.ts';

export function optionValue(set: IpSet, name: string): string | undefined {
  return set.options.find((option) => option.name === name)?.value;
}

/** `netmask` or `bitmask` of a set. */
export function addressMaskOf(set: IpSet): Address | undefined {
  const bitmask = optionValue(set, 'bitmask');
  if (bitmask !== undefined) return parseAddress(bitmask);
  const netmask = optionValue(set, 'netmask');
  if (netmask === undefined) return undefined;
  const length = set.family === 6 ? 16 : 4;
  return maskAddress(new Uint8Array(length).fill(0xff), Number(netmask));
}

export function masked(address: Address, mask: Address | undefined): Address {
  return mask === undefined ? address : address.map((byte, index) => byte & (mask[index] ?? 0xff));
}

/** The `range` of a bitmap: nothing outside of it can be in the set. */
export type IpSetRange =
  | { readonly kind: 'addresses'; readonly from: Address; readonly to: Address }
  | { readonly kind: 'ports'; readonly from: number; readonly to: number };

/** Undefined where the set has no range, or one that is none. */
export function rangeOf(set: IpSet): IpSetRange | undefined {
  const text = optionValue(set, 'range');
  if (text === undefined) return undefined;
  return set.type === 'bitmap:port' ? portsOf(text) : addressesOf(text);
}

/** `10.0.0.0/24`, `10.0.0.0-10.0.0.9`; the ends may be the other way round. */
function addressesOf(text: string): IpSetRange | undefined {
  const [first, last = first] = text.split('-').map(parsePrefix);
  if (first === undefined || last === undefined) return undefined;
  const ends = [maskAddress(first.address, first.prefixLength), lastAddress(last)];
  const [from, to] = ends.sort(compareAddresses);
  return from === undefined || to === undefined ? undefined : { kind: 'addresses', from, to };
}

function portsOf(text: string): IpSetRange | undefined {
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  if (Number.isNaN(first) || Number.isNaN(last)) return undefined;
  return { kind: 'ports', from: Math.min(first, last), to: Math.max(first, last) };
}

/** Are the addresses from the first to the last in it? A range of ports does not tell. */
export function holdsAddresses(
  range: IpSetRange | undefined,
  first: Address,
  last: Address = first,
): boolean {
  if (range?.kind !== 'addresses') return true;
  return compareAddresses(range.from, first) <= 0 && compareAddresses(last, range.to) <= 0;
}

/** The same for ports. */
export function holdsPorts(range: IpSetRange | undefined, first: number, last = first): boolean {
  return range?.kind !== 'ports' || (range.from <= first && last <= range.to);
}
