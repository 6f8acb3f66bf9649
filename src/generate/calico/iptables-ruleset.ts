/** Felix's tables as an iptables ruleset, as it is in the kernel once Felix has programmed it. */

import type { IptablesRule, IptablesRuleset, IptablesTable } from '../../ast/iptables.ts';
import { generatedSpan } from '../../base/span.ts';
import { kernelChainOrder } from './apply-order.ts';
import type { FelixModel } from './model.ts';
import { iptablesRule } from './render/iptables-tree.ts';
import { appendedSeedSuffix, iptablesLines } from './render/rendered.ts';
import type { GeneratedRule } from './rules/rule.ts';
import type { GeneratedTable, KernelChain, TableName } from './tables.ts';

/** The chains of each table that packets enter, in the kernel's order. */
export const kernelChainNames: Readonly<Record<TableName, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

function chainRules(
  chain: string,
  seed: string,
  rules: readonly GeneratedRule[],
): readonly IptablesRule[] {
  const lines = iptablesLines(seed, rules);
  return rules.map((generated, index) => iptablesRule(chain, generated, lines[index]?.hash ?? ''));
}

function hookRules(
  { name, inserted, appended }: KernelChain,
  insertMode: FelixModel['insertMode'],
): readonly IptablesRule[] {
  return kernelChainOrder({
    insertMode,
    inserted: chainRules(name, name, inserted),
    others: [],
    appended: chainRules(name, `${name}${appendedSeedSuffix}`, appended),
  });
}

function iptablesTable(table: GeneratedTable, insertMode: FelixModel['insertMode']): IptablesTable {
  const own = [...table.chains.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  const span = generatedSpan;
  const hooked = kernelChainNames[table.name].flatMap((name) =>
    table.kernelChains.filter((chain) => chain.name === name),
  );
  return {
    name: table.name,
    chains: [
      ...kernelChainNames[table.name].map((name) => ({ name, policy: 'ACCEPT', span })),
      ...own.map(({ name }) => ({ name, span })),
    ],
    rules: [
      ...hooked.flatMap((chain) => hookRules(chain, insertMode)),
      ...own.flatMap(({ name, rules }) => chainRules(name, name, rules)),
    ],
    span,
  };
}

export function iptablesRuleset(
  tables: readonly GeneratedTable[],
  model: FelixModel,
): IptablesRuleset {
  return {
    kind: 'iptables-ruleset',
    family: model.version === 4 ? 'ip' : 'ip6',
    tables: tables.map((table) => iptablesTable(table, model.insertMode)),
  };
}

/**
 * The chains as they come to be on an empty kernel: Felix makes its own before it hooks them in, and a kernel
 * chain exists once it has a rule.
 */
export function inOrderOfCreation(ruleset: IptablesRuleset): IptablesRuleset {
  const tables = ruleset.tables.map((table) => {
    const used = new Set(table.rules.map(({ chain }) => chain));
    const own = table.chains.filter(({ policy }) => policy === undefined);
    const kernel = table.chains.filter(
      ({ name, policy }) => policy !== undefined && used.has(name),
    );
    return { ...table, chains: [...own, ...kernel] };
  });
  return { ...ruleset, tables };
}
