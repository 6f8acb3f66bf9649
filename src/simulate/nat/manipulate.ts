/** Rewriting packets of a bound connection: nf_nat_manip_pkt(), net/netfilter/nf_nat_proto.c. */

import { type Address, formatAddress } from '../../base/address.ts';
import { byteAt, read16, write16, write32 } from '../../packet/bytes.ts';
import {
  addressDifference,
  changeChecksum,
  fillSctpChecksum,
  foldChecksum,
  pseudoHeaderSum,
  replaceWord,
  sumWords,
  wordDifference,
} from '../../packet/checksum.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import {
  type Connection,
  type ConnectionInfo,
  connectionStatus,
  isReply,
  tupleOf,
} from '../conntrack/connection.ts';
import { invertTuple, type Tuple } from '../conntrack/tuple.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { pullTogether } from '../stack/refragment.ts';
import type { Manipulation } from './range.ts';

/** Is this manipulation part of what the connection does to packets of this direction? */
export function needsManipulation(
  connection: Connection,
  info: ConnectionInfo,
  manipulation: Manipulation,
): boolean {
  const source = (manipulation === 'source') !== isReply(info);
  const bit = source ? connectionStatus.sourceNat : connectionStatus.destinationNat;
  return (connection.status & bit) !== 0;
}

/** nf_nat_packet(); false: the packet cannot be rewritten and is dropped. */
export function manipulatePacket(
  run: Run,
  packet: LivePacket,
  manipulation: Manipulation,
): boolean {
  const { connection, connectionInfo: info } = packet;
  if (connection === undefined || info === undefined) return true;
  if (!needsManipulation(connection, info, manipulation)) return true;
  const target = invertTuple(tupleOf(connection, !isReply(info)));
  if (target === undefined) return true;
  if (target.protocol === protocol.gre && isShortGre(packet)) return false;
  rewrite(run, packet, 0, target, manipulation, 'nat');
  return true;
}

/** gre_manip_pkt() wants eight bytes of header, more than the base header that conntrack is content with. */
function isShortGre(packet: LivePacket): boolean {
  const transport = transportOf(packet, 0, ipFamily(packet) ?? 4);
  return transport?.number === protocol.gre && packet.length - transport.offset < 8;
}

/** Rewrites the packet that starts at `start`: the packet itself, or the one an ICMP error quotes. */
export function rewrite(
  run: Run,
  packet: LivePacket,
  start: number,
  target: Tuple,
  manipulation: Manipulation,
  cause: 'nat' | 'nat-inner',
): void {
  const family = ipFamily(packet) ?? 4;
  const { bytes } = packet;
  const isSource = manipulation === 'source';
  const size = family === 4 ? 4 : 16;
  const at = start + (family === 4 ? (isSource ? 12 : 16) : isSource ? 8 : 24);
  const address = isSource ? target.source : target.destination;
  const before = run.recorder === undefined ? undefined : bytes.slice(at, at + size);
  const change =
    typeof address === 'number'
      ? wordDifference(bytes, at, address)
      : addressDifference(bytes, at, address);
  const transport = transportOf(packet, start, family);
  if (transport !== undefined)
    rewriteTransport(run, packet, transport, target, manipulation, cause, change);
  if (family === 4) changeChecksum(bytes, start + 10, change);
  if (typeof address === 'number') write32(bytes, at, address);
  else for (let index = 0; index < size; index++) bytes[at + index] = byteAt(address, index);
  if (before !== undefined)
    noteAddress(run, packet, cause, family, isSource, before, bytesOfAddress(address));
}

interface TransportSpot {
  readonly number: number;
  readonly offset: number;
  readonly family: 4 | 6;
}

/** Later fragments have no transport header to rewrite. */
function transportOf(packet: LivePacket, start: number, family: 4 | 6): TransportSpot | undefined {
  const { bytes, length } = packet;
  if (family === 4) {
    if ((read16(bytes, start + 6) & 0x1fff) !== 0) return undefined;
    const offset = start + (byteAt(bytes, start) & 15) * 4;
    return { number: byteAt(bytes, start + 9), offset, family };
  }
  const place = skipExtensionHeaders(bytes, length, start + 40, byteAt(bytes, start + 6));
  if (place === undefined || place.fragmentOffset !== 0) return undefined;
  return { number: place.protocol, offset: place.offset, family };
}

function rewriteTransport(
  run: Run,
  packet: LivePacket,
  spot: TransportSpot,
  target: Tuple,
  manipulation: Manipulation,
  cause: 'nat' | 'nat-inner',
  change: number,
): void {
  const { bytes, length } = packet;
  const { offset } = spot;
  const room = length - offset;
  pullTogether(packet, offset + headerSize(target.protocol, room));
  // The protocol is the connection's: a rule may have written another one into the header.
  switch (target.protocol) {
    case protocol.tcp: {
      if (room < 8) return;
      const checksum = room >= 20 ? offset + 16 : undefined;
      if (checksum !== undefined) changeChecksum(bytes, checksum, change);
      rewritePort(run, packet, offset, target, manipulation, checksum, cause, 'tcp');
      return;
    }
    case protocol.udp:
    case protocol.udplite: {
      if (room < 8) return;
      const checked = target.protocol === protocol.udplite || read16(bytes, offset + 6) !== 0;
      const checksum = checked ? offset + 6 : undefined;
      if (checksum !== undefined) changeChecksum(bytes, checksum, change);
      rewritePort(run, packet, offset, target, manipulation, checksum, cause, 'udp');
      if (checksum !== undefined && read16(bytes, checksum) === 0) write16(bytes, checksum, 0xffff);
      return;
    }
    case protocol.sctp:
      if (room < 8) return;
      rewritePort(run, packet, offset, target, manipulation, undefined, cause, 'sctp');
      if (room >= 12) fillSctpChecksum(bytes, offset, length);
      return;
    case protocol.icmp:
    case protocol.icmpv6:
      rewriteQuery(packet, spot, target, change);
      return;
    default:
      return;
  }
}

/** What must be writable of it (skb_ensure_writable()). */
function headerSize(number: number, room: number): number {
  if (number === protocol.tcp) return room >= 20 ? 20 : 8;
  if (number === protocol.sctp) return room >= 12 ? 12 : 8;
  const { udp, udplite, icmp, icmpv6, gre } = protocol;
  return number === udp ||
    number === udplite ||
    number === icmp ||
    number === icmpv6 ||
    number === gre
    ? 8
    : 0;
}

function rewritePort(
  run: Run,
  packet: LivePacket,
  offset: number,
  target: Tuple,
  manipulation: Manipulation,
  checksum: number | undefined,
  cause: 'nat' | 'nat-inner',
  name: string,
): void {
  const { bytes } = packet;
  const isSource = manipulation === 'source';
  const at = offset + (isSource ? 0 : 2);
  const before = read16(bytes, at);
  const after = isSource ? target.sourcePart : target.destinationPart;
  if (before === after) return;
  write16(bytes, at, after);
  if (checksum !== undefined) replaceWord(bytes, checksum, before, after);
  if (run.recorder !== undefined)
    record(run, {
      kind: 'packet-rewritten',
      subject: packet.subject,
      cause,
      field: `${name} ${isSource ? 'sport' : 'dport'}`,
      before: `${before}`,
      after: `${after}`,
    });
}

function rewriteQuery(
  packet: LivePacket,
  spot: TransportSpot,
  target: Tuple,
  change: number,
): void {
  const { bytes, length } = packet;
  const { offset, family } = spot;
  const { protocol: number } = target;
  if (length - offset < 8) return;
  if (number === protocol.icmpv6 && family === 6) changeChecksum(bytes, offset + 2, change);
  if (!hasQueryId(number, byteAt(bytes, offset))) return;
  const before = read16(bytes, offset + 4);
  if (before === target.sourcePart) return;
  replaceWord(bytes, offset + 2, before, target.sourcePart);
  write16(bytes, offset + 4, target.sourcePart);
}

function hasQueryId(number: number, type: number): boolean {
  if (number === protocol.icmpv6) return type === 128 || type === 129;
  return type === 0 || type === 8 || (type >= 13 && type <= 18);
}

function noteAddress(
  run: Run,
  packet: LivePacket,
  cause: 'nat' | 'nat-inner',
  family: 4 | 6,
  isSource: boolean,
  before: Address,
  after: Address,
): void {
  const [first, second] = [formatAddress(before), formatAddress(after)];
  if (first === second) return;
  record(run, {
    kind: 'packet-rewritten',
    subject: packet.subject,
    cause,
    field: `${family === 4 ? 'ip' : 'ip6'} ${isSource ? 'saddr' : 'daddr'}`,
    before: first,
    after: second,
  });
}

/** The checksum of an ICMP message, computed anew after its quoted packet changed. */
export function refreshIcmpChecksum(packet: LivePacket, offset: number): void {
  const { bytes, length } = packet;
  const pseudo =
    ipFamily(packet) === 6
      ? pseudoHeaderSum(
          bytes.subarray(8, 24),
          bytes.subarray(24, 40),
          protocol.icmpv6,
          length - offset,
        )
      : 0;
  write16(bytes, offset + 2, 0);
  write16(bytes, offset + 2, foldChecksum(sumWords(bytes, offset, length, pseudo)));
}
