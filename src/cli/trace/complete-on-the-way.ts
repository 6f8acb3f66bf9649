/**
 * Plays a packet on a program whose chains are completed from the iptables-save as the packet comes to them: reading all
 * of them takes longer than the rest of a trace.
 */

import type { XtCompletion } from '../../model/complete-xt.ts';
import type { Program } from '../../model/program.ts';
import type { Exploration } from '../../simulate/api.ts';
import type { Companion } from '../input/companion.ts';
import { chainsOnTheWay, completeChains } from './complete-chains.ts';

export interface Completed<Played> extends Pick<XtCompletion, 'program' | 'completedRules'> {
  readonly played: Played;
}

/**
 * Plays again until every chain met is a completed one: what comes out is what a program completed whole would give,
 * since chains that no packet comes to change nothing. Undefined when a companion has to be read whole.
 */
export function completeOnTheWay<Played>(
  program: Program,
  companions: readonly Companion[],
  play: (program: Program) => Played,
  explorationsOf: (played: Played) => readonly Exploration[],
): Completed<Played> | undefined {
  const wanted = new Set<string>();
  let completion = { program, completedRules: 0 };
  for (;;) {
    const played = play(completion.program);
    const known = wanted.size;
    for (const chain of chainsOnTheWay(explorationsOf(played))) wanted.add(chain);
    if (wanted.size === known) return { ...completion, played };
    const next = completeChains(program, companions, wanted);
    if (next === undefined) return undefined;
    completion = next;
  }
}
