/** ICMP errors of the stack and of `reject`: __icmp_send(), net/ipv4/icmp.c, and icmp6_send(), net/ipv6/icmp.c. */

import { type Address, isUnspecified } from '../../base/address.ts';
import { isLinkLocal } from '../../host/address-type.ts';
import { isOwnAddress, isSysctlSet, selectInterfaceAddress4 } from '../../host/local-addresses.ts';
import { scopeNumbers } from '../../host/network-interface.ts';
import { outputKind4, routeOutput } from '../../host/route-output.ts';
import { selectSourceAddress6 } from '../../host/source-address6.ts';
import { buildPacket, type PacketDescription } from '../../packet/build.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { isReply } from '../conntrack/connection.ts';
import {
  destinationAddress,
  ipFamily,
  type LivePacket,
  packetBytes,
  sourceAddress,
} from '../live-packet.ts';
import type { Run } from '../run.ts';
import { mayAnswer } from './answer-rate.ts';
import { echoedOptions } from './ip-options.ts';
import { localOut } from './local-output.ts';
import { noteRoute, routeLocal } from './routing.ts';
import { spawnPacket } from './spawn.ts';

export interface IcmpErrorOptions {
  readonly type: number;
  readonly code: number;
  readonly mtu?: number;
  /** Parameter problem: the byte that is wrong. */
  readonly pointer?: number;
  /** By `reject`. */
  readonly cause?: 'reject' | 'icmp-error';
  /** The packet has no route yet (reject in prerouting): the answer's route stands for it. */
  readonly early?: boolean;
  /** The caller has spent the tokens of the peer. */
  readonly paid?: boolean;
}

/** True when an error was sent. */
export function sendIcmpError(run: Run, packet: LivePacket, options: IcmpErrorOptions): boolean {
  const version = ipFamily(packet) === 6 ? 6 : 4;
  if (run.answering.has(version)) return false;
  run.answering.add(version);
  const send = version === 6 ? sendIcmp6 : sendIcmp4;
  const sent = send(run, packet, options);
  run.answering.delete(version);
  return sent;
}

/** Which packets get no answer (RFC 1122, 3.2.2). */
function isAnswerable4(packet: LivePacket): boolean {
  const { bytes, route } = packet;
  if (packet.packetType !== 'host') return false;
  if (route?.action === 'broadcast' || route?.action === 'multicast') return false;
  if ((read16(bytes, 6) & 0x1fff) !== 0) return false;
  if (byteAt(bytes, 9) !== protocol.icmp) return true;
  const at = (byteAt(bytes, 0) & 15) * 4;
  return at < packet.length && answerableTypes.has(byteAt(bytes, at));
}

/** icmp_pointers[]: the stack takes every other type for an error, known or not. */
const answerableTypes: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18]);

const smallestBuffer = 576;

function sendIcmp4(run: Run, packet: LivePacket, options: IcmpErrorOptions): boolean {
  if (!isAnswerable4(packet)) return false;
  // A route stands for the packet's own one in prerouting: that to its source.
  const peer = sourceAddress(packet);
  const early = options.early === true ? (outputKind4(run.host, peer) ?? 'group') : undefined;
  if (early === 'group') return false;
  const local = early === undefined ? packet.route?.action === 'local' : early === 'local';
  const source = local ? destinationAddress(packet) : inboundSource(run, packet);
  // The host answers from addresses of its own only.
  if (local && source !== undefined && outputKind4(run.host, source) !== 'local') return false;
  const tos = (byteAt(packet.bytes, 1) & 0x1e) | 0xc0;
  const found = replyRoute(run, packet, source, tos);
  if (found === undefined) return false;
  if (isLimited(options, found) && !mayAnswer(run, peer)) return false;
  const mtu = found.mtu;
  const sender = source ?? found.source ?? Uint8Array.of(192, 0, 0, 8);
  const ipOptions = echoedOptions(run, packet, sender);
  if (ipOptions === undefined) return false;
  const room = Math.min(mtu, smallestBuffer) - 20 - ((ipOptions.length + 3) & ~3) - 8;
  return sendReply(run, packet, options, {
    source: sender,
    destination: isUnspecified(peer) ? sender : peer,
    protocol: protocol.icmp,
    icmpType: options.type,
    icmpCode: options.code,
    inner: packetBytes(packet).slice(0, room),
    dscp: tos >> 2,
    ecn: tos & 3,
    ttl: usualTtl(run),
    identification: 0,
    ipOptions,
    // The pointer is the first byte of what an MTU is the last two of.
    ...(options.pointer === undefined ? {} : { mtu: options.pointer * 2 ** 24 }),
    ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
  });
}

/** icmp_errors_use_inbound_ifaddr: an address of the device that the packet came in by. */
function inboundSource(run: Run, packet: LivePacket): Address | undefined {
  const isOn = isSysctlSet(run.host, 'net.ipv4.icmp_errors_use_inbound_ifaddr');
  if (!isOn || packet.input === undefined) return undefined;
  return selectInterfaceAddress4(
    run.host,
    packet.input.name,
    scopeNumbers.link,
    sourceAddress(packet),
  );
}

/** icmpv4_mask_allow() with the default mask; path MTU discovery and loopback are never limited. */
function isLimited({ type, code, paid }: IcmpErrorOptions, { loopback }: ReplyRoute): boolean {
  if (paid === true || loopback || (type === 3 && code === 4)) return false;
  return type === 3 || type === 4 || type === 11 || type === 12;
}

interface ReplyRoute {
  readonly source: Address | undefined;
  /** The route has a preferred source. */
  readonly preferred: boolean;
  readonly mtu: number;
  readonly loopback: boolean;
}

function replyRoute(
  run: Run,
  packet: LivePacket,
  source: Address | undefined,
  tos: number,
): ReplyRoute | undefined {
  const number = ipFamily(packet) === 6 ? protocol.icmpv6 : protocol.icmp;
  const scope = scopeDevice(packet);
  const found = routeOutput(run.host, {
    destination: sourceAddress(packet),
    ipProtocol: number,
    tos,
    mark: replyMark(run, packet),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { outputInterface: scope, strictInterface: true }),
  });
  if (found.kind === 'error') return undefined;
  const device = run.host.interfacesByName.get(found.choices[0].nexthop.device);
  return {
    source: found.choices[0].source,
    preferred: found.lookup?.route.preferredSource !== undefined,
    mtu: found.lookup?.route.mtu ?? device?.mtu ?? 1500,
    loopback: device?.kind === 'loopback',
  };
}

/** icmp6_iif(): a link-local sender is on the link that the packet came in by. */
function scopeDevice(packet: LivePacket): string | undefined {
  const source = sourceAddress(packet);
  return source.length === 16 && isLinkLocal(source) ? packet.input?.name : undefined;
}

/** IP4_REPLY_MARK: replies carry the mark only with fwmark_reflect. */
export function replyMark(run: Run, packet: LivePacket): number {
  const name = ipFamily(packet) === 6 ? 'net.ipv6.fwmark_reflect' : 'net.ipv4.fwmark_reflect';
  return run.host.host.sysctls.get(name) === '1' ? packet.mark : 0;
}

function sendReply(
  run: Run,
  packet: LivePacket,
  options: IcmpErrorOptions,
  description: PacketDescription,
): boolean {
  const reply = spawnPacket(run, packet, options.cause ?? 'icmp-error', buildPacket(description));
  if (reply === undefined) return false;
  reply.mark = replyMark(run, packet);
  const scope = scopeDevice(packet);
  const routed = routeLocal(run, reply, {
    source: description.source,
    ...(scope === undefined ? {} : { device: scope, isBound: true }),
  });
  if (routed.kind === 'error') return false;
  reply.route = routed.route;
  setUsualHops(run, reply);
  noteRoute(run, reply, 'reject', routed.route);
  attachConnection(packet, reply);
  localOut(run, reply);
  return true;
}

/** The TTL of IPv4 packets that the host makes. */
export function usualTtl(run: Run): number {
  return Number(run.host.host.sysctls.get('net.ipv4.ip_default_ttl') ?? 64);
}

/** ip6_dst_hoplimit() of a packet that the host has made. */
export function setUsualHops(run: Run, { bytes, route }: LivePacket): void {
  if (bytes.length < 40 || byteAt(bytes, 0) >> 4 !== 6) return;
  const name = `net.ipv6.conf.${route?.device?.name}.hop_limit`;
  bytes[7] = Number(run.host.host.sysctls.get(name) ?? 64);
}

/** nf_ct_attach(): the answer belongs to the connection of the packet, in the other direction. */
export function attachConnection(packet: LivePacket, reply: LivePacket): void {
  const { connection, connectionInfo: info } = packet;
  reply.answersUntracked = packet.untracked;
  const { template } = packet;
  if (template !== undefined) {
    const back = isReply(template.info) ? 'related' : 'related-reply';
    reply.template = { connection: template.connection, info: back };
  }
  if (connection === undefined || info === undefined) return;
  reply.connection = connection;
  reply.connectionInfo = isReply(info) ? 'related' : 'related-reply';
}

const minimumMtu6 = 1280;

function sendIcmp6(run: Run, packet: LivePacket, options: IcmpErrorOptions): boolean {
  const destination = destinationAddress(packet);
  const source = sourceAddress(packet);
  const tooBig = options.type === 2;
  const isForGroup = destination[0] === 0xff || packet.packetType !== 'host';
  if (isForGroup && !tooBig && !isUnknownOption(packet, options)) return false;
  if (source[0] === 0xff || isUnspecified(source)) return false;
  if (isIcmp6Error(packet)) return false;
  const isOwn = destination[0] !== 0xff && isOwnAddress(run.host, destination);
  const found = replyRoute(run, packet, isOwn ? destination : undefined, 0);
  if (found === undefined) return false;
  const from = isOwn ? destination : (inputSource(run, packet, found) ?? found.source);
  if (from === undefined) return false;
  return sendReply(run, packet, options, {
    source: from,
    destination: source,
    protocol: protocol.icmpv6,
    icmpType: options.type,
    icmpCode: options.code,
    inner: packetBytes(packet).slice(0, minimumMtu6 - 40 - 8),
    ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
  });
}

/** opt_unrec(): options of the kind that even senders to groups are told of. */
function isUnknownOption({ bytes }: LivePacket, { type, code, mtu }: IcmpErrorOptions): boolean {
  return type === 4 && code === 2 && mtu !== undefined && byteAt(bytes, mtu) >> 6 === 2;
}

/** Without a source that the route prefers, an address of the device that the packet came in by is taken. */
function inputSource(run: Run, packet: LivePacket, found: ReplyRoute): Address | undefined {
  if (found.preferred || packet.input === undefined || packet.isLocal) return undefined;
  return selectSourceAddress6(run.host, packet.input.name, sourceAddress(packet));
}

/** is_ineligible(): ICMPv6 errors are never answered. */
function isIcmp6Error(packet: LivePacket): boolean {
  const { bytes, length } = packet;
  const place = skipExtensionHeaders(bytes, length);
  if (place === undefined || place.protocol !== protocol.icmpv6) return false;
  return place.fragmentOffset === 0 && byteAt(bytes, place.offset) < 128;
}
