/** Felix programs a chain only if something programmed leads to it. */

import type { DispatchMap } from './chains/dispatch.ts';
import { type GeneratedChain, type GeneratedRule, ruleTarget } from './rules/rule.ts';
import type { GeneratedTable } from './tables.ts';

function mapTargets(generated: GeneratedRule, maps: readonly DispatchMap[]): readonly string[] {
  if (maps.length === 0) return [];
  return generated.match.flatMap((criterion) =>
    criterion.kind === 'interface-map'
      ? maps
          .filter(({ name }) => name === criterion.map)
          .flatMap(({ elements }) => elements.map(({ target }) => target))
      : [],
  );
}

/** Every chain name that the rules lead to directly. */
function targetsOf(
  rules: readonly GeneratedRule[],
  maps: readonly DispatchMap[],
): ReadonlySet<string> {
  const targets = new Set<string>();
  for (const generated of rules) {
    const target = ruleTarget(generated);
    if (target !== undefined) targets.add(target);
    else for (const mapped of mapTargets(generated, maps)) targets.add(mapped);
  }
  return targets;
}

/** The names that can be reached from `roots`, whether a chain of that name exists or not. */
export function reachableChains(
  chains: ReadonlyMap<string, GeneratedChain>,
  roots: readonly string[],
  maps: readonly DispatchMap[] = [],
): ReadonlySet<string> {
  const reached = new Set(roots);
  const queue = [...reached];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const target of targetsOf(chains.get(next)?.rules ?? [], maps)) {
      if (reached.has(target)) continue;
      reached.add(target);
      queue.push(target);
    }
  }
  return reached;
}

export function pruneTable(table: GeneratedTable): GeneratedTable {
  const hooked = table.kernelChains.flatMap(({ inserted, appended }) => [...inserted, ...appended]);
  const roots = [...targetsOf(hooked, table.maps)];
  const reached = reachableChains(table.chains, roots, table.maps);
  const chains = new Map([...table.chains].filter(([name]) => reached.has(name)));
  return { ...table, chains };
}
