/** What only shows in the whole table: objects, base chains, jumps, operations out of place. */

import type { Chain } from '../../ast/nft/ruleset.ts';
import { chainTypeHooks, familyHooks } from '../../fields/hooks.ts';
import type { ProgramTable } from '../../model/program.ts';
import type { RuleScope } from '../rule.ts';
import { checkChains } from './chains.ts';
import { objectProblem } from './object.ts';

export function checkTable(scope: RuleScope, lowered: ProgramTable): void {
  const { table } = scope.table;
  for (const object of table.objects) {
    const problem = objectProblem(table.family, object);
    if (problem !== undefined) scope.diagnostics.push(problem);
  }
  for (const chain of table.chains) checkBase(scope, chain);
  checkChains(scope, lowered);
}

/** nft: chain_evaluate(); kernel: nft_chain_parse_hook() */
function checkBase(scope: RuleScope, chain: Chain): void {
  const { base } = chain;
  if (base === undefined) return;
  const { family } = scope.table.table;
  const { span } = chain;
  if (!familyHooks[family].includes(base.hook)) {
    scope.diagnostics.push({
      code: 'invalid-context',
      span,
      message: `the ${family} family does not support the hook ${base.hook}`,
    });
    return;
  }
  if (!(chainTypeHooks[base.type][family]?.includes(base.hook) ?? false)) {
    scope.diagnostics.push({
      code: 'kernel-refused',
      span,
      message: `chains of type ${base.type} cannot hook at ${base.hook} in the ${family} family: operation not supported`,
    });
  }
}
