/** Finds the word that was meant (nft: erec "did you mean", by edit distance). */

import { editDistance } from '../base/text.ts';

/** The candidate at the smallest edit distance, if it is small enough to be a slip. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = word.length + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate, bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best !== undefined && bestDistance <= Math.max(1, Math.floor(word.length / 2))
    ? best
    : undefined;
}
