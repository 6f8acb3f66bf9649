/** What one sync writes, given what the kernel holds: full or partial, with the chains it deletes. */

import type { IptablesProgram, ProgrammedService } from './generate.ts';
import { printRestore } from './print-restore.ts';

export interface IptablesSync {
  readonly restoreText: string;
  /** Sorted. */
  readonly deletedChains: readonly string[];
}

/**
 * A partial sync writes the own chains of changed services only; a full one all of them.
 * `inKernel` names the chains of the nat table before the sync.
 */
export function iptablesSync(
  program: IptablesProgram,
  previous: IptablesProgram | undefined,
  inKernel: Iterable<string> = previous === undefined ? [] : ownChains(previous),
  full = previous === undefined,
): IptablesSync {
  const stale = staleChains(program, inKernel);
  if (full) return { restoreText: printRestore(program, { stale }), deletedChains: stale };
  const before = new Set(previous?.services);
  const changed = new Set<ProgrammedService>();
  for (const service of program.services) {
    if (!before.has(service)) changed.add(service);
  }
  return { restoreText: printRestore(program, { changed, stale }), deletedChains: stale };
}

/** The chains that belong to service ports. */
export function* ownChains(program: IptablesProgram): Generator<string> {
  for (const service of program.services) {
    for (const port of service.ports) yield* port.chains;
  }
}

const ownPrefix = /^KUBE-(?:SVC|SVL|EXT|FW|SEP)-/;

function staleChains(program: IptablesProgram, inKernel: Iterable<string>): readonly string[] {
  const used = new Set(ownChains(program));
  const stale: string[] = [];
  for (const chain of inKernel) {
    if (ownPrefix.test(chain) && !used.has(chain)) stale.push(chain);
  }
  return stale.sort();
}
