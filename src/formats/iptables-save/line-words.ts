/** The words of a line with their places in the source, without the grammar around them. */

import { unquote } from '../../../grammar/iptables-save/line-parser.ts';
import { wordPattern } from '../../../grammar/iptables-save/tokens.ts';

export interface PlacedWord {
  /** Without quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern = new RegExp(wordPattern.source, 'g');

export function lineWords(text: string, start: number, end: number): PlacedWord[] {
  const words: PlacedWord[] = [];
  for (const match of text.slice(start, end).matchAll(pattern)) {
    const [image] = match;
    const from = start + match.index;
    words.push({ text: unquote(image), start: from, end: from + image.length });
  }
  return words;
}
