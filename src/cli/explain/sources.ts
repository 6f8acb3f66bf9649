/** The texts to explain: words of the command line, or lines of standard input. */

import type { Source } from '../../base/span.ts';
import { datatypeByName } from '../../datatypes/registry.ts';
import type { Io } from '../io.ts';
import { overviewNames } from './overview.ts';

type Texts = { readonly texts: readonly Source[] } | { readonly failure: string };

/** `explain tcp dport` is one expression, `explain 'tcp dport' ct_state` are two. */
export function splitSources(words: readonly string[], read: Io['read']): Texts {
  if (words.length === 1 && words[0] === '-') return fromInput(read);
  const separate = words.some((word) => /\s/.test(word)) || words.every((word) => isWhole(word));
  const texts = separate ? words : [words.join(' ')];
  return { texts: texts.map((text) => ({ name: 'expression', text })) };
}

/** A word that means something alone. */
function isWhole(word: string): boolean {
  return datatypeByName(word) !== undefined && !overviewNames.has(word);
}

function fromInput(read: Io['read']): Texts {
  const input = read('-');
  if ('failure' in input) return input;
  const lines = input.text.split('\n').map((line) => line.trim());
  const texts = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return { texts: texts.map((text) => ({ name: 'expression', text })) };
}
