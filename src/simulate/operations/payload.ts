/** payload: reading header bytes (nft_payload.c). */

import type { PayloadOperation } from '../../model/operations.ts';
import { byteAt } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import type { PacketInfo } from '../rules/packet-info.ts';
import { registerOffset } from '../rules/registers.ts';
import { breakRule } from './store.ts';

export function preparePayload(operation: PayloadOperation): Step {
  const to = registerOffset(operation.destination);
  const { offset, length } = operation;
  const copy = (evaluation: Evaluation, start: number): void =>
    copyOrBreak(evaluation, to, start, length);
  switch (operation.base) {
    case 'link':
      return (evaluation) => {
        if (!copyLink(evaluation, to, offset, length)) breakRule(evaluation);
      };
    case 'network':
      return (evaluation) => copy(evaluation, offset);
    case 'transport': {
      const fast = isFast(offset, length);
      return (evaluation) => {
        const { info } = evaluation;
        if (!info.hasTransport || (info.fragmentOffset !== 0 && !fast)) breakRule(evaluation);
        else if (
          info.fragmentOffset !== 0 &&
          info.transport + offset + length > evaluation.packet.length
        )
          breakRule(evaluation);
        else copy(evaluation, info.transport + offset);
      };
    }
    default:
      return (evaluation) => {
        const start = innerOffset(evaluation.packet, evaluation.info);
        if (start === undefined) breakRule(evaluation);
        else copy(evaluation, start + offset);
      };
  }
}

/**
 * nft_payload_fast_eval() takes aligned reads of 1, 2 or 4 bytes and looks only at the protocol flag: in fragments
 * other than the first it reads payload as if it were a transport header.
 */
export function isFast(offset: number, length: number): boolean {
  return (length === 1 || length === 2 || length === 4) && offset % length === 0;
}

function copyOrBreak(evaluation: Evaluation, to: number, start: number, length: number): void {
  const { packet, registers } = evaluation;
  if (start < 0 || start + length > packet.length) {
    breakRule(evaluation);
    return;
  }
  const { bytes } = registers;
  const source = packet.bytes;
  for (let index = 0; index < length; index++) bytes[to + index] = source[start + index] ?? 0;
  clearRest(bytes, to, length);
}

function clearRest(bytes: Uint8Array, to: number, length: number): void {
  for (let index = length; (index & 3) !== 0; index++) bytes[to + index] = 0;
}

/** Reads over the end of the link header go on in the packet. */
function copyLink(evaluation: Evaluation, to: number, offset: number, length: number): boolean {
  const { packet, registers } = evaluation;
  const { link } = packet;
  if (link === undefined || link.length === 0) return false;
  if (offset + length > link.length + packet.length) return false;
  for (let index = 0; index < length; index++) {
    const at = offset + index;
    registers.bytes[to + index] =
      at < link.length ? byteAt(link, at) : byteAt(packet.bytes, at - link.length);
  }
  clearRest(registers.bytes, to, length);
  return true;
}

/** __nft_payload_inner_offset(): where the payload of the transport header starts. */
export function innerOffset(packet: LivePacket, info: PacketInfo): number | undefined {
  const { bytes, length } = packet;
  if (!info.hasTransport || info.fragmentOffset !== 0) return undefined;
  const start = info.transport;
  switch (info.protocol) {
    case protocol.udp:
      return start + 8;
    case protocol.tcp:
      return start + 20 > length ? undefined : start + (byteAt(bytes, start + 12) >> 4) * 4;
    case protocol.gre: {
      // Only version 0 is looked into.
      if (start + 4 > length || (byteAt(bytes, start + 1) & 7) !== 0) return undefined;
      const flags = byteAt(bytes, start);
      const optional = (flags & 0x80 ? 4 : 0) + (flags & 0x20 ? 4 : 0) + (flags & 0x10 ? 4 : 0);
      return start + 4 + optional;
    }
    case protocol.ipip:
      return start;
    default:
      return undefined;
  }
}
