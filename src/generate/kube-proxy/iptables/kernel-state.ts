/** The ruleset a node has after kube-proxy's first sync: built-in chains, jumps, canaries, all rules. */

import type { IptablesChain, IptablesRuleset } from '../../../ast/iptables.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { IptablesProgram } from './generate.ts';
import { isBuiltin, type KernelStateOptions, kernelTables } from './kernel-tables.ts';
import { ruleOfLine } from './rule-tree.ts';

/** Tables and chains in the order of their creation; iptables-save prints them by name. */
export function iptablesKernelState(
  program: IptablesProgram,
  options: KernelStateOptions = {},
): IptablesRuleset {
  const { family } = program.context.settings;
  const tables = kernelTables(program, options).map(({ name, chains }) => {
    const rules = [];
    for (const lines of chains.values()) {
      for (const line of lines) rules.push(ruleOfLine(line, family));
    }
    const heads = [...chains.keys()].map((chain) => chainOf(name, chain));
    return { name, chains: heads, rules, span: generatedSpan };
  });
  return { kind: 'iptables-ruleset', family, tables };
}

function chainOf(table: string, name: string): IptablesChain {
  return { name, ...(isBuiltin(table, name) ? { policy: 'ACCEPT' } : {}), span: generatedSpan };
}
