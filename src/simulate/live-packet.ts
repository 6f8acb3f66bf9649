/** A packet on its way (struct sk_buff): bytes and everything that travels with them. */

import type { NetworkInterface } from '../host/network-interface.ts';
import { etherType } from '../packet/protocols.ts';
import { sharedBytes } from '../packet/shared-bytes.ts';
import type { LocalSender } from './api.ts';
import type { Connection, ConnectionInfo } from './conntrack/connection.ts';
import type { Template } from './conntrack/template.ts';
import type { Journey } from './journey.ts';
import type { IpOptions } from './stack/ip-options.ts';
import type { RouteDecision } from './stack/route-decision.ts';

export type PacketType = 'host' | 'broadcast' | 'multicast' | 'otherhost';

/** How the datagram was cut before it was put together here. */
export interface FragmentGeometry {
  /** Largest packet among the fragments, IP header included (frag_max_size). */
  readonly maxSize: number;
  /** Bytes of payload in each fragment, in order. */
  readonly lengths: readonly number[];
  readonly identification: number;
}

export interface LivePacket {
  /** Number in the trace. */
  readonly subject: number;
  readonly journey: Journey;
  /** From the network header on; only the first `length` bytes belong to it. */
  bytes: Uint8Array;
  length: number;
  /** Link header with VLAN tags as received, never modified; undefined: the packet has none. */
  link: Uint8Array | undefined;
  /** skb->protocol: behind the first VLAN tag. */
  etherType: number;
  packetType: PacketType;
  /** skb->dev while it comes in. */
  input: NetworkInterface | undefined;
  /** The port of a bridge that it came in by. */
  physicalInput: NetworkInterface | undefined;
  physicalOutput: NetworkInterface | undefined;
  mark: number;
  priority: number;
  queue: number;
  secmark: number;
  connection: Connection | undefined;
  connectionInfo: ConnectionInfo | undefined;
  untracked: boolean;
  /** An answer to an untracked packet: xtables' CT target takes it for tracked (xt_ct_target() looks at _nfct). */
  answersUntracked: boolean;
  /** What stands in for a connection until conntrack looks: see template.ts. */
  template: Template | undefined;
  route: RouteDecision | undefined;
  sender: LocalSender | undefined;
  /** Made by the host itself (skb->sk of a kernel socket, or none). */
  isLocal: boolean;
  geometry: FragmentGeometry | undefined;
  /** What the IPv4 options of a received packet ask for. */
  options: IpOptions | undefined;
  /** A bridge has run the IP prerouting hook already (ip_sabotage_in()). */
  prerouted: boolean;
  /** nftrace, as `meta nftrace` sees it. */
  traced: boolean;
  /** Checksums are the sender's promise and were never broken on a wire (CHECKSUM_UNNECESSARY, loopback). */
  checksumTrusted: boolean;
  /** The TCP checksum is made when the packet leaves (CHECKSUM_PARTIAL); the bytes hold it already. */
  checksumPending: boolean;
}

export function newLivePacket(
  subject: number,
  journey: Journey,
  bytes: Uint8Array,
  type: number = (bytes[0] ?? 0) >> 4 === 6 ? etherType.ipv6 : etherType.ipv4,
): LivePacket {
  return {
    subject,
    journey,
    bytes,
    length: bytes.length,
    link: undefined,
    etherType: type,
    packetType: 'host',
    input: undefined,
    physicalInput: undefined,
    physicalOutput: undefined,
    mark: 0,
    priority: 0,
    queue: 0,
    secmark: 0,
    connection: undefined,
    connectionInfo: undefined,
    untracked: false,
    answersUntracked: false,
    template: undefined,
    route: undefined,
    sender: undefined,
    isLocal: false,
    geometry: undefined,
    options: undefined,
    prerouted: false,
    traced: true,
    checksumTrusted: false,
    checksumPending: false,
  };
}

/** A copy with its own bytes (skb_copy), for another journey or the same one. */
export function copyLivePacket(packet: LivePacket, subject: number, journey: Journey): LivePacket {
  return {
    ...packet,
    subject,
    journey,
    bytes: packet.bytes.slice(0, packet.length),
  };
}

/** The bytes that belong to the packet, as a copy. */
export function packetBytes(packet: LivePacket): Uint8Array {
  return packet.bytes.slice(0, packet.length);
}

/** The bytes of a packet that nobody changes any more. */
export function lastBytes(packet: LivePacket): Uint8Array {
  const { bytes, length } = packet;
  return bytes.length === length ? bytes : bytes.slice(0, length);
}

/** 4 or 6 by EtherType; undefined for everything else. */
export function ipFamily(packet: LivePacket): 4 | 6 | undefined {
  if (packet.etherType === etherType.ipv4) return 4;
  return packet.etherType === etherType.ipv6 ? 6 : undefined;
}

/** Not to be modified: other packets may have the same array. */
export function sourceAddress(packet: LivePacket): Uint8Array {
  return packet.etherType === etherType.ipv6
    ? sharedBytes(packet.bytes, 8, 16)
    : sharedBytes(packet.bytes, 12, 4);
}

/** Not to be modified either. */
export function destinationAddress(packet: LivePacket): Uint8Array {
  return packet.etherType === etherType.ipv6
    ? sharedBytes(packet.bytes, 24, 16)
    : sharedBytes(packet.bytes, 16, 4);
}
