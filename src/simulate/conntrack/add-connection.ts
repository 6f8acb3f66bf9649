/** A state in which conntrack has one more connection, without compiling the program for another host. */

import type { ConntrackEntry } from '../../host/conntrack-entry.ts';
import type { SimulationState } from '../api.ts';
import type { CompiledProgram } from '../compile.ts';
import { commitJournal, newJournal, travelTo } from '../state/store.ts';
import { enterConnection } from './load.ts';

/** As if the entry had stood in the host's conntrack table from the start. */
export function addConnection(
  compiled: CompiledProgram,
  state: SimulationState,
  entry: ConntrackEntry,
): SimulationState {
  const { versions } = compiled;
  travelTo(versions, state.node);
  const journal = newJournal(versions.store);
  enterConnection(journal, entry);
  const node = commitJournal(versions, journal);
  return { kind: 'simulation-state', version: node.number, node };
}
