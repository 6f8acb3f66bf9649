/** ct: reading the packet's connection (nft_ct_get_eval(), net/netfilter/nft_ct.c). */

import type { CtOperation } from '../../model/operations.ts';
import {
  type Connection,
  type ConnectionInfo,
  connectionStatus,
  isReply,
  tupleOf,
} from '../conntrack/connection.ts';
import { helperOfMaster } from '../conntrack/table.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import { zoneId, zoneIn } from '../conntrack/zone.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { jenkinsHashWords } from './jenkins-hash.ts';
import {
  breakRule,
  store8,
  storeBytes,
  storeHost16,
  storeHost32,
  storeHost64,
  storeNetwork16,
  storeText,
} from './store.ts';
import { unmodelledStep } from './unmodelled.ts';

/** Every packet is asked for it: comparing is faster than looking it up. */
function stateBit(info: ConnectionInfo): number {
  switch (info) {
    case 'new':
      return 8;
    case 'established':
    case 'established-reply':
      return 2;
    case 'related':
    case 'related-reply':
      return 4;
  }
}

/** NF_CT_STATE_BIT of the packet; invalid also where conntrack has not looked yet. */
export function conntrackStateBit(evaluation: Evaluation): number {
  const { packet } = evaluation;
  if (packet.connection !== undefined && packet.connectionInfo !== undefined)
    return stateBit(packet.connectionInfo);
  if (packet.template !== undefined) return stateBit(packet.template.info);
  return packet.untracked ? 64 : 1;
}

type Reader = (
  evaluation: Evaluation,
  to: number,
  connection: Connection,
  info: ConnectionInfo,
) => void;

export function prepareCt(operation: CtOperation): Step {
  const to = registerOffset(operation.destination);
  if (operation.key === 'state') {
    return (evaluation) => storeHost32(evaluation, to, conntrackStateBit(evaluation));
  }
  const reader = connectionReader(operation);
  if (reader === undefined) return unmodelledStep(`ct:${operation.key}`, operation);
  return (evaluation) => {
    const { connection, connectionInfo } = evaluation.packet;
    if (connection === undefined || connectionInfo === undefined) breakRule(evaluation);
    else reader(evaluation, to, connection, connectionInfo);
  };
}

function connectionReader(operation: CtOperation): Reader | undefined {
  const { direction } = operation;
  switch (operation.key) {
    case 'direction':
      return (evaluation, to, _connection, info) => store8(evaluation, to, isReply(info) ? 1 : 0);
    case 'status':
      return (evaluation, to, { status }) => storeHost32(evaluation, to, status);
    case 'mark':
      return (evaluation, to, { mark }) => storeHost32(evaluation, to, mark);
    case 'secmark':
      return (evaluation, to, { secmark }) => storeHost32(evaluation, to, secmark);
    case 'expiration':
      return (evaluation, to, { expires, status }) => {
        // Until it is confirmed the kernel keeps a relative time, which reads as long past.
        const confirmed = (status & connectionStatus.confirmed) !== 0;
        const left = confirmed ? Math.max(0, expires - evaluation.run.clock) : 0;
        storeHost32(evaluation, to, Math.min(left, 0xffffffff));
      };
    case 'helper':
      return (evaluation, to, connection) => {
        const helper = helperOfMaster(evaluation.run, connection);
        if (helper === undefined) breakRule(evaluation);
        else storeText(evaluation, to, helper);
      };
    case 'label':
    case 'labels':
      return (evaluation, to, { labels }) =>
        storeBytes(evaluation, to, labels ?? new Uint8Array(16));
    case 'l3protocol':
      return (evaluation, to, { family }) => store8(evaluation, to, family === 4 ? 2 : 10);
    case 'protocol':
      return (evaluation, to, { original }) => store8(evaluation, to, original.protocol);
    case 'zone':
      return (evaluation, to, { zone }) =>
        storeHost16(
          evaluation,
          to,
          direction === undefined ? zoneId(zone) : zoneIn(zone, direction === 'reply'),
        );
    case 'id':
      return (evaluation, to, { id }) => storeHost32(evaluation, to, connectionHash(id));
    case 'bytes':
    case 'pkts':
    case 'packets':
    case 'avgpkt':
      return accountReader(operation.key, direction);
    default:
      return tupleReader(operation.key, direction === 'reply');
  }
}

/** nf_ct_get_id() is a keyed hash: nobody can write a rule that matches it, but it is never 0. */
function connectionHash(id: number): number {
  return jenkinsHashWords([id], 0x1d) || 1;
}

function accountReader(key: string, direction: CtOperation['direction']): Reader {
  return (evaluation, to, connection) => {
    const sum = (counts: readonly [number, number]): number =>
      direction === undefined ? counts[0] + counts[1] : counts[direction === 'original' ? 0 : 1];
    const packets = sum(connection.packets);
    const bytes = sum(connection.bytes);
    const average = packets === 0 ? 0 : Math.floor(bytes / packets);
    const value = key === 'bytes' ? bytes : key === 'avgpkt' ? average : packets;
    storeHost64(evaluation, to, BigInt(value));
  };
}

function tupleReader(key: string, reply: boolean): Reader | undefined {
  switch (key) {
    case 'src':
    case 'saddr':
    case 'src_ip':
    case 'src_ip6':
    case 'dst':
    case 'daddr':
    case 'dst_ip':
    case 'dst_ip6': {
      const fromSource = key === 'src' || key === 'saddr' || key.startsWith('src_');
      const size = key.endsWith('_ip') ? 4 : key.endsWith('_ip6') ? 16 : 0;
      return (evaluation, to, connection) => {
        const tuple = tupleOf(connection, reply);
        const address = bytesOfAddress(fromSource ? tuple.source : tuple.destination);
        if (size !== 0 && address.length !== size) breakRule(evaluation);
        else storeBytes(evaluation, to, address);
      };
    }
    case 'proto_src':
    case 'proto-src':
      return (evaluation, to, connection) =>
        storeNetwork16(evaluation, to, tupleOf(connection, reply).sourcePart);
    case 'proto_dst':
    case 'proto-dst':
      return (evaluation, to, connection) =>
        storeNetwork16(evaluation, to, tupleOf(connection, reply).destinationPart);
    default:
      return undefined;
  }
}
