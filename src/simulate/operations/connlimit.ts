/** connlimit: counts connections that came by here and still live (nft_connlimit.c, nf_conncount.c). */

import type { ConnlimitOperation } from '../../model/operations.ts';
import { findConnection, findTupleLink } from '../conntrack/table.ts';
import { transportForConntrack, tupleKey, tupleOfKey, tupleOfPacket } from '../conntrack/tuple.ts';
import { zoneIn } from '../conntrack/zone.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { breakRule } from './store.ts';

export function prepareConnlimit(operation: ConnlimitOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([]);
  return (evaluation) => {
    const count = countConnections(evaluation, `connlimit ${state.name(evaluation)}`);
    if (count === undefined || count > operation.count !== operation.inverted)
      breakRule(evaluation);
  };
}

/** The packet's connection, or what would be its original tuple where conntrack has none. */
export function connectionKey(packet: LivePacket): string | undefined {
  const { connection, template } = packet;
  if (connection !== undefined)
    return tupleKey(connection.original, zoneIn(connection.zone, false));
  const family = ipFamily(packet);
  if (family === undefined) return undefined;
  const { bytes, length } = packet;
  const transport = transportForConntrack(bytes, 0, length, family);
  const tuple =
    transport === undefined ? undefined : tupleOfPacket(bytes, 0, length, family, transport);
  const zone = zoneIn(template?.connection.zone ?? 0, false);
  return tuple === undefined ? undefined : tupleKey(tuple, zone);
}

/**
 * nf_conncount_add(): adds this connection and forgets those that are gone or closed. A second time within a jiffy,
 * that is for one packet, the list is not looked through and gets the connection twice.
 */
export function countConnections(evaluation: Evaluation, list: string): number | undefined {
  const { run, packet } = evaluation;
  const key = connectionKey(packet);
  if (key === undefined) return undefined;
  const known = run.store.lists.get(list) ?? [];
  const again = run.counted.has(list);
  run.counted.add(list);
  const alive = again ? known : known.filter((other) => isAlive(run, other, other === key));
  const all = !again && alive.includes(key) ? alive : [...alive, key];
  setEntry(run.journal, run.store.lists, list, all);
  return all.length;
}

function isAlive(run: Run, key: string, own: boolean): boolean {
  const { tuple, zone } = tupleOfKey(key);
  const link = findTupleLink(run.store, tuple, zone);
  const connection = link === undefined ? undefined : findConnection(run, link.value >> 1);
  if (connection === undefined || connection.expires <= run.clock) return false;
  const state = connection.tcp?.state;
  return own || (state !== 'TIME_WAIT' && state !== 'CLOSE');
}
