/** Choosing addresses and ports for a new connection: get_unique_tuple(), net/netfilter/nf_nat_core.c. */

import type { Address } from '../../base/address.ts';
import { read32, write32 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import { allowsClash } from '../conntrack/confirm.ts';
import { type Connection, connectionStatus } from '../conntrack/connection.ts';
import { connectionsFrom, findConnection, findTuple, isReplyTaken } from '../conntrack/table.ts';
import { invertTuple, type Tuple, trackedPorts, tuplesEqual } from '../conntrack/tuple.ts';
import {
  bytesOfAddress,
  compareTupleAddresses,
  sameAddress,
  type TupleAddress,
  tupleAddress,
} from '../conntrack/tuple-address.ts';
import { zoneId } from '../conntrack/zone.ts';
import { jenkinsHashWords, reciprocalScale } from '../operations/jenkins-hash.ts';
import { choose, type Run } from '../run.ts';
import { hasFlag, type Manipulation, type NatRange, rangeFlag } from './range.ts';

export interface UniqueTuple {
  readonly tuple: Tuple;
  /** The kernel would have drawn the port (or id) at random. */
  readonly randomPort: boolean;
}

/** nf_nat_used_tuple(): would replies to this tuple be taken for another connection's? */
function isUsed(run: Run, tuple: Tuple, own: Connection): boolean {
  const reply = invertTuple(tuple);
  if (reply === undefined) return false;
  return isReplyTaken(run, reply, own);
}

/**
 * nf_nat_used_tuple_new(): a datagram whose connection and the one in its way are the two directions of one flow, neither
 * translated, keeps its ports, and confirmation sees what to do. Zones let this happen without a race.
 */
function isUsedUnchanged(run: Run, tuple: Tuple, own: Connection): boolean {
  if (!isUsed(run, tuple, own)) return false;
  if (!allowsClash(tuple.protocol) || (own.status & usesNat) !== 0) return true;
  const reply = invertTuple(tuple);
  const hit =
    findTuple(run, tuple, own.zone) ??
    (reply === undefined ? undefined : findTuple(run, reply, own.zone));
  if (hit === undefined) return false;
  const { connection } = hit;
  if ((connection.status & usesNat) !== 0) return true;
  return !(
    tuplesEqual(connection.original, own.reply) && tuplesEqual(connection.reply, own.original)
  );
}

const usesNat =
  connectionStatus.sourceNat | connectionStatus.destinationNat | connectionStatus.sequenceAdjust;

/** l4proto_in_range() */
function isPartInRange(tuple: Tuple, manipulation: Manipulation, range: NatRange): boolean {
  const { protocol: number } = tuple;
  const isQuery = number === protocol.icmp || number === protocol.icmpv6;
  if (!isQuery && !trackedPorts(number) && number !== protocol.gre) return true;
  const part = isQuery || manipulation === 'source' ? tuple.sourcePart : tuple.destinationPart;
  return part >= (range.partMin ?? 0) && part <= (range.partMax ?? 0);
}

/** in_range(), for source mappings only. */
function isInRange(tuple: Tuple, range: NatRange): boolean {
  const { addressMin, addressMax } = range;
  if (hasFlag(range, rangeFlag.mapAddresses) && addressMin !== undefined) {
    if (compareTupleAddresses(tuple.source, addressMin) < 0) return false;
    if (compareTupleAddresses(tuple.source, addressMax ?? addressMin) > 0) return false;
  }
  if (!hasFlag(range, rangeFlag.protocolSpecified)) return true;
  return isPartInRange(tuple, 'source', range);
}

/** find_appropriate_src(): a mapping that the same source already has. */
function findSourceMapping(
  run: Run,
  own: Connection,
  tuple: Tuple,
  range: NatRange,
): Tuple | undefined {
  for (const id of connectionsFrom(run, tuple, own.zone)) {
    const other = findConnection(run, id);
    if (other === undefined) continue;
    const mapped = invertTuple(other.reply);
    if (mapped === undefined) continue;
    const result: Tuple = {
      ...mapped,
      destination: tuple.destination,
      destinationPart: tuple.destinationPart,
    };
    if (isInRange(result, range)) return result;
  }
  return undefined;
}

function withSource(tuple: Tuple, manipulation: Manipulation, address: TupleAddress): Tuple {
  const isSource = manipulation === 'source';
  return {
    source: isSource ? address : tuple.source,
    destination: isSource ? tuple.destination : address,
    protocol: tuple.protocol,
    sourcePart: tuple.sourcePart,
    destinationPart: tuple.destinationPart,
  };
}

/** find_best_ips_proto(): one address of the range, by a hash of source and destination. */
function chooseAddress(
  tuple: Tuple,
  range: NatRange,
  manipulation: Manipulation,
  zone: number,
): Tuple {
  const { addressMin, addressMax = addressMin } = range;
  if (!hasFlag(range, rangeFlag.mapAddresses) || addressMin === undefined) return tuple;
  if (addressMax === undefined || sameAddress(addressMin, addressMax))
    return withSource(tuple, manipulation, addressMin);
  const chosen = hashedAddress(tuple, range, manipulation, zone);
  return withSource(tuple, manipulation, tupleAddress(chosen));
}

function hashedAddress(
  tuple: Tuple,
  range: NatRange,
  manipulation: Manipulation,
  zone: number,
): Address {
  const first = bytesOfAddress(range.addressMin ?? 0);
  const last = bytesOfAddress(range.addressMax ?? 0);
  const from = bytesOfAddress(tuple.source);
  const to = bytesOfAddress(tuple.destination);
  const persistent = hasFlag(range, rangeFlag.persistent);
  const words = first.length / 4;
  const source = [0, 4, 8, 12].map((at) => (at < from.length ? swapped(from, at) : 0));
  const lastWord = swapped(to, to.length - 4);
  let hash = jenkinsHashWords(source, persistent ? 0 : (lastWord ^ zone) >>> 0);
  const chosen = Uint8Array.from(first);
  let fullRange = false;
  for (let word = 0; word < words; word++) {
    const low = fullRange ? 0 : read32(first, 4 * word);
    const distance = fullRange ? 0xffffffff : (read32(last, 4 * word) - low + 1) >>> 0;
    write32(chosen, 4 * word, (low + reciprocalScale(hash, distance)) >>> 0);
    if (read32(chosen, 4 * word) !== read32(last, 4 * word)) fullRange = true;
    // A new destination is written in place, so that the hash goes on with it.
    const destination = manipulation === 'source' ? to : chosen;
    if (!persistent) hash = (hash ^ swapped(destination, 4 * word)) >>> 0;
  }
  return chosen;
}

/** A word as the little-endian kernel holds it. */
function swapped(address: Address, at: number): number {
  const word = read32(address, at);
  return ((word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

export function uniqueTuple(
  run: Run,
  connection: Connection,
  original: Tuple,
  range: NatRange,
  manipulation: Manipulation,
): UniqueTuple {
  const random = (range.flags & (rangeFlag.random | rangeFlag.fullyRandom)) !== 0;
  if (manipulation === 'source' && !random) {
    if (isInRange(original, range)) {
      if (!isUsedUnchanged(run, original, connection))
        return { tuple: original, randomPort: false };
    } else {
      const known = findSourceMapping(run, connection, original, range);
      if (known !== undefined && !isUsed(run, known, connection))
        return { tuple: known, randomPort: false };
    }
  }
  const tuple = chooseAddress(original, range, manipulation, zoneId(connection.zone));
  if (!random && isGoodEnough(run, tuple, range, manipulation, connection))
    return { tuple, randomPort: false };
  return choosePart(run, connection, tuple, range, manipulation);
}

function isGoodEnough(
  run: Run,
  tuple: Tuple,
  range: NatRange,
  manipulation: Manipulation,
  connection: Connection,
): boolean {
  if (!hasFlag(range, rangeFlag.protocolSpecified)) return !isUsed(run, tuple, connection);
  return (
    !hasFlag(range, rangeFlag.protocolOffset) &&
    isPartInRange(tuple, manipulation, range) &&
    (range.partMin === range.partMax || !isUsed(run, tuple, connection))
  );
}

interface PartRange {
  readonly first: number;
  readonly size: number;
}

/** nf_nat_l4proto_unique_tuple(): which ports or ids may be taken. */
function partRange(
  tuple: Tuple,
  range: NatRange,
  manipulation: Manipulation,
): PartRange | undefined {
  const specified = hasFlag(range, rangeFlag.protocolSpecified);
  const low = Math.min(range.partMin ?? 0, range.partMax ?? 0);
  const high = Math.max(range.partMin ?? 0, range.partMax ?? 0);
  const { protocol: number } = tuple;
  if (number === protocol.icmp || number === protocol.icmpv6)
    return specified ? { first: low, size: high - low + 1 } : { first: 0, size: 65536 };
  if (!trackedPorts(number)) return undefined;
  if (specified) return { first: low, size: high - low + 1 };
  if (manipulation === 'destination') return undefined;
  if (tuple.sourcePart < 512) return { first: 1, size: 511 };
  return tuple.sourcePart < 1024 ? { first: 600, size: 424 } : { first: 1024, size: 64512 };
}

function choosePart(
  run: Run,
  connection: Connection,
  tuple: Tuple,
  range: NatRange,
  manipulation: Manipulation,
): UniqueTuple {
  const parts = partRange(tuple, range, manipulation);
  if (parts === undefined) return { tuple, randomPort: false };
  const isQuery = tuple.protocol === protocol.icmp || tuple.protocol === protocol.icmpv6;
  const ofSource = isQuery || manipulation === 'source';
  const current = ofSource ? tuple.sourcePart : tuple.destinationPart;
  const fixed = hasFlag(range, rangeFlag.protocolOffset);
  const start = fixed
    ? (current - (range.partBase ?? 0)) & 0xffff
    : parts.size === 1
      ? 0
      : drawOffset(run, parts);
  for (let attempt = 0; attempt < Math.min(parts.size, 65536); attempt++) {
    const part = parts.first + ((start + attempt) % parts.size);
    const candidate: Tuple = {
      source: tuple.source,
      destination: tuple.destination,
      protocol: tuple.protocol,
      sourcePart: ofSource ? part : tuple.sourcePart,
      destinationPart: ofSource ? tuple.destinationPart : part,
    };
    const last = attempt === parts.size - 1;
    if (last || !isUsed(run, candidate, connection))
      return { tuple: candidate, randomPort: !fixed && parts.size > 1 };
  }
  return { tuple, randomPort: false };
}

/** Small ranges are told apart; larger ones are one answer, with one port standing for all. */
const fewParts = 16;

function drawOffset(run: Run, parts: PartRange): number {
  const { first, size } = parts;
  if (size > fewParts) {
    return choose(run, 0, {
      reason: 'random-port',
      key: `port ${first}-${first + size - 1}`,
      options: [{ label: `${first}-${first + size - 1}` }],
      range: { first, last: first + size - 1 },
      fresh: true,
    });
  }
  const probability = { numerator: 1, denominator: size };
  const options = Array.from({ length: size }, (_, index) => ({
    label: `${first + index}`,
    probability,
  }));
  const key = `port ${first}-${first + size - 1}`;
  return choose(run, 0, { reason: 'random-port', key, options, fresh: true });
}
