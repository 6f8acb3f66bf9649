/** `--assume KEY=ANSWER`: settled choices. */

import type { Mistake } from './question.ts';

export interface Assumptions {
  readonly answers: ReadonlyMap<string, string>;
}

/** Keys may hold `=`, answers may not. */
export function parseAssumptions(texts: readonly string[]): Assumptions | Mistake {
  const answers = new Map<string, string>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    if (at <= 0 || at === text.length - 1) {
      return { mistake: `--assume ${text}: KEY=ANSWER, as the outcomes of a trace print them` };
    }
    answers.set(text.slice(0, at).trim(), text.slice(at + 1).trim());
  }
  return { answers };
}
