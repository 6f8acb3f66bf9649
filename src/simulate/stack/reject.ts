/** What `reject` and REJECT answer: nf_send_reset(), nf_send_unreach() and their IPv6 twins. */

import { outputKind4 } from '../../host/route-output.ts';
import { buildPacket } from '../../packet/build.ts';
import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol, tcpFlag } from '../../packet/protocols.ts';
import { connectionStatus } from '../conntrack/connection.ts';
import { isTransportChecksumRight } from '../conntrack/packet-checksum.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import { type Run, record } from '../run.ts';
import {
  attachConnection,
  replyMark,
  sendIcmpError,
  setUsualHops,
  usualTtl,
} from './icmp-error.ts';
import { localOut } from './local-output.ts';
import { reroute, routeLocal } from './routing.ts';
import { spawnPacket } from './spawn.ts';

interface Transport {
  readonly number: number;
  readonly offset: number;
}

/** The transport header of a packet that is no later fragment. */
function transportOf(packet: LivePacket): Transport | undefined {
  const { bytes, length } = packet;
  if (ipFamily(packet) === 4) {
    if ((read16(bytes, 6) & 0x1fff) !== 0) return undefined;
    return { number: byteAt(bytes, 9), offset: (byteAt(bytes, 0) & 15) * 4 };
  }
  const place = skipExtensionHeaders(bytes, length);
  if (place === undefined || place.fragmentOffset !== 0 || place.offset >= length) return undefined;
  return { number: place.protocol, offset: place.offset };
}

/** nf_reject_verify_csum(): protocols without a checksum over everything are not looked at. */
function needsChecksum(packet: LivePacket, { number, offset }: Transport): boolean {
  switch (number) {
    case protocol.udp:
      return read16(packet.bytes, offset + 6) !== 0;
    case protocol.gre:
      return (byteAt(packet.bytes, offset) & 0x80) !== 0;
    case protocol.ah:
    case protocol.esp:
    case protocol.sctp:
    case protocol.udplite:
      return false;
    default:
      return true;
  }
}

function isEarly(state: HookState): boolean {
  return state.hook === 'prerouting' || state.hook === 'ingress';
}

function noteSuppressed(run: Run, packet: LivePacket, suppressed: string): void {
  record(run, { kind: 'reject-sent', subject: packet.subject, suppressed });
}

function noteSent(run: Run, packet: LivePacket): void {
  const reply = packet.journey.replies.at(-1);
  record(run, {
    kind: 'reject-sent',
    subject: packet.subject,
    ...(reply === undefined ? {} : { reply }),
  });
}

/** reject6_csum_ok() and its IPv4 twin: of an IPv6 packet with a known checksum nothing is looked at. */
function unanswerable(packet: LivePacket): 'FRAGMENT' | 'BAD_CHECKSUM' | undefined {
  if (packet.checksumTrusted && ipFamily(packet) === 6) return undefined;
  const transport = transportOf(packet);
  if (transport === undefined) return 'FRAGMENT';
  const isWrong = needsChecksum(packet, transport) && !isTransportChecksumRight(packet, transport);
  return isWrong ? 'BAD_CHECKSUM' : undefined;
}

export function rejectWithIcmp(run: Run, packet: LivePacket, state: HookState, code: number): void {
  const suppressed = unanswerable(packet);
  if (suppressed !== undefined) {
    noteSuppressed(run, packet, suppressed);
    return;
  }
  const type = ipFamily(packet) === 6 ? 1 : 3;
  const early = isEarly(state);
  const sent = sendIcmpError(run, packet, { type, code, cause: 'reject', early });
  if (sent) noteSent(run, packet);
  else noteSuppressed(run, packet, 'NOT_ANSWERABLE');
}

/** nf_send_reset() and nf_send_reset6() */
export function rejectWithReset(run: Run, packet: LivePacket, state: HookState): void {
  const transport = transportOf(packet);
  const { bytes, length } = packet;
  if (
    transport === undefined ||
    transport.number !== protocol.tcp ||
    transport.offset + 20 > length
  ) {
    noteSuppressed(run, packet, 'NOT_TCP');
    return;
  }
  const flags = byteAt(bytes, transport.offset + 13);
  if (flags & tcpFlag.rst) {
    noteSuppressed(run, packet, 'RST');
    return;
  }
  if (!isTransportChecksumRight(packet, transport)) {
    noteSuppressed(run, packet, 'BAD_CHECKSUM');
    return;
  }
  if (isOfGroup(run, packet, isEarly(state))) {
    noteSuppressed(run, packet, 'BROADCAST');
    return;
  }
  if (!hasWayBack(run, packet)) {
    noteSuppressed(run, packet, 'NO_ROUTE');
    return;
  }
  sendReset(run, packet, transport);
}

/** The packet's route leads to a group; before it has one, the route to its source stands for it (nf_reject_fill_skb_dst()). */
function isOfGroup(run: Run, packet: LivePacket, early: boolean): boolean {
  if (early) {
    return ipFamily(packet) === 4 && outputKind4(run.host, sourceAddress(packet)) === 'group';
  }
  const action = packet.route?.action;
  return action === 'broadcast' || action === 'multicast';
}

function hasWayBack(run: Run, packet: LivePacket): boolean {
  const swapped = resetPacket(run, packet, { number: protocol.tcp, offset: 0 });
  return (
    routeLocal(run, { ...packet, bytes: swapped, length: swapped.length }, {}).kind === 'route'
  );
}

function sendReset(run: Run, packet: LivePacket, transport: Transport): void {
  const reply = spawnPacket(run, packet, 'reject', resetPacket(run, packet, transport));
  if (reply === undefined) return;
  reply.mark = replyMark(run, packet);
  // nf_reject_ip6_tcphdr_put() makes the checksum at once.
  reply.checksumPending = ipFamily(packet) === 4;
  if (!reroute(run, reply)) return;
  setUsualHops(run, reply);
  attachConnection(packet, reply);
  closeConnection(packet);
  localOut(run, reply);
  noteSent(run, packet);
}

function resetPacket(run: Run, packet: LivePacket, { offset }: Transport): Uint8Array {
  const { bytes, length } = packet;
  const flags = byteAt(bytes, offset + 13);
  const hasAck = (flags & tcpFlag.ack) !== 0;
  const counted = (flags & tcpFlag.syn ? 1 : 0) + (flags & tcpFlag.fin ? 1 : 0);
  const data = length - offset - (byteAt(bytes, offset + 12) >> 4) * 4;
  const acknowledgement = (read32(bytes, offset + 4) + counted + data) >>> 0;
  return buildPacket({
    source: destinationAddress(packet),
    destination: sourceAddress(packet),
    protocol: protocol.tcp,
    sourcePort: read16(bytes, offset + 2),
    destinationPort: read16(bytes, offset),
    flags: hasAck ? 'R' : 'RA',
    sequence: hasAck ? read32(bytes, offset + 8) : 0,
    acknowledgement: hasAck ? 0 : acknowledgement,
    window: 0,
    ttl: ipFamily(packet) === 4 ? usualTtl(run) : 64,
    identification: 0,
    dontFragment: true,
  });
}

/** nf_ct_set_closing() */
function closeConnection({ connection }: LivePacket): void {
  if (connection === undefined || (connection.status & connectionStatus.confirmed) === 0) return;
  if (connection.tcp !== undefined) connection.tcp.state = 'CLOSE';
}
