/** Reads a line whose words stand as iptables-save writes them, without the grammar: a test holds that both agree. */

import { type Line, type LineWord, type OptionListener, unquote, wordPattern } from './line.ts';

const word = new RegExp(wordPattern.source, 'y');
const counters = /^\[\d+:\d+\]$/;
const startsLikeCounters = /^\[\d+:\d+\]/;
/** Space and tab are the only blanks. */
const otherBlanks = /[^\S \t]/;
const tableLine = /^\*([a-z]+)[ \t]*$/;
const ruleLine = /^[ \t]*[-[]/;

interface Image {
  readonly image: string;
  readonly start: number;
}

/** Undefined when only the grammar can tell; the listener has heard nothing then. */
export function readPlainLine(text: string, listener: OptionListener): Line | undefined {
  if (otherBlanks.test(text)) return undefined;
  if (text.trim() === '') return { kind: 'blank' };
  if (/^COMMIT[ \t]*$/.test(text)) return { kind: 'commit' };
  const [, name] = tableLine.exec(text) ?? [];
  if (name !== undefined) {
    return { kind: 'table', name: { text: name, start: 1, end: 1 + name.length } };
  }
  return ruleLine.test(text) ? readRule(text, listener) : undefined;
}

function readRule(text: string, listener: OptionListener): Line | undefined {
  const images = imagesOf(text);
  const first = images[0];
  const counted = first !== undefined && counters.test(first.image);
  const from = counted ? 1 : 0;
  if (images.length === from) return undefined;
  if (images.some(({ image }, place) => place >= from && startsLikeCounters.test(image))) {
    return undefined;
  }
  // A negation at the end has nothing to negate; one behind another is no name.
  const negations = images.map(({ image }) => image === '!');
  if (negations.some((negation, place) => negation && negations[place + 1] !== false)) {
    return undefined;
  }
  readOptions(images, from, listener);
  return { kind: 'rule', counters: counted ? wordOf(first) : undefined };
}

function readOptions(images: readonly Image[], from: number, listener: OptionListener): void {
  let at = from;
  while (at < images.length) {
    const negation = images[at]?.image === '!' ? images[at] : undefined;
    if (negation !== undefined) at++;
    const option = images[at++];
    if (option === undefined) return;
    const name = wordOf(option);
    const next = images.slice(at, at + 3).map(({ image }) => image);
    const wanted = listener.wordsOf(name, negation !== undefined, next);
    const values = images.slice(at, at + Math.max(wanted, 0)).map(wordOf);
    at += values.length;
    listener.option(name, negation && wordOf(negation), values);
  }
}

/** None when a quote is not closed. */
function imagesOf(text: string): readonly Image[] {
  const images: Image[] = [];
  let at = 0;
  for (;;) {
    while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
    word.lastIndex = at;
    const image = word.exec(text)?.[0];
    if (image === undefined) return at === text.length ? images : [];
    images.push({ image, start: at });
    at += image.length;
  }
}

function wordOf({ image, start }: Image): LineWord {
  return { text: unquote(image), start, end: start + image.length };
}
