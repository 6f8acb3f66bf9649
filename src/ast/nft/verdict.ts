/** Verdicts as written in rules and verdict maps. */

import type { Expression } from './expressions.ts';

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' }
  /** The chain is a name, or what a variable stands for, with the place of its definition. */
  | { readonly kind: 'jump' | 'goto'; readonly chain: string | Expression }
  /** Only in element data of old listings: `queue`. */
  | { readonly kind: 'queue' };

/** The name of the chain that a verdict goes to; undefined: none, or a variable stands there for something else. */
export function chainOfVerdict(verdict: Verdict): string | undefined {
  if (!('chain' in verdict)) return undefined;
  const { chain } = verdict;
  if (typeof chain === 'string') return chain;
  return chain.kind === 'symbol' || chain.kind === 'string' ? chain.text : undefined;
}
