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
  const found = [...table.chains];
  for (const { chain, span } of table.rules) {
    if (!declared.has(chain)) {
      const made: IptablesChain = { name: chain, policy: 'ACCEPT', span };
      declared.set(chain, made);
      found.push(made);
    }
  }
  found.sort((first, second) => first.span.start - second.span.start);
  for (const chain of found) if (!chains.has(chain.name)) chains.set(chain.name, chain);
  return [...chains.values()];
}

function implicit({ span }: IptablesTable, name: string): IptablesChain {
  return { name, policy: 'ACCEPT', span };
}
