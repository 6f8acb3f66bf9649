/** `jump { … }`: a chain of the rule's own (nft: stmt_evaluate_chain()). */

import type { AnonymousChainStatement } from '../../ast/nft/statements.ts';
import type { LoweringContext } from '../context.ts';
import { lowerRule } from '../rule.ts';
import { pushOperation } from './push.ts';

export function lowerAnonymousChain(
  context: LoweringContext,
  statement: AnonymousChainStatement,
): boolean {
  const { table, environment, diagnostics } = context;
  const before = diagnostics.length;
  const number = table.anonymousChainCount.next++;
  const name = `__chain${number}`;
  const rules = statement.rules.map((rule) => lowerRule({ table, environment, diagnostics }, rule));
  table.anonymousChains.push({ name, anonymous: true, rules, span: statement.span });
  if (diagnostics.length > before) return false;
  return pushOperation(context, {
    kind: 'immediate',
    destination: 0,
    data: { kind: statement.verdict, chain: name },
    span: statement.span,
  });
}
