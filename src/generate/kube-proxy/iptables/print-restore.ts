/** The text kube-proxy hands to `iptables-restore --noflush --counters`: a full or a partial sync. */

import type { IptablesProgram, ProgrammedService } from './generate.ts';

export interface RestoreOptions {
  /** Leaves out the own chains of services that are not in it; undefined writes everything. */
  readonly changed?: ReadonlySet<ProgrammedService>;
  /** Chains of the nat table that are no longer used: emptied, then deleted. */
  readonly stale?: readonly string[];
}

export function printRestore(program: IptablesProgram, options: RestoreOptions = {}): string {
  const { fixed, services } = program;
  let filter = `*filter\n${declarations(fixed.filterChains)}${fixed.filterHead}`;
  let chains = `*nat\n${declarations(fixed.natChains)}`;
  let rules = fixed.natHead;
  for (const service of services) {
    const written = options.changed === undefined || options.changed.has(service);
    for (const port of service.ports) {
      filter += port.filter;
      rules += port.natShared;
      if (!written) continue;
      chains += declarations(port.chains);
      rules += port.natOwn;
    }
  }
  filter += `${fixed.filterTail}COMMIT\n`;
  const stale = options.stale ?? [];
  const deletions = stale.map((chain) => `-X ${chain}\n`).join('');
  return `${filter}${chains}${declarations(stale)}${rules}${fixed.natTail}${deletions}COMMIT\n`;
}

function declarations(chains: readonly string[]): string {
  let lines = '';
  for (const chain of chains) lines += `:${chain} - [0:0]\n`;
  return lines;
}
