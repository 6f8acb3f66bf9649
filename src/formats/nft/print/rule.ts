/** A rule as one line (more with an anonymous chain inside). */

import type { Rule } from '../../../ast/nft/ruleset.ts';
import { handleSuffix, type PrintContext } from './context.ts';
import { printStatement } from './statement.ts';

export function printRule(rule: Rule, context: PrintContext): string {
  const statements = rule.statements.map((statement) => printStatement(statement, context));
  const comment = rule.comment === undefined ? '' : ` comment "${rule.comment}"`;
  return statements.join(' ') + comment + handleSuffix(rule.handle, context);
}
