/** The declared sets of a table by name: a table may have tens of thousands of anonymous ones. */

import type { ProgramSet, ProgramTable } from '../../model/program.ts';

const known = new WeakMap<ProgramTable, ReadonlyMap<string, ProgramSet>>();

export function setByName(table: ProgramTable, name: string): ProgramSet | undefined {
  const sets = known.get(table) ?? new Map(table.sets.map((set) => [set.name, set]));
  known.set(table, sets);
  return sets.get(name);
}
