/** What one sync writes, given what the kernel holds: full or partial, with the chains it deletes. */

import { changedItems } from '../changed-items.ts';
import type { IptablesProgram, ProgrammedService } from './generate.ts';
import { printRestore } from './print-restore.ts';

export interface IptablesSync {
  readonly restoreText: string;
  /** Sorted. */
  readonly deletedChains: readonly string[];
}

/** The first sync, or one after a failure: everything is written; `inKernel` names the chains of the nat table. */
export function fullSync(program: IptablesProgram, inKernel: Iterable<string> = []): IptablesSync {
  const used = new Set(ownChains(program.services));
  const stale = [...inKernel].filter((chain) => ownPrefix.test(chain) && !used.has(chain)).sort();
  return { restoreText: printRestore(program, { stale }), deletedChains: stale };
}

/** A sync after changes: the own chains of services that are not in `previous` as they are, and the shared chains. */
export function partialSync(program: IptablesProgram, previous: IptablesProgram): IptablesSync {
  const { added, removed } = changedItems(previous.services, program.services);
  const used = new Set(ownChains(added));
  const stale = [...ownChains(removed)].filter((chain) => !used.has(chain)).sort();
  const restoreText = printRestore(program, { changed: new Set(added), stale });
  return { restoreText, deletedChains: stale };
}

/** The chains that belong to service ports. */
export function* ownChains(services: readonly ProgrammedService[]): Generator<string> {
  for (const service of services) {
    for (const port of service.ports) yield* port.chains;
  }
}

const ownPrefix = /^KUBE-(?:SVC|SVL|EXT|FW|SEP)-/;
