/** Only the chains of some endpoints, and what these lead to. */

import type { FelixModel } from './model.ts';
import { reachableChains } from './prune.ts';
import type { GeneratedTable } from './tables.ts';

/** Interfaces of the endpoints that are named by interface or by `namespace/pod`. */
export function namedInterfaces(
  { workloads, hostEndpoints }: FelixModel,
  names: readonly string[],
): { readonly interfaces: ReadonlySet<string>; readonly unknown: readonly string[] } {
  const byName = new Map<string, string>();
  for (const { interface: name } of [...workloads, ...hostEndpoints]) byName.set(name, name);
  for (const { interface: name, title } of workloads) {
    if (title !== undefined) byName.set(title, name);
  }
  const found = names.flatMap((name) => byName.get(name) ?? []);
  return { interfaces: new Set(found), unknown: names.filter((name) => !byName.has(name)) };
}

export function onlyEndpoints(
  tables: readonly GeneratedTable[],
  interfaces: ReadonlySet<string>,
): readonly GeneratedTable[] {
  return tables.flatMap((table) => {
    const roots = [...table.chains.values()].flatMap(({ name, origin }) =>
      'interface' in origin && interfaces.has(origin.interface) ? [name] : [],
    );
    const reached = reachableChains(table.chains, roots);
    const chains = new Map([...table.chains].filter(([name]) => reached.has(name)));
    return chains.size === 0 ? [] : [{ ...table, chains, kernelChains: [], maps: [] }];
  });
}
