/** Connection tuples: what identifies one direction of a connection (struct nf_conntrack_tuple). */

import { type Address, addressKey, formatAddress } from '../../base/address.ts';
import { byteAt, read16, read32, write16 } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { hasPorts, protocol } from '../../packet/protocols.ts';
import type { TupleSummary } from '../../trace/event.ts';
import {
  bytesOfAddress,
  sameAddress,
  type TupleAddress,
  tupleAddress,
  tupleAddressAt,
} from './tuple-address.ts';

export interface Tuple {
  readonly source: TupleAddress;
  readonly destination: TupleAddress;
  readonly protocol: number;
  /** Source port, ICMP id or GRE key; else 0. */
  readonly sourcePart: number;
  /** Destination port, ICMP type × 256 + code, or GRE key; else 0. */
  readonly destinationPart: number;
}

export interface TransportOfPacket {
  readonly protocol: number;
  /** From the network header. */
  readonly offset: number;
}

/**
 * get_l4proto(): where conntrack finds the transport header of the packet at `start`; undefined for fragments other
 * than the first and broken headers.
 */
export function transportForConntrack(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: 4 | 6,
): TransportOfPacket | undefined {
  if (family === 4) {
    if (start + 20 > end || (read16(bytes, start + 6) & 0x1fff) !== 0) return undefined;
    const offset = start + (byteAt(bytes, start) & 15) * 4;
    return offset > end ? undefined : { protocol: byteAt(bytes, start + 9), offset };
  }
  if (start + 40 > end) return undefined;
  const place = skipExtensionHeaders(bytes, end, start + 40, byteAt(bytes, start + 6));
  return place === undefined || place.fragmentOffset !== 0 ? undefined : place;
}

/** nf_ct_get_tuple(); undefined when the transport header is too short. */
export function tupleOfPacket(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: 4 | 6,
  transport: TransportOfPacket,
): Tuple | undefined {
  const { protocol: number, offset } = transport;
  const isQuery = number === protocol.icmp || number === protocol.icmpv6;
  const ports = !isQuery && trackedPorts(number);
  if (offset + (isQuery ? 8 : ports ? 4 : 0) > end) return undefined;
  const from = start + (family === 4 ? 12 : 8);
  const size = family === 4 ? 4 : 16;
  return {
    source: tupleAddressAt(bytes, from, size),
    destination: tupleAddressAt(bytes, from + size, size),
    protocol: number,
    sourcePart: isQuery ? read16(bytes, offset + 4) : ports ? read16(bytes, offset) : 0,
    destinationPart: isQuery ? read16(bytes, offset) : ports ? read16(bytes, offset + 2) : 0,
  };
}

/** Linux 6.18 has no DCCP tracker any more: DCCP is a generic protocol without ports there. */
export function trackedPorts(number: number): boolean {
  return hasPorts(number) && number !== protocol.dccp;
}

/** Request and reply types of ICMP queries, both ways. */
const icmpReplies: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
]);

const icmp6Replies: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [129, 128],
  [139, 140],
  [140, 139],
]);

/** nf_ct_invert_tuple(); undefined for ICMP types that have no counterpart. */
export function invertTuple(tuple: Tuple): Tuple | undefined {
  const { source, destination, protocol: number } = tuple;
  if (number === protocol.icmp || number === protocol.icmpv6) {
    const replies = number === protocol.icmp ? icmpReplies : icmp6Replies;
    const type = replies.get(tuple.destinationPart >> 8);
    if (type === undefined) return undefined;
    return {
      source: destination,
      destination: source,
      protocol: number,
      sourcePart: tuple.sourcePart,
      destinationPart: (type << 8) | (tuple.destinationPart & 255),
    };
  }
  return {
    source: destination,
    destination: source,
    protocol: number,
    sourcePart: tuple.destinationPart,
    destinationPart: tuple.sourcePart,
  };
}

/** One word of the address; equal addresses have equal ones. */
function foldAddress(address: TupleAddress): number {
  if (typeof address === 'number') return address;
  let folded = 0;
  for (let at = 0; at < address.length; at += 4) folded = mix(folded, read32(address, at));
  return folded;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Equal tuples in one zone have the same hash. */
export function tupleHash(tuple: Tuple, zone: number): number {
  const { source, destination, protocol: number, sourcePart, destinationPart } = tuple;
  const ends = mix(foldAddress(source), foldAddress(destination));
  return mix(mix(ends, (sourcePart << 16) | destinationPart), (zone << 8) | number);
}

/** hash_by_src(): by source address, source part and protocol. */
export function sourceHash({ source, sourcePart, protocol: number }: Tuple, zone: number): number {
  return mix(mix(foldAddress(source), sourcePart), (zone << 8) | number);
}

export function haveSameSource(first: Tuple, second: Tuple): boolean {
  return (
    first.protocol === second.protocol &&
    first.sourcePart === second.sourcePart &&
    sameAddress(first.source, second.source)
  );
}

/** The tuple in one zone as a short text. */
export function tupleKey(tuple: Tuple, zone: number): string {
  const { source, destination, protocol: number, sourcePart, destinationPart } = tuple;
  return (
    addressKey(bytesOfAddress(source)) +
    addressKey(bytesOfAddress(destination)) +
    String.fromCharCode(number, sourcePart, destinationPart, zone & 0xffff, zone >>> 16)
  );
}

/** What `tupleKey` made the text of. */
export function tupleOfKey(key: string): { readonly tuple: Tuple; readonly zone: number } {
  const units = (key.length - 5) / 2;
  const parts = Array.from({ length: 5 }, (_, index) => key.charCodeAt(2 * units + index));
  const [number = 0, sourcePart = 0, destinationPart = 0, zone = 0, directions = 0] = parts;
  const source = tupleAddress(addressOfKey(key, 0, units));
  const destination = tupleAddress(addressOfKey(key, units, 2 * units));
  const tuple = { source, destination, protocol: number, sourcePart, destinationPart };
  return { tuple, zone: zone | (directions << 16) };
}

function addressOfKey(key: string, start: number, end: number): Address {
  const address = new Uint8Array(2 * (end - start));
  for (let at = start; at < end; at++) write16(address, 2 * (at - start), key.charCodeAt(at));
  return address;
}

export function tuplesEqual(first: Tuple, second: Tuple): boolean {
  return (
    first === second ||
    (first.protocol === second.protocol &&
      first.sourcePart === second.sourcePart &&
      first.destinationPart === second.destinationPart &&
      sameAddress(first.source, second.source) &&
      sameAddress(first.destination, second.destination))
  );
}

export function summariseTuple(tuple: Tuple): TupleSummary {
  const { protocol: number, sourcePart, destinationPart } = tuple;
  const source = formatAddress(bytesOfAddress(tuple.source));
  const destination = formatAddress(bytesOfAddress(tuple.destination));
  if (number === protocol.icmp || number === protocol.icmpv6)
    return {
      source,
      destination,
      protocol: number,
      icmpType: destinationPart >> 8,
      icmpCode: destinationPart & 255,
      id: sourcePart,
    };
  if (!trackedPorts(number)) return { source, destination, protocol: number };
  return {
    source,
    destination,
    protocol: number,
    sourcePort: sourcePart,
    destinationPort: destinationPart,
  };
}
