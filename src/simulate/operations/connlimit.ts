/** connlimit: counts connections that came by here and still live (nft_connlimit.c, nf_conncount.c). */

import type { ConnlimitOperation } from '../../model/operations.ts';
import { findConnection } from '../conntrack/table.ts';
import { connectionStatus } from '../conntrack/connection.ts';
import { setEntry } from '../state/store.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { breakRule } from './store.ts';

export function prepareConnlimit(operation: ConnlimitOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([]);
  return (evaluation) => {
    const { connection } = evaluation.packet;
    if (connection === undefined) {
      breakRule(evaluation);
      return;
    }
    const count = countConnections(evaluation, `connlimit ${state.name(evaluation)}`, connection.id);
    if (count > operation.count !== operation.inverted) breakRule(evaluation);
  };
}

/** nf_conncount_add(): adds this connection and forgets those that are gone or closed. */
export function countConnections(evaluation: Evaluation, key: string, id: number): number {
  const { run } = evaluation;
  const known = run.store.memory.get(key) ?? [];
  const alive = known.filter((other) => other === id || isAlive(evaluation, other));
  const all = alive.includes(id) ? alive : [...alive, id];
  setEntry(run.journal, run.store.memory, key, all);
  return all.length;
}

function isAlive(evaluation: Evaluation, id: number): boolean {
  const connection = findConnection(evaluation.run, id);
  if (connection === undefined || (connection.status & connectionStatus.confirmed) === 0) return false;
  const state = connection.tcp?.state;
  return state !== 'TIME_WAIT' && state !== 'CLOSE';
}
