/** What may follow an element: `timeout`, `nomatch`, counters, a comment, skbinfo. */

import type { IpSetElement, IpSetPart } from '../../host/ipset.ts';
import { parseDecimal } from '../host-text/lines.ts';

const wordOrComment = /comment "([^"]*)"|\S+/g;

/** The element with its extensions; undefined if some word is none. */
export function readExtensions(
  text: string,
  parts: readonly IpSetPart[],
): IpSetElement | undefined {
  const words: string[] = [];
  let comment: string | undefined;
  for (const match of text.matchAll(wordOrComment)) {
    if (match[1] === undefined) words.push(match[0]);
    else comment = match[1];
  }
  let element: IpSetElement = {
    parts,
    nomatch: false,
    ...(comment === undefined ? {} : { comment }),
  };
  for (let position = 0; position < words.length; position++) {
    const word = words[position] ?? '';
    if (word === '-exist' || word === '-!') continue;
    const changed = readFlag(word, element) ?? readValue(word, words[++position] ?? '', element);
    if (changed === undefined) return undefined;
    element = changed;
  }
  return element;
}

function readFlag(word: string, element: IpSetElement): IpSetElement | undefined {
  if (word === 'nomatch') return { ...element, nomatch: true };
  if (word !== 'wildcard') return undefined;
  const parts = element.parts.map((part) =>
    part.kind === 'interface' ? { ...part, wildcard: true } : part,
  );
  return { ...element, parts };
}

function readValue(word: string, value: string, element: IpSetElement): IpSetElement | undefined {
  switch (word) {
    case 'timeout': {
      const timeoutSeconds = parseDecimal(value);
      return timeoutSeconds === undefined ? undefined : { ...element, timeoutSeconds };
    }
    case 'packets':
      return isCount(value) ? { ...element, packets: BigInt(value) } : undefined;
    case 'bytes':
      return isCount(value) ? { ...element, bytes: BigInt(value) } : undefined;
    case 'comment':
      return { ...element, comment: value };
    case 'before':
    case 'after':
      return value === '' ? undefined : { ...element, placement: { where: word, set: value } };
    default:
      return readSkbInfo(word, value, element);
  }
}

function readSkbInfo(word: string, value: string, element: IpSetElement): IpSetElement | undefined {
  if (word === 'skbmark') {
    const match = /^0x([0-9a-f]{1,8})(?:\/0x([0-9a-f]{1,8}))?$/i.exec(value);
    const mask = match?.[2] === undefined ? 0xffffffff : Number.parseInt(match[2], 16);
    return match === null
      ? undefined
      : { ...element, skbMark: { mark: Number.parseInt(match[1] ?? '', 16), mask } };
  }
  if (word === 'skbprio') {
    const match = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(value);
    const [major, minor] = [
      Number.parseInt(match?.[1] ?? '', 16),
      Number.parseInt(match?.[2] ?? '', 16),
    ];
    return match === null ? undefined : { ...element, skbPriority: { major, minor } };
  }
  const skbQueue = parseDecimal(value);
  return word === 'skbqueue' && skbQueue !== undefined ? { ...element, skbQueue } : undefined;
}

function isCount(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

/** The extensions in the order in which ipset prints them, each with a space before it. */
export function formatExtensions(element: IpSetElement): string {
  const { timeoutSeconds, packets, bytes, comment, skbMark, skbPriority, skbQueue, placement } =
    element;
  const wildcard = element.parts.some((part) => part.kind === 'interface' && part.wildcard);
  return [
    timeoutSeconds === undefined ? '' : ` timeout ${timeoutSeconds}`,
    element.nomatch ? ' nomatch' : '',
    wildcard ? ' wildcard' : '',
    packets === undefined ? '' : ` packets ${packets}`,
    bytes === undefined ? '' : ` bytes ${bytes}`,
    comment === undefined ? '' : ` comment "${comment}"`,
    skbMark === undefined ? '' : ` skbmark ${formatMark(skbMark)}`,
    skbPriority === undefined
      ? ''
      : ` skbprio ${skbPriority.major.toString(16)}:${skbPriority.minor.toString(16)}`,
    skbQueue === undefined ? '' : ` skbqueue ${skbQueue}`,
    placement === undefined ? '' : ` ${placement.where} ${placement.set}`,
  ].join('');
}

function formatMark({ mark, mask }: { readonly mark: number; readonly mask: number }): string {
  const text = `0x${mark.toString(16)}`;
  return mask === 0xffffffff ? text : `${text}/0x${mask.toString(16)}`;
}
