/** Which sets of a program packets may change, or whose elements carry statements. */

import type { Program, ProgramSet, ProgramTable } from '../../model/program.ts';

export function dynamicSets(
  program: Program,
): readonly { readonly table: ProgramTable; readonly set: ProgramSet }[] {
  return program.tables.flatMap((table) => {
    const targets = new Set<string>();
    for (const chain of table.chains) {
      if (chain.holds?.('set-changes') === 'no') continue;
      for (const rule of chain.rules)
        for (const operation of rule.once?.() ?? rule.operations)
          if (operation.kind === 'dynset') targets.add(operation.set);
    }
    return table.sets.filter((set) => isDynamic(set, targets)).map((set) => ({ table, set }));
  });
}

function isDynamic(set: ProgramSet, targets: ReadonlySet<string>): boolean {
  if (set.unknownElements === true) return false;
  if (set.dynamic || set.timeout || targets.has(set.name) || set.operations.length > 0) return true;
  return set.elements.some(
    ({ operations, timeout }) => (operations?.length ?? 0) > 0 || timeout !== undefined,
  );
}
