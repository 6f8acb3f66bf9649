/** Statements of a rule while it is being read back. */

import type { Expression } from '../ast/nft/expressions.ts';
import type { Statement } from '../ast/nft/statements.ts';
import type { Span } from '../base/span.ts';
import type { CompareOperator } from '../model/operations.ts';
import type { MapTree, PayloadTree, Tree } from './tree.ts';

interface DraftBase {
  /** A later statement implies it. */
  removed?: boolean;
  span?: Span | undefined;
}

/** `implicit` and `not` are flags tests: any of the flags, none of them. */
export type DraftOperator = CompareOperator | 'implicit' | 'not';

export interface MatchDraft extends DraftBase {
  kind: 'match';
  operator: DraftOperator;
  left: Tree;
  right: Tree;
}

export interface VmapDraft extends DraftBase {
  kind: 'vmap';
  map: MapTree;
}

export interface PayloadWriteDraft extends DraftBase {
  kind: 'payload-write';
  payload: PayloadTree;
  value: Tree;
}

export interface RejectDraft extends DraftBase {
  kind: 'reject';
  type: number;
  code: number;
  /** The network protocol that the rule is about, where it is known. */
  network?: string | undefined;
}

/** Any other statement: its operands are read back one by one, then it is built of them. */
export interface PlainDraft extends DraftBase {
  kind: 'plain';
  operands: (Tree | undefined)[];
  build: (operands: readonly (Expression | undefined)[]) => Statement;
  /** Operands of this statement are left as they are (reset protocols before). */
  resetBefore?: number;
  /** Operands are elements of a set: masks of their fields are removed on the spot. */
  elements?: boolean;
  /** ct event masks are written with commas. */
  flagList?: boolean;
}

export type Draft = MatchDraft | VmapDraft | PayloadWriteDraft | RejectDraft | PlainDraft;
