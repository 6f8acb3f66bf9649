/** Connection tuples: what identifies one direction of a connection (struct nf_conntrack_tuple). */

import { type Address, addressesEqual, addressKey, formatAddress } from '../../base/address.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { hasPorts, protocol } from '../../packet/protocols.ts';
import type { TupleSummary } from '../../trace/event.ts';

export interface Tuple {
  readonly source: Address;
  readonly destination: Address;
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
    source: bytes.slice(from, from + size),
    destination: bytes.slice(from + size, from + 2 * size),
    protocol: number,
    sourcePart: isQuery ? read16(bytes, offset + 4) : ports ? read16(bytes, offset) : 0,
    destinationPart: isQuery ? read16(bytes, offset) : ports ? read16(bytes, offset + 2) : 0,
  };
}

/** Linux 6.18 has no DCCP tracker any more: DCCP is a generic protocol without ports there. */
function trackedPorts(number: number): boolean {
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

/** A packet asks for the same few tuples again and again; they are never modified. */
const recent: { tuple: Tuple | undefined; zone: number; key: string }[] = Array.from(
  { length: 4 },
  () => ({ tuple: undefined, zone: 0, key: '' }),
);
let oldest = 0;

/** Key of the tuple in one zone. */
export function tupleKey(tuple: Tuple, zone: number): string {
  for (let index = 0; index < recent.length; index++) {
    const known = recent[index];
    if (known !== undefined && known.tuple === tuple && known.zone === zone) return known.key;
  }
  const key = makeKey(tuple, zone);
  const place = recent[oldest];
  oldest = (oldest + 1) & 3;
  if (place !== undefined) {
    place.tuple = tuple;
    place.zone = zone;
    place.key = key;
  }
  return key;
}

function makeKey(tuple: Tuple, zone: number): string {
  const { source, destination, protocol: number, sourcePart, destinationPart } = tuple;
  if (source.length !== 4)
    return (
      addressKey(source) +
      addressKey(destination) +
      String.fromCharCode(number, sourcePart, destinationPart, zone)
    );
  return String.fromCharCode(
    read16(source, 0),
    read16(source, 2),
    read16(destination, 0),
    read16(destination, 2),
    number,
    sourcePart,
    destinationPart,
    zone,
  );
}

export function tuplesEqual(first: Tuple, second: Tuple): boolean {
  return (
    first === second ||
    (first.protocol === second.protocol &&
      first.sourcePart === second.sourcePart &&
      first.destinationPart === second.destinationPart &&
      addressesEqual(first.source, second.source) &&
      addressesEqual(first.destination, second.destination))
  );
}

export function summariseTuple(tuple: Tuple): TupleSummary {
  const { protocol: number, sourcePart, destinationPart } = tuple;
  const source = formatAddress(tuple.source);
  const destination = formatAddress(tuple.destination);
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
