/** ICMP and ICMPv6 in conntrack: queries, errors about known connections, neighbour discovery. */

import { byteAt } from '../../packet/bytes.ts';
import { isIcmpError, protocol } from '../../packet/protocols.ts';
import { destinationAddress, type LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { type Connection, type ConnectionInfo, tupleOf } from './connection.ts';
import { isChecksumOk } from './packet-checksum.ts';
import { checkOut, findTuple } from './table.ts';
import type { TrackContext } from './track-context.ts';
import { invertTuple, transportForConntrack, tupleOfPacket } from './tuple.ts';
import { sameAddress, tupleAddress } from './tuple-address.ts';

export type IcmpVerdict =
  | { readonly kind: 'track' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'untracked' }
  | { readonly kind: 'related'; readonly connection: Connection; readonly info: ConnectionInfo };

const goOn: IcmpVerdict = { kind: 'track' };

const invalid = (reason: string): IcmpVerdict => ({ kind: 'invalid', reason });

/** Highest ICMP type that the kernel knows (NR_ICMP_TYPES). */
const highestIcmpType = 18;

/** nf_conntrack_handle_icmp(): what to do before a connection is looked for. */
export function inspectIcmp(context: TrackContext): IcmpVerdict {
  const { run, packet, family, offset } = context;
  const isIcmp = family === 4 && context.protocol === protocol.icmp;
  const isIcmp6 = family === 6 && context.protocol === protocol.icmpv6;
  if (!isIcmp && !isIcmp6) return goOn;
  if (offset + 8 > packet.length) return invalid('SHORT_HEADER');
  if (!isChecksumOk(context)) return invalid('BAD_CHECKSUM');
  const type = byteAt(packet.bytes, offset);
  if (isIcmp) {
    if (type > highestIcmpType) return invalid('BAD_ICMP_TYPE');
    if (!isIcmpError(type)) return goOn;
  } else {
    if (isNeighbourDiscovery(type)) return { kind: 'untracked' };
    if (type >= 128 && type !== 137) return goOn;
    if (type === 137) return invalid('BAD_ICMP_TYPE');
  }
  return relateError(run, packet, family, offset + 8, context.zone);
}

/** MLD, router and neighbour discovery: noct_valid_new of nf_conntrack_proto_icmpv6.c. */
function isNeighbourDiscovery(type: number): boolean {
  return (type >= 130 && type <= 136) || type === 143;
}

/** nf_conntrack_inet_error(): is the quoted packet one of a known connection? */
function relateError(
  run: Run,
  packet: LivePacket,
  family: 4 | 6,
  start: number,
  zone: number,
): IcmpVerdict {
  const { bytes, length } = packet;
  const transport = transportForConntrack(bytes, start, length, family);
  if (transport === undefined) return invalid('BAD_INNER_PACKET');
  const quoted = tupleOfPacket(bytes, start, length, family, transport);
  const inverted = quoted === undefined ? undefined : invertTuple(quoted);
  if (inverted === undefined) return invalid('BAD_INNER_PACKET');
  const hit = findTuple(run, inverted, zone);
  if (hit === undefined) return invalid('NO_ENTRY');
  const tuple = tupleOf(hit.connection, hit.reply);
  if (!sameAddress(tuple.destination, tupleAddress(destinationAddress(packet))))
    return invalid('INNER_MISMATCH');
  const connection = checkOut(run, hit.connection);
  return { kind: 'related', connection, info: hit.reply ? 'related-reply' : 'related' };
}

const newTypes4: readonly number[] = [8, 13, 15, 17];
const newTypes6: readonly number[] = [128, 139];

/** Query types that may start a connection. */
export function startsIcmpConnection(family: 4 | 6, destinationPart: number): boolean {
  return (family === 4 ? newTypes4 : newTypes6).includes(destinationPart >> 8);
}
