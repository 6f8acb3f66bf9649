/** A rule of a large save: its operations are made when they are first asked for. */

import type { IptablesRule } from '../../ast/iptables.ts';
import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramRule } from '../../model/program.ts';

/** Reads like any rule; `{ ...rule }` does not copy it, since its properties are computed. */
export class LazyProgramRule implements ProgramRule {
  private readonly rule: IptablesRule;
  private readonly lower: (rule: IptablesRule) => readonly Operation[];
  private made: readonly Operation[] | undefined;

  constructor(rule: IptablesRule, lower: (rule: IptablesRule) => readonly Operation[]) {
    this.rule = rule;
    this.lower = lower;
    this.made = undefined;
  }

  get operations(): readonly Operation[] {
    this.made ??= this.lower(this.rule);
    return this.made;
  }

  once(): readonly Operation[] {
    return this.made ?? this.lower(this.rule);
  }

  get span(): Span {
    return this.rule.span;
  }
}
