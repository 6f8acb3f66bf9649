/** Verdicts of the program as the syntax tree has them. */

import type { Verdict as WrittenVerdict } from '../ast/nft/verdict.ts';
import type { Verdict } from '../model/operations.ts';

/** `break` is never written by users: nft's own `continue`. */
export function raiseVerdict(verdict: Verdict): WrittenVerdict {
  if (verdict.kind === 'jump' || verdict.kind === 'goto') return verdict;
  return { kind: verdict.kind === 'break' ? 'continue' : verdict.kind };
}
