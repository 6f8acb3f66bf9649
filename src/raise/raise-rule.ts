/** One rule from its operations. */

import type { Rule } from '../ast/nft/ruleset.ts';
import type { ProgramRule } from '../model/program.ts';
import { readOperation } from './operations.ts';
import { newReader, type TableScope } from './reader.ts';
import { processStatements } from './statements.ts';
import { toStatement } from './to-statement.ts';

/** Mirrors netlink_delinearize_rule() of nft 1.1.7: operations to statements, then what they imply is dropped. */
export function raiseRule(rule: ProgramRule, scope: TableScope): Rule {
  const reader = newReader(scope);
  for (const operation of rule.operations) readOperation(reader, operation);
  const { output } = processStatements(scope.table.family, reader.drafts);
  const listed = output.filter((draft) => draft.removed !== true);
  return {
    kind: 'rule',
    statements: listed.map((draft) => toStatement(draft, scope.table.family)),
    ...(rule.comment === undefined ? {} : { comment: rule.comment }),
    ...(rule.handle === undefined ? {} : { handle: rule.handle }),
    span: rule.span,
  };
}
