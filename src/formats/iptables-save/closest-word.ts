/** "Did you mean": the known word that is nearest to a mistyped one. */

import { editDistance } from '../../base/text.ts';

/** The candidate with the fewest changed characters, at most a third of the word; undefined when none is close. */
export function closestWord(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate, bestDistance - 1);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
