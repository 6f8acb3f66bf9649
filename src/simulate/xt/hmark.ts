/** HMARK: a mark from a hash of addresses and ports (net/netfilter/xt_HMARK.c). */

import type { HmarkOptions } from '../../fields/iptables/targets/hmark.ts';
import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { findHeader, findTransport } from '../../packet/ipv6-extension-headers.ts';
import { hasPorts, isIcmpError, protocol } from '../../packet/protocols.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import { jenkinsHashWords, reciprocalScale } from '../operations/jenkins-hash.ts';
import { setPacketMark } from '../operations/meta-set.ts';
import type { Step } from '../rules/evaluation.ts';

/** What is hashed: addresses folded to words of host order, and both ports, the greater one first. */
interface HashTuple {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly ports: number;
}

export function hmarkTarget(options: HmarkOptions): Step {
  return (evaluation) => {
    const { packet } = evaluation;
    const tuple = options.conntrack
      ? tupleOfConnection(packet, options)
      : tupleOfPacket(packet, options);
    if (tuple === undefined) return;
    const low = Math.min(tuple.source, tuple.destination);
    const high = Math.max(tuple.source, tuple.destination);
    const hash = jenkinsHashWords([low, high, tuple.ports], options.seed);
    const mixed = (hash ^ (tuple.protocol & (options.protocolMask ?? 0))) >>> 0;
    const mark = reciprocalScale(mixed, options.modulus) + (options.offset ?? 0);
    setPacketMark(evaluation, mark >>> 0);
  };
}

/** An IPv6 address is masked and its words are added up by XOR (hmark_addr6_mask()). */
function foldAddress(bytes: Uint8Array, mask: Uint8Array | undefined): number {
  let folded = 0;
  for (let at = 0; at < bytes.length; at += 4)
    folded ^= read32(bytes, at) & (mask === undefined ? 0 : read32(mask, at));
  return folded >>> 0;
}

/** hmark_swap_ports() */
function portsOf(source: number, destination: number, options: HmarkOptions): number {
  const { sourcePort, destinationPort, spi } = options;
  const spiMask = spi.mask ?? 0;
  const spiValue = spi.value ?? 0;
  const first =
    (source & ((sourcePort.mask ?? 0) | (spiMask >>> 16))) |
    (sourcePort.value ?? 0) |
    (spiValue >>> 16);
  const second =
    (destination & ((destinationPort.mask ?? 0) | (spiMask & 0xffff))) |
    (destinationPort.value ?? 0) |
    (spiValue & 0xffff);
  return ((Math.max(first, second) << 16) | Math.min(first, second)) >>> 0;
}

function tupleOfConnection(
  { connection }: LivePacket,
  options: HmarkOptions,
): HashTuple | undefined {
  if (connection === undefined) return undefined;
  const { original, reply } = connection;
  const plain = original.protocol !== protocol.icmp;
  return {
    source: foldAddress(bytesOfAddress(original.source), options.sourceMask),
    destination: foldAddress(bytesOfAddress(reply.source), options.destinationMask),
    protocol: original.protocol,
    ports: plain ? portsOf(original.sourcePart, reply.sourcePart, options) : 0,
  };
}

function tupleOfPacket(packet: LivePacket, options: HmarkOptions): HashTuple {
  return ipFamily(packet) === 6 ? tupleOf6(packet, options) : tupleOf4(packet, 0, options);
}

/** ICMP errors are hashed as the packet that they quote, so that they get its mark. */
function tupleOf4({ bytes, length }: LivePacket, start: number, options: HmarkOptions): HashTuple {
  const header = start + (byteAt(bytes, start) & 15) * 4;
  const number = byteAt(bytes, start + 9);
  const quotes = start === 0 && number === protocol.icmp && isIcmpError(byteAt(bytes, header));
  const inner = header + 8;
  if (quotes && inner + 20 <= length && byteAt(bytes, inner) >> 4 === 4) {
    const quoted = { bytes, length };
    return addressesAndPorts4(quoted, inner, options);
  }
  return addressesAndPorts4({ bytes, length }, start, options);
}

type Bytes = Pick<LivePacket, 'bytes' | 'length'>;

function addressesAndPorts4(packet: Bytes, start: number, options: HmarkOptions): HashTuple {
  const { bytes } = packet;
  const number = byteAt(bytes, start + 9);
  const fragment = (read16(bytes, start + 6) & 0x3fff) !== 0;
  const header = start + (byteAt(bytes, start) & 15) * 4;
  return {
    source: foldAddress(bytes.subarray(start + 12, start + 16), options.sourceMask),
    destination: foldAddress(bytes.subarray(start + 16, start + 20), options.destinationMask),
    protocol: number,
    ports: fragment || number === protocol.icmp ? 0 : readPorts(packet, header, number, options),
  };
}

/** hmark_set_tuple_ports() */
function readPorts(
  { bytes, length }: Bytes,
  header: number,
  number: number,
  options: HmarkOptions,
): number {
  const carries = hasPorts(number) || number === protocol.esp || number === protocol.ah;
  const at = header + (number === protocol.ah ? 4 : 0);
  if (!carries || at + 4 > length) return 0;
  return portsOf(read16(bytes, at), read16(bytes, at + 2), options);
}

function tupleOf6(packet: LivePacket, options: HmarkOptions): HashTuple {
  const { bytes, length } = packet;
  const place = findTransport(bytes, length);
  const fragmented = findHeader(bytes, length, protocol.fragment) !== undefined;
  const error =
    place?.protocol === protocol.icmpv6 && !fragmented && byteAt(bytes, place.offset) < 128;
  const start = error && place.offset + 48 <= length ? place.offset + 8 : 0;
  const inner = start === 0 ? place : findTransport(bytes.subarray(start, length), length - start);
  const number = inner?.protocol ?? 0;
  const skipped = fragmented || number === protocol.icmpv6;
  const header = start + (inner?.offset ?? 0);
  return {
    source: foldAddress(bytes.subarray(start + 8, start + 24), options.sourceMask),
    destination: foldAddress(bytes.subarray(start + 24, start + 40), options.destinationMask),
    protocol: number,
    ports: skipped ? 0 : readPorts(packet, header, number, options),
  };
}
