/** Addresses of tuples: an IPv4 address is a signed word, so that tuples cost no array each; IPv6 addresses are bytes. */

import {
  type Address,
  addressesEqual,
  compareAddresses,
  ipv4FromNumber,
} from '../../base/address.ts';
import { read32 } from '../../packet/bytes.ts';
import { sharedBytes } from '../../packet/shared-bytes.ts';

export type TupleAddress = number | Uint8Array;

/** The address at that place of a packet; 4 or 16 bytes. */
export function tupleAddressAt(bytes: Uint8Array, at: number, size: number): TupleAddress {
  return size === 4 ? read32(bytes, at) | 0 : sharedBytes(bytes, at, size);
}

export function tupleAddress(address: Address): TupleAddress {
  return address.length === 4 ? read32(address, 0) | 0 : address;
}

/** As bytes; not to be modified. */
export function bytesOfAddress(address: TupleAddress): Address {
  return typeof address === 'number' ? ipv4FromNumber(address) : address;
}

export function sameAddress(first: TupleAddress, second: TupleAddress): boolean {
  if (typeof first === 'number' || typeof second === 'number') return first === second;
  return addressesEqual(first, second);
}

/** By their bytes: negative, 0 or positive. */
export function compareTupleAddresses(first: TupleAddress, second: TupleAddress): number {
  if (typeof first === 'number' && typeof second === 'number')
    return (first >>> 0) - (second >>> 0);
  return compareAddresses(bytesOfAddress(first), bytesOfAddress(second));
}
