/** NAT of ICMP errors: the quoted packet and the outer header (nf_nat_icmp_reply_translation() and its IPv6 twin). */

import { byteAt } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { connectionStatus, isReply, tupleOf } from '../conntrack/connection.ts';
import { isTransportChecksumRight } from '../conntrack/packet-checksum.ts';
import { invertTuple } from '../conntrack/tuple.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { needsManipulation, refreshIcmpChecksum, rewrite } from './manipulate.ts';
import type { Manipulation } from './range.ts';

/** Where the ICMP header stands, if the packet is one of its family's ICMP. */
export function icmpOffset(packet: LivePacket): number | undefined {
  const { bytes, length } = packet;
  if (ipFamily(packet) === 4)
    return byteAt(bytes, 9) === protocol.icmp ? (byteAt(bytes, 0) & 15) * 4 : undefined;
  const place = skipExtensionHeaders(bytes, length);
  return place?.protocol === protocol.icmpv6 ? place.offset : undefined;
}

const redirectType = { 4: 5, 6: 137 } as const;

/** False: drop it. */
export function translateIcmpError(
  run: Run,
  packet: LivePacket,
  offset: number,
  manipulation: Manipulation,
): boolean {
  const { connection, connectionInfo: info } = packet;
  if (connection === undefined || info === undefined) return true;
  const family = ipFamily(packet) ?? 4;
  const own = family === 4 ? protocol.icmp : protocol.icmpv6;
  if (!isTransportChecksumRight(packet, { number: own, offset })) return false;
  packet.checksumTrusted = true;
  if (byteAt(packet.bytes, offset) === redirectType[family]) {
    const done = connectionStatus.sourceNatDone | connectionStatus.destinationNatDone;
    if ((connection.status & done) !== done) return false;
    if (connection.status & (connectionStatus.sourceNat | connectionStatus.destinationNat))
      return false;
  }
  if (!needsManipulation(connection, info, manipulation)) return true;
  const other = tupleOf(connection, !isReply(info));
  const quoted = offset + 8;
  const opposite: Manipulation = manipulation === 'source' ? 'destination' : 'source';
  rewrite(run, packet, quoted, other, opposite, 'nat-inner');
  refreshIcmpChecksum(packet, offset);
  const target = invertTuple(other);
  if (target === undefined) return false;
  rewrite(run, packet, 0, { ...target, protocol: own }, manipulation, 'nat');
  return true;
}
