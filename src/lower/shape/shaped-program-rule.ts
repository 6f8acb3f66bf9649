/** A rule of the program whose operations are made when they are first asked for. */

import type { ShapedRule } from '../../ast/nft/shaped-rule.ts';
import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramElement, ProgramRule, ProgramSet } from '../../model/program.ts';
import type { SetTemplate, Variant } from './variant.ts';

/** Reads like any rule; `{ ...rule }` does not copy it, since its properties are computed. */
export class ShapedProgramRule implements ProgramRule {
  readonly rule: ShapedRule;
  readonly variant: Variant;
  private readonly setNames: readonly string[];
  private made: readonly Operation[] | undefined;

  constructor(rule: ShapedRule, variant: Variant, setNames: readonly string[]) {
    this.rule = rule;
    this.variant = variant;
    this.setNames = setNames;
    this.made = undefined;
  }

  get operations(): readonly Operation[] {
    this.made ??= this.variant.operations(this.rule, this.setNames);
    return this.made;
  }

  once(): readonly Operation[] {
    return this.made ?? this.variant.operations(this.rule, this.setNames);
  }

  get span(): Span {
    return this.rule.span;
  }
}

/** The same with a comment. */
export class ShapedCommentedRule extends ShapedProgramRule {
  get comment(): string {
    return this.rule.comment ?? '';
  }
}

/** An anonymous set whose elements are made when they are first asked for. */
export class ShapedSet implements ProgramSet {
  readonly name: string;
  private readonly rule: ShapedRule;
  protected readonly template: SetTemplate;
  private made: readonly ProgramElement[] | undefined;

  constructor(name: string, rule: ShapedRule, template: SetTemplate) {
    this.name = name;
    this.rule = rule;
    this.template = template;
    this.made = undefined;
  }

  get elements(): readonly ProgramElement[] {
    this.made ??= this.template.elements(this.rule);
    return this.made;
  }

  get span(): Span {
    return this.template.span(this.rule);
  }

  get anonymous(): boolean {
    return this.template.first.anonymous;
  }

  get constant(): boolean {
    return this.template.first.constant;
  }

  get interval(): boolean {
    return this.template.first.interval;
  }

  get dynamic(): boolean {
    return this.template.first.dynamic;
  }

  get autoMerge(): boolean {
    return this.template.first.autoMerge;
  }

  get timeout(): boolean {
    return this.template.first.timeout;
  }

  get policy(): ProgramSet['policy'] {
    return this.template.first.policy;
  }

  get key(): ProgramSet['key'] {
    return this.template.first.key;
  }

  get keyLength(): number {
    return this.template.first.keyLength;
  }

  get operations(): readonly Operation[] {
    return this.template.first.operations;
  }
}

/** The same as a map. */
export class ShapedMap extends ShapedSet {
  get map(): NonNullable<ProgramSet['map']> {
    return this.template.first.map ?? { kind: 'verdict' };
  }
}
