/** The words of a line with their places in the source, without the grammar around them. */

import { unquote, wordPattern } from '../../../grammar/iptables-save/line.ts';

export interface PlacedWord {
  /** Without quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern = new RegExp(wordPattern.source, 'y');

/** Words without quotes end at the next blank; the others are left to the pattern of the grammar. */
export function lineWords(text: string, start: number, end: number): PlacedWord[] {
  const words: PlacedWord[] = [];
  let quote = quoteFrom(text, start, end);
  let place = start;
  while (place < end) {
    if (text.charCodeAt(place) <= blank) {
      place++;
      continue;
    }
    const plainEnd = endOfPlainWord(text, place, end);
    if (quote >= plainEnd) {
      words.push({ text: text.slice(place, plainEnd), start: place, end: plainEnd });
      place = plainEnd;
    } else {
      const image = quotedWord(text, place, end);
      words.push({ text: unquote(image), start: place, end: place + image.length });
      place += image.length;
      quote = quoteFrom(text, place, end);
    }
  }
  return words;
}

const blank = 32;

function endOfPlainWord(text: string, start: number, end: number): number {
  let place = start;
  while (place < end && text.charCodeAt(place) > blank) place++;
  return place;
}

function quoteFrom(text: string, start: number, end: number): number {
  const quote = text.indexOf('"', start);
  return quote < 0 ? end : quote;
}

function quotedWord(text: string, start: number, end: number): string {
  const rest = text.slice(start, end);
  pattern.lastIndex = 0;
  return pattern.exec(rest)?.[0] ?? rest;
}
