/** Options of hop-by-hop and destination headers, and the headers that the host itself works off: net/ipv6/exthdrs.c. */

import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import { destinationAddress, type LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { sendIcmpError } from './icmp-error.ts';

type HeaderKind = 'hop-by-hop' | 'destination';

const option = { pad1: 0, padN: 1, routerAlert: 5, calipso: 7, ioam: 0x31, jumbo: 0xc2 } as const;

const limits = {
  'hop-by-hop': { count: 'net.ipv6.max_hbh_opts_number', length: 'net.ipv6.max_hbh_length' },
  destination: { count: 'net.ipv6.max_dst_opts_number', length: 'net.ipv6.max_dst_opts_length' },
} as const;

const defaultCount = 8;
const most = 0x7fffffff;

/** ip6_parse_tlv() of the header at `start`: false when the packet is dropped, with a parameter problem where due. */
export function areOptionsValid(
  run: Run,
  packet: LivePacket,
  start: number,
  kind: HeaderKind,
): boolean {
  const { bytes } = packet;
  const size = (byteAt(bytes, start + 1) + 1) * 8;
  const end = start + size;
  if (end > packet.length || size > setting(run, limits[kind].length, most)) return false;
  const allowed = setting(run, limits[kind].count, defaultCount);
  let padding = 0;
  let count = 0;
  for (let at = start + 2; at < end; ) {
    const type = byteAt(bytes, at);
    const length = type === option.pad1 ? 1 : byteAt(bytes, at + 1) + 2;
    if (type !== option.pad1 && (at + 2 > end || at + length > end)) return false;
    if (type === option.pad1 || type === option.padN) {
      padding += length;
      if (padding > 7 || !isZero(bytes, at + 2, at + length)) return false;
    } else {
      padding = 0;
      count++;
      if (count > Math.abs(allowed)) return false;
      const check = kind === 'hop-by-hop' ? hopByHopChecks.get(type) : undefined;
      const isFine =
        check === undefined ? isSkippable(run, packet, at, allowed < 0) : check(run, packet, at);
      if (!isFine) return false;
    }
    at += length;
  }
  return true;
}

function setting(run: Run, name: string, otherwise: number): number {
  return Number(run.host.host.sysctls.get(name) ?? otherwise);
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (byteAt(bytes, at) !== 0) return false;
  return true;
}

/** ip6_tlvopt_unknown(): the upper bits of the type say what those do that do not know it (RFC 8200, 4.2). */
function isSkippable(run: Run, packet: LivePacket, at: number, isForbidden: boolean): boolean {
  const action = byteAt(packet.bytes, at) >> 6;
  if (action === 0 && !isForbidden) return true;
  const isMulticast = destinationAddress(packet)[0] === 0xff;
  if (!isForbidden && (action === 2 || (action === 3 && !isMulticast)))
    sendIcmpError(run, packet, { type: 4, code: 2, mtu: at });
  return false;
}

const hopByHopChecks: ReadonlyMap<number, (run: Run, packet: LivePacket, at: number) => boolean> =
  new Map([
    [option.routerAlert, (_run, { bytes }, at) => byteAt(bytes, at + 1) === 2],
    [option.ioam, (_run, { bytes }, at) => (at & 3) === 0 && byteAt(bytes, at + 1) >= 2],
    [
      option.calipso,
      (_run, { bytes }, at) => {
        const length = byteAt(bytes, at + 1);
        return length >= 8 && byteAt(bytes, at + 6) * 4 + 8 <= length;
      },
    ],
    [option.jumbo, isJumbo],
  ]);

/** ipv6_hop_jumbo(): the length of a packet of more than 65,535 bytes. */
function isJumbo(run: Run, packet: LivePacket, at: number): boolean {
  const { bytes } = packet;
  if (byteAt(bytes, at + 1) !== 4 || (at & 3) !== 2) return false;
  const length = read32(bytes, at + 2);
  const wrong = length <= 0xffff ? at + 2 : read16(bytes, 4) !== 0 ? at : undefined;
  if (wrong !== undefined) {
    sendIcmpError(run, packet, { type: 4, code: 0, mtu: wrong });
    return false;
  }
  if (length + 40 > packet.length) return false;
  packet.length = length + 40;
  return true;
}

/**
 * ip6_protocol_deliver_rcu() as far as the headers before the transport go: false when the host throws the packet
 * away over one of them. `start` is where the walk goes on after reassembly; fragment headers end it.
 */
export function areLocalHeadersValid(run: Run, packet: LivePacket): boolean {
  const { bytes, length } = packet;
  let number = byteAt(bytes, 6);
  let at = 40;
  if (number === protocol.hopopts) {
    number = byteAt(bytes, at);
    at += (byteAt(bytes, at + 1) + 1) * 8;
  }
  while (
    number === protocol.dstopts ||
    number === protocol.routing ||
    number === protocol.fragment
  ) {
    if (at + 8 > length) return false;
    // What follows is looked at when all pieces are there.
    if (number === protocol.fragment && (read16(bytes, at + 2) & 0xfff9) !== 0) return true;
    if (number === protocol.dstopts && !areOptionsValid(run, packet, at, 'destination'))
      return false;
    if (number === protocol.routing && !isRoutingDone(run, packet, at)) return false;
    const next = byteAt(bytes, at);
    at += number === protocol.fragment ? 8 : (byteAt(bytes, at + 1) + 1) * 8;
    number = next;
  }
  return true;
}

/** ipv6_rthdr_rcv(), with segment routing and RPL off: only headers without segments left are passed. */
function isRoutingDone(run: Run, packet: LivePacket, at: number): boolean {
  const { bytes } = packet;
  if (at + (byteAt(bytes, at + 1) + 1) * 8 > packet.length) return false;
  if (destinationAddress(packet)[0] === 0xff || packet.packetType !== 'host') return false;
  const type = byteAt(bytes, at + 2);
  if (type === 3 || type === 4) return false;
  if (byteAt(bytes, at + 3) === 0) return true;
  sendIcmpError(run, packet, { type: 4, code: 0, mtu: at + 3 });
  return false;
}
