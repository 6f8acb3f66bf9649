/** log, queue, dup, fwd: statements that tell or send somebody else. */

import type { Span } from '../../base/span.ts';
import type {
  DupOperation,
  FwdOperation,
  LogOperation,
  QueueOperation,
} from '../../model/operations.ts';
import { readHost32 } from '../../packet/bytes.ts';
import { ipFamily } from '../live-packet.ts';
import { chainOf, type Evaluation, type Step } from '../rules/evaluation.ts';
import { registerOffset, stolenVerdict } from '../rules/registers.ts';
import { record } from '../run.ts';
import { duplicatePacket } from '../stack/duplicate.ts';
import { sendByDevice } from '../stack/send-by-device.ts';
import { unmodelledEffect } from './unmodelled.ts';

export function prepareLog(operation: LogOperation & { readonly span?: Span }): Step {
  const { prefix, group, level } = operation;
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    const { run, packet } = evaluation;
    if (run.recorder === undefined) return;
    const chain = chainOf(evaluation);
    record(run, {
      kind: 'log-written',
      subject: packet.subject,
      family: chain.table.family,
      table: chain.table.name,
      chain: chain.chain.name,
      loader: chain.table.loader,
      ...(prefix === undefined ? {} : { prefix }),
      ...(group === undefined ? {} : { group }),
      ...(level === undefined ? {} : { level }),
      ...origin,
    });
  };
}

/** The queue of a balanced range is picked by a hash; the first one stands for it. */
export function prepareQueue(operation: QueueOperation): Step {
  const from = operation.source === undefined ? undefined : registerOffset(operation.source);
  return ({ registers }) => {
    const number = from === undefined ? (operation.number ?? 0) : readHost32(registers.bytes, from);
    registers.verdict = { kind: 'queue', number, bypass: operation.bypass };
  };
}

/** In netdev chains a copy leaves by a device; in IP chains it is routed to a gateway. */
export function prepareDup(operation: DupOperation): Step {
  const device = operation.device === undefined ? undefined : registerOffset(operation.device);
  if (operation.address !== undefined)
    return prepareRoutedDup(registerOffset(operation.address), device);
  if (device === undefined) return unmodelledEffect('dup', operation);
  return (evaluation) => sendAside(evaluation, device);
}

/** nft_dup_ipv4_eval(), nft_dup_ipv6_eval() */
function prepareRoutedDup(address: number, device: number | undefined): Step {
  return ({ run, packet, state, registers }) => {
    const size = ipFamily(packet) === 6 ? 16 : 4;
    const gateway = registers.bytes.slice(address, address + size);
    const index = device === undefined ? undefined : readHost32(registers.bytes, device);
    const output = index === undefined ? undefined : run.host.interfacesByIndex.get(index);
    duplicatePacket(run, packet, state, gateway, output?.name);
  };
}

export function prepareFwd(operation: FwdOperation): Step {
  const device = registerOffset(operation.device);
  return (evaluation) => {
    sendAside(evaluation, device);
    evaluation.registers.verdict = stolenVerdict;
  };
}

function sendAside(evaluation: Evaluation, register: number): void {
  const { run, packet, registers } = evaluation;
  const output = run.host.interfacesByIndex.get(readHost32(registers.bytes, register));
  if (output !== undefined) sendByDevice(run, packet, output);
}
