/** What a table has by name while it is being lowered, and the names given to what has none. */

import type { ObjectDeclaration, Table } from '../ast/nft/ruleset.ts';
import type { ProgramChain, ProgramSet } from '../model/program.ts';
import type { SetBuild } from './sets/set-build.ts';

export interface TableScope {
  readonly table: Table;
  readonly sets: Map<string, SetBuild>;
  readonly objects: ReadonlyMap<string, ObjectDeclaration>;
  readonly flowtables: ReadonlySet<string>;
  /** In order of creation. */
  readonly anonymousSets: (SetBuild | ProgramSet)[];
  /** Sets declared by `meter` statements. */
  readonly meters: SetBuild[];
  readonly anonymousChains: ProgramChain[];
  readonly anonymousChainCount: { next: number };
  /** How many sets were named by each pattern (`__set%d`). */
  readonly anonymousCounts: Map<string, number>;
}

export function newTableScope(table: Table): TableScope {
  return {
    table,
    sets: new Map(),
    objects: new Map(table.objects.map((object) => [`${object.type} ${object.name}`, object])),
    flowtables: new Set(table.flowtables.map((flowtable) => flowtable.name)),
    anonymousSets: [],
    meters: [],
    anonymousChains: [],
    anonymousChainCount: { next: 0 },
    anonymousCounts: new Map(),
  };
}

/** nf_tables_set_alloc_name(): the lowest number free among the table's sets of this pattern. */
export function anonymousName(scope: TableScope, pattern: string): string {
  const number = scope.anonymousCounts.get(pattern) ?? 0;
  scope.anonymousCounts.set(pattern, number + 1);
  return pattern.replace('%d', String(number));
}
