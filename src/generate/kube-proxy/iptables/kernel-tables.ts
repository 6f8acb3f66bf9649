/** What the kernel holds after kube-proxy's first sync, as lines by table and chain. */

import { builtinChains, builtinJumps, createdChains, createdTables } from './builtin-jumps.ts';
import type { IptablesProgram } from './generate.ts';
import { localnetRule } from './static-rules.ts';

export interface KernelStateOptions {
  /** Adds the chains kubelet makes; its KUBE-FIREWALL jumps then stand last, as kubelet ran first. */
  readonly withKubelet?: boolean;
}

export interface KernelTable {
  readonly name: string;
  /** Chains in the order of their creation, with their rules as kube-proxy writes them. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** Tables in the order of their creation; built-in chains only where something was put into them. */
export function kernelTables(
  program: IptablesProgram,
  options: KernelStateOptions = {},
): readonly KernelTable[] {
  const withKubelet = options.withKubelet === true;
  return createdTables(withKubelet).map((name) => {
    const chains = new Map<string, string[]>();
    for (const chain of createdChains(name, withKubelet)) chains.set(chain, []);
    addLines(chains, builtinJumps(name, withKubelet));
    if (name === 'filter') addFilter(chains, program, withKubelet);
    if (name === 'nat') addNat(chains, program);
    return { name, chains };
  });
}

export function isBuiltin(table: string, chain: string): boolean {
  return builtinChains[table]?.includes(chain) === true;
}

type Chains = Map<string, string[]>;

function addFilter(chains: Chains, program: IptablesProgram, withKubelet: boolean): void {
  const { fixed, context } = program;
  const writtenByKubelet = withKubelet && context.settings.family === 'ip';
  addText(chains, fixed.filterHead || (writtenByKubelet ? localnetRule : ''));
  for (const service of program.services) {
    for (const port of service.ports) addText(chains, port.filter);
  }
  addText(chains, fixed.filterTail);
}

function addNat(chains: Chains, program: IptablesProgram): void {
  const { fixed } = program;
  addText(chains, fixed.natHead);
  for (const service of program.services) {
    for (const port of service.ports) {
      for (const chain of port.chains) if (!chains.has(chain)) chains.set(chain, []);
      addText(chains, port.natShared);
      addText(chains, port.natOwn);
    }
  }
  addText(chains, fixed.natTail);
}

function addText(chains: Chains, text: string): void {
  if (text !== '') addLines(chains, text.slice(0, -1).split('\n'));
}

function addLines(chains: Chains, lines: readonly string[]): void {
  for (const line of lines) chains.get(line.slice(3, line.indexOf(' ', 3)))?.push(line);
}
