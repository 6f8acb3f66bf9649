/** exthdr: IPv6 extension headers, TCP and IPv4 options, SCTP chunks (nft_exthdr.c). */

import type {
  ExthdrOperation,
  ExthdrResetOperation,
  ExthdrWriteOperation,
} from '../../model/operations.ts';
import { byteAt, read16, write16 } from '../../packet/bytes.ts';
import { replaceBytes, replaceWord } from '../../packet/checksum.ts';
import { findHeader } from '../../packet/ipv6-extension-headers.ts';
import { etherType, protocol } from '../../packet/protocols.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { breakRule, store8, storeBytes } from './store.ts';

/** Where a header, option or chunk stands in the packet. */
interface Found {
  readonly start: number;
  readonly length: number;
}

const unlimited = Number.MAX_SAFE_INTEGER;

export function prepareExthdr(operation: ExthdrOperation): Step {
  const to = registerOffset(operation.destination);
  const find = finders[operation.operator];
  return (evaluation) => {
    const found = find(evaluation, operation.type);
    const start = (found?.start ?? 0) + operation.offset;
    const fits =
      found !== undefined &&
      operation.offset + operation.length <= found.length &&
      start + operation.length <= evaluation.packet.length;
    if (operation.present) {
      const tolerant = operation.operator === 'ipv6' || operation.operator === 'ipv4';
      store8(evaluation, to, found !== undefined && (fits || tolerant) ? 1 : 0);
    } else if (fits) {
      storeBytes(evaluation, to, evaluation.packet.bytes.subarray(start, start + operation.length));
    } else {
      breakRule(evaluation);
    }
  };
}

const finders: Readonly<
  Record<ExthdrOperation['operator'], (evaluation: Evaluation, type: number) => Found | undefined>
> = {
  ipv6: findIpv6,
  tcpopt: findTcpOption,
  ipv4: findIpv4Option,
  sctp: findChunk,
  dccp: findDccp,
};

function findIpv6({ packet }: Evaluation, type: number): Found | undefined {
  if (packet.etherType !== etherType.ipv6) return undefined;
  const found = findHeader(packet.bytes, packet.length, type);
  return found === undefined ? undefined : { start: found.offset, length: unlimited };
}

/** nft_tcp_header_pointer(): length of the whole TCP header. */
function tcpHeaderLength({ packet, info }: Evaluation): number | undefined {
  if (!info.hasTransport || info.protocol !== protocol.tcp || info.fragmentOffset !== 0)
    return undefined;
  if (info.transport + 20 > packet.length) return undefined;
  const length = (byteAt(packet.bytes, info.transport + 12) >> 4) * 4;
  return length < 20 || info.transport + length > packet.length ? undefined : length;
}

function findTcpOption(evaluation: Evaluation, type: number): Found | undefined {
  const found = findAnyTcpOption(evaluation, type);
  return found?.isWhole === true ? found : undefined;
}

/** The first option of this type, perhaps one that says it is longer than the header. */
function findAnyTcpOption(
  evaluation: Evaluation,
  type: number,
): (Found & { readonly isWhole: boolean }) | undefined {
  const length = tcpHeaderLength(evaluation);
  if (length === undefined) return undefined;
  const { bytes } = evaluation.packet;
  const start = evaluation.info.transport;
  for (let at = 20; at < length - 1; ) {
    const kind = byteAt(bytes, start + at);
    const given = byteAt(bytes, start + at + 1);
    const size = kind <= 1 || given === 0 ? 1 : given;
    if (kind === type) return { start: start + at, length: size, isWhole: at + size <= length };
    at += size;
  }
  return undefined;
}

/** ipv4_find_option(): the kernel knows source routes, record route and router alert here. */
function findIpv4Option({ packet }: Evaluation, type: number): Found | undefined {
  if (packet.etherType !== etherType.ipv4) return undefined;
  const { bytes } = packet;
  const end = (byteAt(bytes, 0) & 15) * 4;
  for (let at = 20; at < end; ) {
    const kind = byteAt(bytes, at);
    if (kind === 0) return undefined;
    const length = kind === 1 ? 1 : byteAt(bytes, at + 1);
    if (kind !== 1 && (length < 2 || at + length > end)) return undefined;
    if (kind === type) return { start: at, length: unlimited };
    at += length;
  }
  return undefined;
}

function findChunk({ packet, info }: Evaluation, type: number): Found | undefined {
  if (!info.hasTransport || info.protocol !== protocol.sctp) return undefined;
  let at = info.transport + 12;
  do {
    const length = read16(packet.bytes, at + 2);
    if (at + 4 > packet.length || length === 0) return undefined;
    if (byteAt(packet.bytes, at) === type)
      return at + length > packet.length ? undefined : { start: at, length };
    at += (length + 3) & ~3;
  } while (at < packet.length);
  return undefined;
}

function findDccp({ packet, info }: Evaluation, type: number): Found | undefined {
  if (!info.hasTransport || info.protocol !== protocol.dccp) return undefined;
  const start = info.transport;
  const extended = (byteAt(packet.bytes, start + 8) & 1) !== 0;
  const end = start + byteAt(packet.bytes, start + 4) * 4;
  for (let at = start + (extended ? 16 : 12); at < end && at < packet.length; ) {
    const kind = byteAt(packet.bytes, at);
    const length = kind < 32 ? 1 : byteAt(packet.bytes, at + 1);
    if (kind === type) return { start: at, length: unlimited };
    if (length === 0) return undefined;
    at += length;
  }
  return undefined;
}

/** nft_exthdr_tcp_set_eval(): an MSS is only ever made smaller. */
export function prepareExthdrWrite(operation: ExthdrWriteOperation): Step {
  const from = registerOffset(operation.source);
  return (evaluation) => {
    if (tcpHeaderLength(evaluation) === undefined) {
      breakRule(evaluation);
      return;
    }
    const found = findAnyTcpOption(evaluation, operation.type);
    if (found === undefined) return;
    if (!found.isWhole || operation.offset + operation.length > found.length) {
      breakRule(evaluation);
      return;
    }
    const { bytes } = evaluation.packet;
    const at = found.start + operation.offset;
    const value = evaluation.registers.bytes.slice(from, from + operation.length);
    const isMss = operation.type === 2 && operation.length === 2;
    if (isMss && read16(bytes, at) <= read16(value, 0)) return;
    const before = bytes.slice(at, at + operation.length);
    replaceBytes(bytes, evaluation.info.transport + 16, before, value);
    bytes.set(value, at);
  };
}

/** nft_exthdr_tcp_strip_eval() */
export function prepareExthdrReset(operation: ExthdrResetOperation): Step {
  return (evaluation) => {
    if (tcpHeaderLength(evaluation) === undefined) {
      breakRule(evaluation);
      return;
    }
    const found = findAnyTcpOption(evaluation, operation.type);
    if (found === undefined) return;
    if (!found.isWhole) {
      evaluation.registers.verdict = { kind: 'drop' };
      return;
    }
    const { bytes } = evaluation.packet;
    const checksum = evaluation.info.transport + 16;
    for (let at = found.start; at < found.start + found.length; at++) {
      const before = byteAt(bytes, at);
      const high = ((at - evaluation.info.transport) & 1) === 0;
      replaceWord(bytes, checksum, high ? before << 8 : before, high ? 0x100 : 1);
      bytes[at] = 1;
    }
    write16(bytes, checksum, read16(bytes, checksum));
  };
}
