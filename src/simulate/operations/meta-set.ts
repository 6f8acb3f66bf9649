/** meta-set: mark, priority, packet type, tracing (nft_meta_set_eval()). */

import type { MetaSetOperation } from '../../model/operations.ts';
import { byteAt, readHost32 } from '../../packet/bytes.ts';
import type { PacketType } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { record } from '../run.ts';
import { unmodelledEffect } from './unmodelled.ts';

const packetTypes: readonly PacketType[] = ['host', 'broadcast', 'multicast', 'otherhost'];

/** Sets skb->mark; a change is an event. */
export function setPacketMark({ run, packet }: Evaluation, value: number): void {
  if (run.recorder !== undefined && value !== packet.mark) {
    record(run, {
      kind: 'packet-rewritten',
      subject: packet.subject,
      cause: 'rule',
      field: 'meta mark',
      before: `0x${packet.mark.toString(16)}`,
      after: `0x${value.toString(16)}`,
    });
  }
  packet.mark = value;
}

export function prepareMetaSet(operation: MetaSetOperation): Step {
  const from = registerOffset(operation.source);
  switch (operation.key) {
    case 'mark':
      return (evaluation) =>
        setPacketMark(evaluation, readHost32(evaluation.registers.bytes, from));
    case 'priority':
      return ({ packet, registers }) => {
        packet.priority = readHost32(registers.bytes, from);
      };
    case 'secmark':
      return ({ packet, registers }) => {
        packet.secmark = readHost32(registers.bytes, from);
      };
    case 'pkttype':
      return ({ packet, registers }) => {
        packet.packetType = packetTypes[byteAt(registers.bytes, from)] ?? packet.packetType;
      };
    case 'nftrace':
      return ({ packet, registers }) => {
        packet.traced = byteAt(registers.bytes, from) !== 0;
      };
    default:
      return unmodelledEffect(`meta-set:${operation.key}`, operation);
  }
}
