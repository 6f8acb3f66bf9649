/** The sets of a table by name: a table may have tens of thousands without a name of their own, and get more. */

import type { ProgramSet, ProgramTable } from '../../model/program.ts';

interface Known {
  readonly sets: Map<string, ProgramSet>;
  /** How many of the table's sets are among them. */
  count: number;
}

const known = new WeakMap<ProgramTable, Known>();

export function setByName(table: ProgramTable, name: string): ProgramSet | undefined {
  const found = known.get(table) ?? { sets: new Map<string, ProgramSet>(), count: 0 };
  if (found.count === 0) known.set(table, found);
  for (; found.count < table.sets.length; found.count++) {
    const set = table.sets[found.count];
    if (set !== undefined) found.sets.set(set.name, set);
  }
  return found.sets.get(name);
}
