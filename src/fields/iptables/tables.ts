/** The tables that iptables has, with their built-in chains and the nf_tables base chains behind these. */

export type IptablesTableName = 'mangle' | 'security' | 'raw' | 'filter' | 'nat';

export interface BuiltInChain {
  readonly name: string;
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly type: 'filter' | 'nat' | 'route';
  readonly priority: number;
}

function chains(
  priority: number,
  type: BuiltInChain['type'],
  ...names: readonly string[]
): readonly BuiltInChain[] {
  return names.map((name) => ({ name, hook: hooks[name] ?? 'input', type, priority }));
}

const hooks: Readonly<Record<string, BuiltInChain['hook']>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** Tables in the order in which iptables-nft-save prints them; chains likewise (xtables_ipv4 of nft.c). */
export const builtInChains: Readonly<Record<IptablesTableName, readonly BuiltInChain[]>> = {
  mangle: [
    ...chains(-150, 'filter', 'PREROUTING', 'INPUT', 'FORWARD'),
    ...chains(-150, 'route', 'OUTPUT'),
    ...chains(-150, 'filter', 'POSTROUTING'),
  ],
  security: chains(150, 'filter', 'INPUT', 'FORWARD', 'OUTPUT'),
  raw: chains(-300, 'filter', 'PREROUTING', 'OUTPUT'),
  filter: chains(0, 'filter', 'INPUT', 'FORWARD', 'OUTPUT'),
  nat: [
    ...chains(-100, 'nat', 'PREROUTING'),
    ...chains(100, 'nat', 'INPUT'),
    ...chains(-100, 'nat', 'OUTPUT'),
    ...chains(100, 'nat', 'POSTROUTING'),
  ],
};

export const tableNames: readonly IptablesTableName[] = [
  'mangle',
  'security',
  'raw',
  'filter',
  'nat',
];

export function isTableName(name: string): name is IptablesTableName {
  return tableNames.some((known) => known === name);
}

export function builtInChain(table: string, chain: string): BuiltInChain | undefined {
  return isTableName(table) ? builtInChains[table].find(({ name }) => name === chain) : undefined;
}
