/** Verdicts of rules; a jump to an anonymous chain shows the chain's rules in its place. */

import type { Statement } from '../ast/nft/statements.ts';
import { generatedSpan } from '../base/span.ts';
import type { Verdict } from '../model/operations.ts';
import { raiseRule } from './raise-rule.ts';
import type { TableScope } from './reader.ts';
import { raiseVerdict } from './verdict.ts';

export function chainVerdict(scope: TableScope, verdict: Verdict): Statement {
  if (verdict.kind === 'jump' || verdict.kind === 'goto') {
    const target = scope.anonymousChains.get(verdict.chain);
    if (target !== undefined) {
      const rules = target.rules.map((rule) => raiseRule(rule, scope));
      return { kind: 'anonymous-chain', verdict: verdict.kind, rules, span: generatedSpan };
    }
  }
  return { kind: 'verdict', verdict: raiseVerdict(verdict), span: generatedSpan };
}
