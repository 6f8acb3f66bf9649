/** One rule from its operations. */

import type { Rule } from '../ast/nft/ruleset.ts';
import type { Statement } from '../ast/nft/statements.ts';
import type { Span } from '../base/span.ts';
import type { Operation } from '../model/operations.ts';
import type { ProgramRule } from '../model/program.ts';
import { readOperation } from './operations.ts';
import { newReader, type TableScope } from './reader.ts';
import { processStatements } from './statements.ts';
import { toStatement } from './to-statement.ts';

export function raiseRule(rule: ProgramRule, scope: TableScope): Rule {
  const late = rule.once !== undefined && rule.handle === undefined;
  // What 1.0.6 lists differently is worked out on whole rules.
  if (!late || scope.settings.dialect === '1.0.6') return raisedRule(rule, rule.operations, scope);
  return rule.comment === undefined
    ? new LateRule(rule, scope)
    : new LateCommentedRule(rule, scope);
}

/** Mirrors netlink_delinearize_rule() of nft 1.1.7: operations to statements, then what they imply is dropped. */
function raisedRule(rule: ProgramRule, operations: readonly Operation[], scope: TableScope): Rule {
  const reader = newReader(scope);
  for (const operation of operations) readOperation(reader, operation);
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

let lastRule: LateRule | undefined;
let lastTree: Rule | undefined;

/** A rule of a large listing, raised when it is looked at; the last one is kept, all would be too many. */
class LateRule implements Rule {
  private readonly rule: ProgramRule;
  private readonly scope: TableScope;

  constructor(rule: ProgramRule, scope: TableScope) {
    this.rule = rule;
    this.scope = scope;
  }

  get kind(): 'rule' {
    return 'rule';
  }

  get span(): Span {
    return this.rule.span;
  }

  get statements(): readonly Statement[] {
    return this.tree().statements;
  }

  protected tree(): Rule {
    if (lastRule !== this || lastTree === undefined) {
      lastTree = raisedRule(this.rule, this.rule.once?.() ?? this.rule.operations, this.scope);
      lastRule = this;
    }
    return lastTree;
  }
}

/** The same with a comment. */
class LateCommentedRule extends LateRule {
  get comment(): string {
    return this.tree().comment ?? '';
  }
}
