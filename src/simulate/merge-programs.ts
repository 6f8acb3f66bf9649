/** Several rulesets loaded one after the other as one program. */

import type { Program, ProgramTable } from '../model/program.ts';

/** Tables of one family and name are one table, as `nft -f` adds to what is there; the order is that of loading. */
export function mergePrograms(programs: readonly Program[]): Program {
  const tables: ProgramTable[] = [];
  const places = new Map<string, number>();
  for (const table of programs.flatMap((program) => program.tables)) {
    const layer = table.loader === 'iptables-legacy' ? 'legacy' : 'nf_tables';
    const key = `${layer} ${table.family} ${table.name}`;
    const place = places.get(key);
    const known = place === undefined ? undefined : tables[place];
    if (place === undefined || known === undefined) {
      places.set(key, tables.length);
      tables.push(table);
    } else {
      tables[place] = joinTables(known, table);
    }
  }
  return { tables };
}

function joinTables(first: ProgramTable, second: ProgramTable): ProgramTable {
  const chains = first.chains.map((chain) => {
    const more = second.chains.find(({ name }) => name === chain.name);
    if (more === undefined) return chain;
    const base = more.base ?? chain.base;
    const rules = [...chain.rules, ...more.rules];
    return base === undefined ? { ...chain, rules } : { ...chain, base, rules };
  });
  const added = second.chains.filter(
    ({ name }) => !first.chains.some((chain) => chain.name === name),
  );
  return {
    ...first,
    chains: [...chains, ...added],
    sets: [...first.sets, ...second.sets],
    objects: [...first.objects, ...second.objects],
    flowtables: [...first.flowtables, ...second.flowtables],
  };
}
