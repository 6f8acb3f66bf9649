/** ct-set and notrack: writing to the connection (nft_ct_set_eval()). */

import type { CtSetOperation, NotrackOperation } from '../../model/operations.ts';
import { readHost32 } from '../../packet/bytes.ts';
import { newTemplate } from '../conntrack/template.ts';
import { zoneNumber } from '../conntrack/zone.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { record } from '../run.ts';
import { unmodelledEffect } from './unmodelled.ts';

export function prepareCtSet(operation: CtSetOperation): Step {
  const from = registerOffset(operation.source);
  switch (operation.key) {
    case 'mark':
      return (evaluation) =>
        setConnectionMark(evaluation, readHost32(evaluation.registers.bytes, from));
    case 'secmark':
      return ({ packet, registers }) => {
        if (packet.connection !== undefined)
          packet.connection.secmark = readHost32(registers.bytes, from);
      };
    case 'label':
    case 'labels':
      return ({ packet, registers }) => {
        const { connection } = packet;
        if (connection === undefined) return;
        const before = connection.labels ?? new Uint8Array(16);
        const added = registers.bytes.subarray(from, from + 16);
        connection.labels = before.map((byte, index) => byte | (added[index] ?? 0));
      };
    case 'zone':
      return ({ packet, registers }) => {
        if (packet.connection !== undefined || packet.template !== undefined) return;
        const zone = zoneNumber(readHost32(registers.bytes, from), operation.direction);
        packet.template = newTemplate(zone);
        packet.untracked = false;
      };
    case 'event':
      return () => {};
    default:
      return unmodelledEffect(`ct-set:${operation.key}`, operation);
  }
}

/** Without an entry nothing happens. */
export function setConnectionMark(evaluation: Evaluation, value: number): void {
  const { run, packet } = evaluation;
  const { connection } = packet;
  if (connection === undefined || connection.mark === value) return;
  if (run.recorder !== undefined)
    record(run, {
      kind: 'packet-rewritten',
      subject: packet.subject,
      cause: 'rule',
      field: 'ct mark',
      before: `0x${connection.mark.toString(16)}`,
      after: `0x${value.toString(16)}`,
    });
  connection.mark = value;
}

/** nft_notrack_eval(): too late once there is an entry. */
export function prepareNotrack(_operation: NotrackOperation): Step {
  return ({ run, packet }) => {
    if (packet.connection !== undefined || packet.template !== undefined) return;
    if (packet.untracked) return;
    packet.untracked = true;
    record(run, { kind: 'conntrack-untracked', subject: packet.subject });
  };
}
