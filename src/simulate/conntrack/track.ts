/** The conntrack hook: nf_conntrack_in(), net/netfilter/nf_conntrack_core.c. */

import { read16 } from '../../packet/bytes.ts';
import { foldChecksum, sctpChecksum, sumWords } from '../../packet/checksum.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import { conntrackNow, type Run, record } from '../run.ts';
import { pullTogether } from '../stack/refragment.ts';
import { type Connection, type ConnectionInfo, connectionStatus, isReply } from './connection.ts';
import { joinMaster } from './expect.ts';
import { inspectIcmp, startsIcmpConnection } from './icmp.ts';
import { trackSctp } from './sctp.ts';
import { checkOut, createConnection, destroyConnection, findTuple } from './table.ts';
import { trackTcp } from './tcp.ts';
import type { TrackContext, TrackVerdict } from './track-context.ts';
import {
  invertTuple,
  summariseTuple,
  type TransportOfPacket,
  transportForConntrack,
  tupleOfPacket,
} from './tuple.ts';

/** True: the packet goes on (with or without entry); false: it is dropped. */
export function trackPacket(run: Run, packet: LivePacket, state: HookState): boolean {
  if (packet.connection !== undefined || packet.untracked) return true;
  const family = state.family === 'ip6' ? 6 : 4;
  const { template } = packet;
  const zone = template?.connection.zone ?? 0;
  packet.template = undefined;
  const transport = transportForConntrack(packet.bytes, 0, packet.length, family);
  if (transport === undefined) return markInvalid(run, packet, 'BAD_HEADER');
  const checksumOk = (): boolean => isChecksumOk(run, packet, state, family, transport);
  const icmp = inspectIcmp(run, packet, family, transport, { zone, checksumOk });
  switch (icmp.kind) {
    case 'invalid':
      return markInvalid(run, packet, icmp.reason);
    case 'untracked':
      packet.untracked = true;
      record(run, { kind: 'conntrack-untracked', subject: packet.subject });
      return true;
    case 'related':
      attach(packet, icmp.connection, icmp.info);
      noteFound(run, packet);
      return true;
    default:
      return trackConnection(run, packet, {
        family,
        zone,
        helper: template?.connection.helper,
        transport,
        checksumOk,
        attempts: 0,
      });
  }
}

interface Tracking {
  readonly family: 4 | 6;
  readonly zone: number;
  /** That the template asks for. */
  readonly helper: string | undefined;
  readonly transport: TransportOfPacket;
  readonly checksumOk: () => boolean;
  readonly attempts: number;
}

function attach(packet: LivePacket, connection: Connection, info: ConnectionInfo): void {
  packet.connection = connection;
  packet.connectionInfo = info;
}

function markInvalid(run: Run, packet: LivePacket, reason: string): true {
  record(run, { kind: 'conntrack-invalid', subject: packet.subject, state: 'invalid', reason });
  return true;
}

/** resolve_normal_ct() and what follows it. */
function trackConnection(run: Run, packet: LivePacket, tracking: Tracking): boolean {
  const found = resolve(run, packet, tracking);
  if (found === undefined) return markInvalid(run, packet, 'NO_TUPLE');
  const { connection, info } = found;
  const verdict = trackProtocol(run, packet, tracking, connection, info);
  switch (verdict.kind) {
    case 'invalid':
      return markInvalid(run, packet, verdict.reason);
    case 'drop':
      return false;
    case 'repeat':
      destroyConnection(run, connection);
      return tracking.attempts > 0
        ? false
        : trackConnection(run, packet, { ...tracking, attempts: 1 });
    default:
      break;
  }
  attach(packet, connection, info);
  // A segment that is let through although it fits no state refreshes nothing (nf_ct_refresh_acct()).
  if (verdict.timeoutSeconds !== undefined || verdict.kill === true)
    account(run, packet, connection, info);
  if (
    verdict.timeoutSeconds !== undefined &&
    (connection.status & connectionStatus.fixedTimeout) === 0
  )
    connection.expires = run.clock + verdict.timeoutSeconds * 1000;
  if (verdict.kill === true) destroyConnection(run, connection);
  if (info === 'established-reply') connection.status |= connectionStatus.seenReply;
  noteFound(run, packet, found.created);
  return true;
}

function account(run: Run, packet: LivePacket, connection: Connection, info: ConnectionInfo): void {
  if (!run.compiled.accounting) return;
  const [packets, replyPackets] = connection.packets;
  const [bytes, replyBytes] = connection.bytes;
  const reply = isReply(info);
  connection.packets = reply ? [packets, replyPackets + 1] : [packets + 1, replyPackets];
  connection.bytes = reply
    ? [bytes, replyBytes + packet.length]
    : [bytes + packet.length, replyBytes];
}

interface Resolved {
  readonly connection: Connection;
  readonly info: ConnectionInfo;
  readonly created: boolean;
}

function resolve(run: Run, packet: LivePacket, tracking: Tracking): Resolved | undefined {
  const { family, zone, helper, transport } = tracking;
  const tuple = tupleOfPacket(packet.bytes, 0, packet.length, family, transport);
  if (tuple === undefined) return undefined;
  const hit = findTuple(run, tuple, zone);
  if (hit === undefined) {
    const reply = invertTuple(tuple);
    if (reply === undefined) return undefined;
    const connection = createConnection(run, family, zone, tuple, reply);
    const expected = joinMaster(run, packet, connection);
    if (!expected && helper !== undefined) connection.helper = helper;
    return { connection, info: expected ? 'related' : 'new', created: true };
  }
  const connection = checkOut(run, hit.connection);
  return { connection, info: infoOf(connection, hit.reply), created: false };
}

function infoOf(connection: Connection, reply: boolean): ConnectionInfo {
  if (reply) return 'established-reply';
  if (connection.status & connectionStatus.seenReply) return 'established';
  return connection.status & connectionStatus.expected ? 'related' : 'new';
}

function trackProtocol(
  run: Run,
  packet: LivePacket,
  tracking: Tracking,
  connection: Connection,
  info: ConnectionInfo,
): TrackVerdict {
  const { family, transport } = tracking;
  const context: TrackContext = {
    bytes: packet.bytes,
    offset: transport.offset,
    end: packet.length,
    family,
    info,
    direction: isReply(info) ? 1 : 0,
    clock: run.clock,
    checksumOk: tracking.checksumOk,
    sysctl: (name, absent) => sysctlNumber(run, name, absent),
    timeout: (state, name, absent) =>
      connection.timeouts?.[state] ?? sysctlNumber(run, name, absent),
  };
  switch (transport.protocol) {
    case protocol.tcp:
      return trackTcp(connection, context);
    case protocol.udp:
    case protocol.udplite:
      return trackUdp(connection, context, transport.protocol);
    case protocol.sctp:
      return trackSctp(connection, context);
    case protocol.icmp:
    case protocol.icmpv6:
      return trackQuery(connection, context, transport.protocol);
    case protocol.gre:
      return trackExchange(connection, context, ['gre_timeout', 30], ['gre_timeout_stream', 180]);
    default:
      return { kind: 'accept', timeoutSeconds: sysctlNumber(run, 'generic_timeout', 600) };
  }
}

function sysctlNumber(run: Run, name: string, absent: number): number {
  const { settings } = run.compiled;
  const known = settings.get(name);
  if (known !== undefined) return Number.isNaN(known) ? absent : known;
  const value = Number(
    run.host.host.sysctls.get(`net.netfilter.nf_conntrack_${name}`) ?? Number.NaN,
  );
  settings.set(name, value);
  return Number.isNaN(value) ? absent : value;
}

const streamAfterMilliseconds = 2000;

/** nf_conntrack_udp_packet() and nf_conntrack_udplite_packet() */
function trackUdp(connection: Connection, context: TrackContext, number: number): TrackVerdict {
  const { bytes, offset, end } = context;
  const length = end - offset;
  if (length < 8) return { kind: 'invalid', reason: 'SHORT_HEADER' };
  const declared = read16(bytes, offset + 4);
  const checksum = read16(bytes, offset + 6);
  if (number === protocol.udp) {
    if (declared > length || declared < 8) return { kind: 'invalid', reason: 'BAD_LENGTH' };
    if (checksum !== 0 && !context.checksumOk()) return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
  } else {
    const covered = declared === 0 ? length : declared;
    if (covered < 8 || covered > length) return { kind: 'invalid', reason: 'BAD_LENGTH' };
    if (checksum === 0 || !context.checksumOk()) return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
    return trackExchange(connection, context, ['udp_timeout', 30], ['udp_timeout_stream', 120]);
  }
  if ((connection.status & connectionStatus.confirmed) === 0)
    connection.streamAt = context.clock + streamAfterMilliseconds;
  const unreplied = context.timeout('unreplied', 'udp_timeout', 30);
  if ((connection.status & connectionStatus.seenReply) === 0)
    return { kind: 'accept', timeoutSeconds: unreplied };
  if (context.clock <= connection.streamAt) return { kind: 'accept', timeoutSeconds: unreplied };
  if ((connection.status & connectionStatus.natClash) === 0)
    connection.status |= connectionStatus.assured;
  return { kind: 'accept', timeoutSeconds: context.timeout('replied', 'udp_timeout_stream', 120) };
}

type NamedTimeout = readonly [sysctl: string, absent: number];

/** UDP-Lite and GRE: whatever follows the first reply assures the connection (nf_conntrack_gre_packet()). */
function trackExchange(
  connection: Connection,
  { sysctl }: TrackContext,
  unreplied: NamedTimeout,
  replied: NamedTimeout,
): TrackVerdict {
  if ((connection.status & connectionStatus.seenReply) === 0)
    return { kind: 'accept', timeoutSeconds: sysctl(...unreplied) };
  if ((connection.status & connectionStatus.natClash) === 0)
    connection.status |= connectionStatus.assured;
  return { kind: 'accept', timeoutSeconds: sysctl(...replied) };
}

function trackQuery(connection: Connection, context: TrackContext, number: number): TrackVerdict {
  const { family } = context;
  if ((number === protocol.icmp) !== (family === 4))
    return { kind: 'invalid', reason: 'BAD_PROTOCOL' };
  if (!startsIcmpConnection(family, connection.original.destinationPart))
    return { kind: 'invalid', reason: 'BAD_ICMP_TYPE' };
  const name = family === 4 ? 'icmp_timeout' : 'icmpv6_timeout';
  return { kind: 'accept', timeoutSeconds: context.sysctl(name, 30) };
}

/** Checksums are looked at in prerouting only (nf_checksum()). */
function isChecksumOk(
  run: Run,
  packet: LivePacket,
  state: HookState,
  family: 4 | 6,
  transport: TransportOfPacket,
): boolean {
  if (state.hook !== 'prerouting' || packet.checksumTrusted) return true;
  if (sysctlNumber(run, 'checksum', 1) === 0) return true;
  const { bytes, length } = packet;
  const { protocol: number, offset } = transport;
  if (number === protocol.sctp) {
    pullTogether(packet, offset + 12);
    const crc = sctpChecksum(bytes, offset, length);
    const swapped = new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset + 8, true);
    return crc === swapped;
  }
  // udplite_error() puts the number of UDP into the pseudo header, so right checksums of UDP-Lite look wrong.
  const summed = number === protocol.udplite ? protocol.udp : number;
  const withPseudo = !(family === 4 && number === protocol.icmp);
  // Both addresses stand side by side.
  const pseudo = withPseudo
    ? sumWords(bytes, family === 4 ? 12 : 8, family === 4 ? 20 : 40, summed + length - offset)
    : 0;
  // nf_ip_checksum() sums the IPv4 header too: a broken one breaks the check.
  const right = foldChecksum(sumWords(bytes, family === 4 ? 0 : offset, length, pseudo)) === 0;
  // __skb_checksum_complete() keeps the answer in csum_valid: later checks believe it, whatever was written meanwhile.
  if (right) packet.checksumTrusted = true;
  return right;
}

function noteFound(run: Run, packet: LivePacket, created = false): void {
  const { connection } = packet;
  if (run.recorder === undefined || connection === undefined) return;
  const now = conntrackNow(packet);
  record(run, {
    kind: created ? 'conntrack-created' : 'conntrack-found',
    subject: packet.subject,
    ...(now === undefined ? {} : { state: now.state }),
    ...(now?.direction === undefined ? {} : { direction: now.direction }),
    original: summariseTuple(connection.original),
    reply: summariseTuple(connection.reply),
    ...(connection.tcp === undefined ? {} : { protocolState: connection.tcp.state }),
  });
}
