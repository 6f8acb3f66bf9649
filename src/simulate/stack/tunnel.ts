/** VXLAN and IPIP devices: the outer packet of what they send, and what they make of outer packets (drivers/net/vxlan, net/ipv4/ipip.c). */

import { type Address, addressesEqual } from '../../base/address.ts';
import type { LinkDetails, NetworkInterface } from '../../host/network-interface.ts';
import { buildPacket, type PacketDescription } from '../../packet/build.ts';
import { byteAt, concatBytes, equalBytes, read16, read32, write32 } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { etherType, protocol } from '../../packet/protocols.ts';
import {
  destinationAddress,
  ipFamily,
  type LivePacket,
  newLivePacket,
  packetBytes,
  sourceAddress,
} from '../live-packet.ts';
import { choose, type Run, record, summaryNow } from '../run.ts';
import { localOut } from './local-output.ts';
import { packetTypeOf, receivePacket } from './receive.ts';
import { noteRoute, routeLocal } from './routing.ts';
import { spawnPacket } from './spawn.ts';
import { stackDrop } from './stop.ts';

/** What a device puts around a packet, addresses apart. */
type Envelope = Omit<PacketDescription, 'source' | 'destination'>;

/** The outer packets of a packet that left by the device; none where the facts do not say where they would go. */
export function sendThroughTunnel(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (device.kind === 'vxlan') {
    for (const remote of vxlanRemotes(run, packet, device)) {
      const envelope = vxlanEnvelope(run, packet, device, remote);
      if (envelope !== undefined) sendOuter(run, packet, device, remote, envelope);
    }
  } else if (device.kind === 'ipip' && ipFamily(packet) === 4) {
    const remote = knownAddress(device.details.remote) ?? packet.route?.gateway;
    const next = remote ?? destinationAddress(packet);
    sendOuter(run, packet, device, next, ipipEnvelope(packet, device));
  }
}

/** `0.0.0.0` and `::` stand for any. */
function knownAddress(address: Address | undefined): Address | undefined {
  return address?.some((byte) => byte !== 0) === true ? address : undefined;
}

const anyMac = new Uint8Array(6);

/** vxlan_find_mac(), else the entry of all zeros, which `remote` and `group` make. */
function vxlanRemotes(run: Run, packet: LivePacket, device: NetworkInterface): readonly Address[] {
  const mac = packet.link?.subarray(0, 6);
  if (mac === undefined) return [];
  const entries = (run.host.host.forwardingDatabase ?? []).filter(
    (entry) => entry.device === device.name && entry.destination !== undefined,
  );
  const towards = (wanted: Uint8Array): readonly Address[] =>
    entries.flatMap((entry) =>
      equalBytes(entry.mac, wanted) && entry.destination !== undefined ? [entry.destination] : [],
    );
  const own = towards(mac);
  if (own.length > 0) return own;
  const flooded = towards(anyMac);
  const remote = knownAddress(device.details.remote) ?? knownAddress(device.details.group);
  return flooded.length > 0 || remote === undefined ? flooded : [remote];
}

const defaultTtl = 64;
const vniFlag = 0x08000000;

/** vxlan_xmit_one() */
function vxlanEnvelope(
  run: Run,
  packet: LivePacket,
  { name, details }: NetworkInterface,
  remote: Address,
): Envelope | undefined {
  const { id, port, ttl } = details;
  if (id === undefined || port === undefined) return undefined;
  const words = details.words ?? [];
  const header = new Uint8Array(8);
  write32(header, 0, vniFlag);
  write32(header, 4, id << 8);
  const frame = concatBytes(header, packet.link ?? anyMac, packetBytes(packet));
  return {
    protocol: protocol.udp,
    sourcePort: outerPort(run, packet, name, words),
    destinationPort: port,
    ttl: wordAfter(words, 'ttl') === 'inherit' ? hopsOf(packet) : (ttl ?? usualTtl(remote)),
    dscp: outerDscp(packet, words),
    ecn: outerEcn(packet),
    payload: frame,
    noChecksum: words.includes(remote.length === 16 ? 'udp6zerocsumtx' : 'noudpcsum'),
  };
}

/** udp_flow_src_port(): a hash with a secret of the host, within the device's range or that of local ports. */
function outerPort(run: Run, packet: LivePacket, device: string, words: readonly string[]): number {
  const [first, last] = portRange(run, words);
  if (last <= first) return first;
  const label = `${first}-${last}`;
  const offset = choose(run, packet.subject, {
    reason: 'random-port',
    key: `source port of ${device} ${label}`,
    options: [{ label }],
    range: { first, last },
    fresh: true,
  });
  return first + offset;
}

/** The upper bound is never reached (reciprocal_scale()). */
function portRange(run: Run, words: readonly string[]): readonly [number, number] {
  const at = words.findIndex((word) => word.startsWith('srcport'));
  const own = words
    .slice(at)
    .join(' ')
    .match(/^srcport (\d+) (\d+)/);
  const set = at >= 0 && own !== null && own[2] !== '0' ? own : undefined;
  const local = run.host.host.sysctls.get('net.ipv4.ip_local_port_range') ?? '32768 60999';
  const [low = 32768, high = 60999] =
    set === undefined ? local.split(/\s+/).map(Number) : [Number(set[1]), Number(set[2])];
  return [low, high - 1];
}

/** Multicasts of a device without a TTL stay on the link. */
function usualTtl(remote: Address): number {
  const [first = 0] = remote;
  const isGroup = remote.length === 16 ? first === 0xff : (first & 0xf0) === 0xe0;
  return isGroup ? 1 : defaultTtl;
}

function wordAfter(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
}

/** `tos inherit`, `tos 0x10`, or none. */
function outerDscp(packet: LivePacket, words: readonly string[]): number {
  const asked = wordAfter(words, 'tos');
  if (asked !== 'inherit') return (Number(asked ?? 0) || 0) >> 2;
  const family = ipFamily(packet);
  if (family === undefined) return 0;
  return (family === 6 ? (read16(packet.bytes, 0) >> 4) & 0xff : byteAt(packet.bytes, 1)) >> 2;
}

function hopsOf(packet: LivePacket): number {
  return byteAt(packet.bytes, ipFamily(packet) === 6 ? 7 : 8);
}

/** INET_ECN_encapsulate() with a TOS of 0: congestion is not carried outwards, capability is. */
function outerEcn(packet: LivePacket): number {
  const family = ipFamily(packet);
  if (family === undefined) return 0;
  const { bytes } = packet;
  const inner = (family === 6 ? read16(bytes, 0) >> 4 : byteAt(bytes, 1)) & 3;
  return inner === 3 ? 2 : inner;
}

/** ip_tunnel_xmit(): TTL and, with path MTU discovery, DF. */
function ipipEnvelope(packet: LivePacket, { details }: NetworkInterface): Envelope {
  const words = details.words ?? [];
  const inner = read16(packet.bytes, 6) & 0x4000;
  return {
    protocol: protocol.ipip,
    ttl: details.ttl ?? hopsOf(packet),
    dscp: outerDscp(packet, words),
    ecn: outerEcn(packet),
    dontFragment: !words.includes('nopmtudisc') || inner !== 0,
    payload: packetBytes(packet),
  };
}

/** iptunnel_xmit(): the mark stays, the connection does not; then as any packet of the host. */
function sendOuter(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  remote: Address,
  envelope: Envelope,
): void {
  const local = knownAddress(device.details.local);
  const source = local ?? new Uint8Array(remote.length);
  const probe = newLivePacket(
    packet.subject,
    packet.journey,
    buildPacket({ ...envelope, source, destination: remote }),
  );
  probe.mark = packet.mark;
  const found = routeLocal(run, probe, {
    ...(local === undefined ? {} : { source: local }),
    ...(device.details.device === undefined ? {} : { device: device.details.device }),
  });
  const own = found.kind === 'route' ? (local ?? found.route.source) : undefined;
  const bytes = buildPacket({ ...envelope, source: own ?? source, destination: remote });
  const outer = spawnPacket(run, packet, 'encapsulated', bytes);
  if (outer === undefined) return;
  outer.mark = packet.mark;
  outer.priority = packet.priority;
  outer.sender = packet.sender;
  // skb->dev is still the tunnel: postrouting sees it as the input device.
  outer.isLocal = false;
  outer.input = device;
  if (found.kind === 'error' || own === undefined || found.route.device === device) {
    stackDrop(run, outer, 'NO_ROUTE');
    return;
  }
  outer.route = found.route;
  noteRoute(run, outer, 'encapsulation', found.route);
  localOut(run, outer);
}

/** A packet for the host that a tunnel device takes: it goes on as the inner packet, on that device. True: taken. */
export function decapsulate(run: Run, packet: LivePacket): boolean {
  if (ipFamily(packet) === 6) {
    const place = skipExtensionHeaders(packet.bytes, packet.length);
    return place?.protocol === protocol.udp && receiveVxlan(run, packet, place.offset);
  }
  const number = byteAt(packet.bytes, 9);
  const header = (byteAt(packet.bytes, 0) & 15) * 4;
  if (number === protocol.udp) return receiveVxlan(run, packet, header);
  return number === protocol.ipip && receiveIpip(run, packet, header);
}

/** vxlan_rcv(); what no device takes is dropped there, and counts as delivered. */
function receiveVxlan(run: Run, packet: LivePacket, transport: number): boolean {
  const { bytes, length } = packet;
  const start = transport + 8;
  if (start + 8 + 14 > length || read32(bytes, start) !== vniFlag) return false;
  const port = read16(bytes, transport + 2);
  const id = read32(bytes, start + 4) >>> 8;
  const device = run.host.host.interfaces.find(
    ({ kind, details, flags }) =>
      kind === 'vxlan' &&
      details.port === port &&
      details.id === id &&
      flags.includes('UP') &&
      takes(details, ipFamily(packet) ?? 4, read16(bytes, transport + 6)),
  );
  if (device === undefined) return false;
  const link = bytes.slice(start + 8, start + 22);
  // A frame of its own is a loop.
  if (device.mac !== undefined && equalBytes(link.subarray(6, 12), device.mac)) return false;
  packet.link = link;
  packet.packetType = packetTypeOf(link.subarray(0, 6), device);
  enterTunnel(run, packet, device, start + 22, read16(link, 12));
  return true;
}

/** The socket of the device is of the version of its addresses; IPv6 without checksums must be asked for. */
function takes({ local, remote, group, words = [] }: LinkDetails, family: 4 | 6, sum: number) {
  const own = (local ?? remote ?? group)?.length === 16 ? 6 : 4;
  return own === family && (own === 4 || sum !== 0 || words.includes('udp6zerocsumrx'));
}

/** ip_tunnel_lookup(): the device that names both ends, else the remote one, else the local one, else none. */
function receiveIpip(run: Run, packet: LivePacket, header: number): boolean {
  const source = sourceAddress(packet);
  const destination = destinationAddress(packet);
  let best: NetworkInterface | undefined;
  let bestScore = -1;
  for (const device of run.host.host.interfaces) {
    if (device.kind !== 'ipip' || !device.flags.includes('UP')) continue;
    const remote = knownAddress(device.details.remote);
    const local = knownAddress(device.details.local);
    if (remote !== undefined && !addressesEqual(remote, source)) continue;
    if (local !== undefined && !addressesEqual(local, destination)) continue;
    const score = (remote === undefined ? 0 : 2) + (local === undefined ? 0 : 1);
    if (score <= bestScore) continue;
    best = device;
    bestScore = score;
  }
  if (best === undefined || header + 20 > packet.length) return false;
  packet.link = undefined;
  packet.packetType = 'host';
  enterTunnel(run, packet, best, header, etherType.ipv4);
  return true;
}

/** iptunnel_pull_header(): connection, route and fragments belonged to the outer packet; the mark stays. */
function enterTunnel(
  run: Run,
  packet: LivePacket,
  device: NetworkInterface,
  start: number,
  type: number,
): void {
  packet.bytes = packet.bytes.slice(start, packet.length);
  packet.length = packet.bytes.length;
  packet.etherType = type;
  packet.connection = undefined;
  packet.connectionInfo = undefined;
  packet.untracked = false;
  packet.answersUntracked = false;
  packet.template = undefined;
  packet.route = undefined;
  packet.geometry = undefined;
  packet.checksumTrusted = false;
  packet.physicalInput = undefined;
  if (run.recorder !== undefined)
    record(run, {
      kind: 'packet-started',
      subject: packet.subject,
      cause: 'decapsulated',
      device: device.name,
      packet: summaryNow(packet),
    });
  receivePacket(run, packet, device);
}
