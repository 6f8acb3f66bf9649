/** What iptables-nft-save prints on the node, made line by line: a cluster may have 100,000 rules. */

import { flattened } from '../flattened.ts';
import { builtinChains } from './builtin-jumps.ts';
import type { IptablesProgram } from './generate.ts';
import { type KernelStateOptions, kernelTables } from './kernel-tables.ts';
import { savedLine } from './saved-line.ts';

/** Without counters and comment lines; built-in chains first, then user chains by name. */
export function printSavedState(
  program: IptablesProgram,
  options: KernelStateOptions = {},
): string {
  const { family } = program.context.settings;
  const tables = kernelTables(program, options);
  let text = '';
  for (const [name, builtin] of Object.entries(builtinChains)) {
    const chains =
      tables.find((table) => table.name === name)?.chains ?? new Map<string, string[]>();
    const own = [...chains.keys()].filter((chain) => !builtin.includes(chain)).sort();
    text += `*${name}\n`;
    for (const chain of builtin) text += `:${chain} ACCEPT [0:0]\n`;
    for (const chain of own) text += `:${chain} - [0:0]\n`;
    for (const chain of [...builtin, ...own]) {
      let rules = '';
      for (const line of chains.get(chain) ?? []) rules += `${savedLine(line, family)}\n`;
      text += flattened(rules);
    }
    text += 'COMMIT\n';
  }
  return text;
}
