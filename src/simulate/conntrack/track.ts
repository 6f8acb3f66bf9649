/** The conntrack hook: nf_conntrack_in(), net/netfilter/nf_conntrack_core.c. */

import { read16 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import { conntrackNow, type Run, record } from '../run.ts';
import { type Connection, type ConnectionInfo, connectionStatus, isReply } from './connection.ts';
import { joinMaster } from './expect.ts';
import { inspectIcmp, startsIcmpConnection } from './icmp.ts';
import { isChecksumOk } from './packet-checksum.ts';
import { trackSctp } from './sctp.ts';
import { setting, settingOf } from './settings.ts';
import { checkOut, createConnection, destroyConnection, findTuple } from './table.ts';
import { trackTcp } from './tcp.ts';
import { type TrackContext, type TrackVerdict, timeoutBy } from './track-context.ts';
import { invertTuple, summariseTuple, transportForConntrack, tupleOfPacket } from './tuple.ts';

/** True: the packet goes on (with or without entry); false: it is dropped. */
export function trackPacket(run: Run, packet: LivePacket, state: HookState): boolean {
  if (packet.connection !== undefined || packet.untracked) return true;
  const family = state.family === 'ip6' ? 6 : 4;
  const { template } = packet;
  const zone = template?.connection.zone ?? 0;
  packet.template = undefined;
  const transport = transportForConntrack(packet.bytes, 0, packet.length, family);
  if (transport === undefined) return markInvalid(run, packet, 'BAD_HEADER');
  const context: TrackContext = {
    run,
    packet,
    hook: state.hook,
    bytes: packet.bytes,
    protocol: transport.protocol,
    offset: transport.offset,
    end: packet.length,
    family,
    zone,
    helper: template?.connection.helper,
    info: 'new',
    direction: 0,
    clock: run.clock,
  };
  const icmp = inspectIcmp(context);
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
      return trackConnection(run, packet, context, 0);
  }
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
function trackConnection(
  run: Run,
  packet: LivePacket,
  context: TrackContext,
  attempts: number,
): boolean {
  const found = resolve(run, packet, context);
  if (found === undefined) return markInvalid(run, packet, 'NO_TUPLE');
  const { connection, info } = found;
  context.info = info;
  context.direction = isReply(info) ? 1 : 0;
  const verdict = trackProtocol(connection, context);
  switch (verdict.kind) {
    case 'invalid':
      return markInvalid(run, packet, verdict.reason);
    case 'drop':
      return false;
    case 'repeat':
      destroyConnection(run, connection);
      return attempts > 0 ? false : trackConnection(run, packet, context, attempts + 1);
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

function resolve(run: Run, packet: LivePacket, context: TrackContext): Resolved | undefined {
  const { family, zone, helper } = context;
  const tuple = tupleOfPacket(packet.bytes, 0, packet.length, family, context);
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

function trackProtocol(connection: Connection, context: TrackContext): TrackVerdict {
  switch (context.protocol) {
    case protocol.tcp:
      return trackTcp(connection, context);
    case protocol.udp:
    case protocol.udplite:
      return trackUdp(connection, context, context.protocol);
    case protocol.sctp:
      return trackSctp(connection, context);
    case protocol.icmp:
    case protocol.icmpv6:
      return trackQuery(connection, context, context.protocol);
    case protocol.gre:
      return trackExchange(connection, context, greTimeouts);
    default:
      return {
        kind: 'accept',
        timeoutSeconds: settingOf(context.run, setting.generic_timeout, 600),
      };
  }
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
    if (checksum !== 0 && !isChecksumOk(context))
      return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
  } else {
    const covered = declared === 0 ? length : declared;
    if (covered < 8 || covered > length) return { kind: 'invalid', reason: 'BAD_LENGTH' };
    if (checksum === 0 || !isChecksumOk(context))
      return { kind: 'invalid', reason: 'BAD_CHECKSUM' };
    return trackExchange(connection, context, udpLiteTimeouts);
  }
  if ((connection.status & connectionStatus.confirmed) === 0)
    connection.streamAt = context.clock + streamAfterMilliseconds;
  const unreplied = timeoutBy(context, connection, 'unreplied', setting.udp_timeout, 30);
  if ((connection.status & connectionStatus.seenReply) === 0)
    return { kind: 'accept', timeoutSeconds: unreplied };
  if (context.clock <= connection.streamAt) return { kind: 'accept', timeoutSeconds: unreplied };
  if ((connection.status & connectionStatus.natClash) === 0)
    connection.status |= connectionStatus.assured;
  const replied = timeoutBy(context, connection, 'replied', setting.udp_timeout_stream, 120);
  return { kind: 'accept', timeoutSeconds: replied };
}

/** Numbers of settings, and seconds. */
interface ExchangeTimeouts {
  readonly unreplied: readonly [setting: number, absent: number];
  readonly replied: readonly [setting: number, absent: number];
}

const udpLiteTimeouts: ExchangeTimeouts = {
  unreplied: [setting.udp_timeout, 30],
  replied: [setting.udp_timeout_stream, 120],
};

const greTimeouts: ExchangeTimeouts = {
  unreplied: [setting.gre_timeout, 30],
  replied: [setting.gre_timeout_stream, 180],
};

/** UDP-Lite and GRE: whatever follows the first reply assures the connection (nf_conntrack_gre_packet()). */
function trackExchange(
  connection: Connection,
  { run }: TrackContext,
  { unreplied, replied }: ExchangeTimeouts,
): TrackVerdict {
  if ((connection.status & connectionStatus.seenReply) === 0)
    return { kind: 'accept', timeoutSeconds: settingOf(run, ...unreplied) };
  if ((connection.status & connectionStatus.natClash) === 0)
    connection.status |= connectionStatus.assured;
  return { kind: 'accept', timeoutSeconds: settingOf(run, ...replied) };
}

function trackQuery(connection: Connection, context: TrackContext, number: number): TrackVerdict {
  const { family } = context;
  if ((number === protocol.icmp) !== (family === 4))
    return { kind: 'invalid', reason: 'BAD_PROTOCOL' };
  if (!startsIcmpConnection(family, connection.original.destinationPart))
    return { kind: 'invalid', reason: 'BAD_ICMP_TYPE' };
  const timeout = family === 4 ? setting.icmp_timeout : setting.icmpv6_timeout;
  return { kind: 'accept', timeoutSeconds: settingOf(context.run, timeout, 30) };
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
