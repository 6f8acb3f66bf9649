/** The tree of a Calico selector: a condition on labels. */

import type { Span } from '../../src/base/span.ts';

export type ComparisonOperator = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

interface SelectorByKind {
  readonly all: object;
  readonly global: object;
  readonly has: { readonly label: string };
  readonly comparison: {
    readonly label: string;
    readonly operator: ComparisonOperator;
    readonly value: string;
  };
  readonly membership: {
    readonly label: string;
    readonly negated: boolean;
    /** Sorted, without duplicates. */
    readonly values: readonly string[];
  };
  readonly not: { readonly operand: Selector };
  readonly and: { readonly operands: readonly Selector[] };
  readonly or: { readonly operands: readonly Selector[] };
}

export type Selector = {
  [Kind in keyof SelectorByKind]: {
    readonly kind: Kind;
    readonly span: Span;
  } & SelectorByKind[Kind];
}[keyof SelectorByKind];
