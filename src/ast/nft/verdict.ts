/** Verdicts as written in rules and verdict maps. */

import type { Expression } from './expressions.ts';

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' }
  /** The chain is a name, or an expression while a variable stands there. */
  | { readonly kind: 'jump' | 'goto'; readonly chain: string | Expression }
  /** Only in element data of old listings: `queue`. */
  | { readonly kind: 'queue' };
