/** A state in which conntrack has one more connection, without compiling the program for another host. */

import type { ConntrackEntry } from '../../host/conntrack-entry.ts';
import type { SimulationState } from '../api.ts';
import type { CompiledProgram } from '../compile.ts';
import { commitJournal, newJournal, setEntry, travelTo } from '../state/store.ts';
import { connectionOf } from './load.ts';
import { tupleKey } from './tuple.ts';

/** As if the entry had stood in the host's conntrack table from the start. */
export function addConnection(
  compiled: CompiledProgram,
  state: SimulationState,
  entry: ConntrackEntry,
): SimulationState {
  const { versions } = compiled;
  travelTo(versions, state.node);
  const { store } = versions;
  const journal = newJournal(store);
  const id = store.numbers.get('next-connection') ?? 1;
  const connection = connectionOf(entry, id);
  setEntry(journal, store.connections, id, connection);
  setEntry(journal, store.tuples, tupleKey(connection.original, connection.zone), id * 2);
  setEntry(journal, store.tuples, tupleKey(connection.reply, connection.zone), id * 2 + 1);
  setEntry(journal, store.numbers, 'next-connection', id + 1);
  const node = commitJournal(versions, journal);
  return { kind: 'simulation-state', version: node.number, node };
}
