/** Which chains a table has in the kernel after iptables-restore, and in which order. */

import type { IptablesChain, IptablesTable } from '../../ast/iptables.ts';
import { builtInChains, isTableName } from '../../fields/iptables/tables.ts';

/**
 * iptables-legacy always has all built-in chains of a table. iptables-nft makes a base chain when it is declared or
 * when a rule is put into it, in the order of the text.
 */
export function chainsInKernelOrder(
  table: IptablesTable,
  loader: 'iptables-nft' | 'iptables-legacy',
): readonly IptablesChain[] {
  const chains = new Map<string, IptablesChain>();
  const declared = new Map(table.chains.map((chain) => [chain.name, chain]));
  const builtIn = isTableName(table.name) ? builtInChains[table.name] : [];
  if (loader === 'iptables-legacy') {
    for (const { name } of builtIn) chains.set(name, declared.get(name) ?? implicit(table, name));
  }
  for (const chain of table.chains) if (!chains.has(chain.name)) chains.set(chain.name, chain);
  for (const { chain } of table.rules) {
    if (!chains.has(chain)) chains.set(chain, implicit(table, chain));
  }
  return [...chains.values()];
}

function implicit({ span }: IptablesTable, name: string): IptablesChain {
  return { name, policy: 'ACCEPT', span };
}
