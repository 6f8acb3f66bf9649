/** The tables of iptables mode as `nft list ruleset` shows them on the node. */

import type { IptablesRuleset, IptablesTable } from '../../../ast/iptables.ts';
import type { AddressFamily } from '../../kubernetes/go-address.ts';
import { type ListingWording, listedRule } from './listing-words.ts';

/** `ruleset` must be in creation order; see KernelStateOptions. */
export function printListing(ruleset: IptablesRuleset, wording: ListingWording): string {
  return ruleset.tables.map((table) => tableText(table, ruleset.family, wording)).join('');
}

function tableText(table: IptablesTable, family: AddressFamily, wording: ListingWording): string {
  const rules = new Map(table.chains.map(({ name }): [string, string] => [name, '']));
  for (const rule of table.rules) {
    const before = rules.get(rule.chain) ?? '';
    rules.set(rule.chain, `${before}\t\t${listedRule(rule, family, wording)}\n`);
  }
  const chains = table.chains.map(({ name, policy }) => {
    const head = policy === undefined ? '' : `\t\t${baseLine(table.name, name, policy, wording)}\n`;
    return `\tchain ${name} {\n${head}${rules.get(name) ?? ''}\t}\n`;
  });
  return `table ${family} ${table.name} {\n${chains.join('\n')}}\n`;
}

const natPriorities: Readonly<Record<string, string>> = {
  PREROUTING: 'dstnat',
  INPUT: 'srcnat',
  POSTROUTING: 'srcnat',
};

function baseLine(table: string, chain: string, policy: string, wording: ListingWording): string {
  const natPriority = natPriorities[chain] ?? (wording.outputDstnat ? 'dstnat' : '-100');
  const priority = table === 'nat' ? natPriority : table;
  const type = table === 'nat' ? 'nat' : 'filter';
  return `type ${type} hook ${chain.toLowerCase()} priority ${priority}; policy ${policy.toLowerCase()};`;
}
