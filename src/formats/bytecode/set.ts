/** Sets that come with a rule, as `nft --debug=netlink` lists them (libnftnl: nftnl_set_snprintf()). */

import { familyNumber } from '../../fields/families.ts';
import type { ProgramElement, ProgramSet, ProgramTable, SetField } from '../../model/program.ts';
import { byteSum, commentData, printWords } from './data.ts';
import { printVerdict, setName } from './operation.ts';

/** NFT_SET_* bits. */
function setFlags(set: ProgramSet): number {
  const concat = set.interval && set.key.length > 1;
  return (
    (set.anonymous ? 0x1 : 0) |
    (set.constant ? 0x2 : 0) |
    (set.interval ? 0x4 : 0) |
    (set.map !== undefined && set.map.kind !== 'object' ? 0x8 : 0) |
    (set.timeout ? 0x10 : 0) |
    (set.dynamic ? 0x20 : 0) |
    (set.map?.kind === 'object' ? 0x40 : 0) |
    (concat ? 0x80 : 0)
  );
}

/** Header line, then the elements. */
export function printSet(table: ProgramTable, set: ProgramSet): readonly string[] {
  const family = familyNumber[table.family];
  const name = setName(set.name);
  const size = set.size === undefined ? '' : ` size ${set.size}`;
  const header = `family ${family} ${name} ${table.name} ${setFlags(set).toString(16)}${size}`;
  if (!set.anonymous) return [header];
  const elements = printElements(set);
  return [header, `family ${family} ${name} ${table.name} 0`, elements];
}

function printElements(set: ProgramSet): string {
  const ranges = set.interval && set.key.length === 1;
  const texts = ranges
    ? intervalTexts(set)
    : set.elements.map((element) => elementText(set, element));
  return texts.map((text) => `\telement ${text}`).join('');
}

function elementText(set: ProgramSet, element: ProgramElement): string {
  const { key, keyEnd } = element;
  if (key === undefined) return `${dataText(set, element)} flags 2`;
  const ordered = set.interval;
  const first = printFields(key, set.key, ordered);
  const last = keyEnd === undefined ? '' : ` - ${printFields(keyEnd, set.key, ordered)}`;
  return `${first}${last}${dataText(set, element)}${commentText(element)}`;
}

function commentText({ comment }: ProgramElement): string {
  if (comment === undefined) return '';
  const bytes = commentData(comment);
  return `  userdata len ${bytes.length} sum 0x${byteSum(bytes).toString(16)}`;
}

/** Fields of a concatenation, four-byte padding left out; `ordered`: all in network order. */
function printFields(bytes: Uint8Array, fields: readonly SetField[], ordered: boolean): string {
  const texts: string[] = [];
  let offset = 0;
  for (const field of fields) {
    const part = bytes.subarray(offset, offset + field.length);
    const host = !ordered && field.type.byteOrder === 'host' && field.type.base !== 'string';
    texts.push(printWords(host ? part.toReversed() : part, ''));
    offset += Math.ceil(field.length / 4) * 4;
  }
  return texts.join(' . ');
}

function dataText(set: ProgramSet, element: ProgramElement): string {
  const { data, dataEnd } = element;
  if (data === undefined) return '';
  if (!(data instanceof Uint8Array)) {
    return ` : ${'object' in data ? data.object : printVerdict(data)}`;
  }
  const fields = set.map?.kind === 'data' ? set.map.fields : [];
  const first = printFields(data, fields, false);
  return dataEnd === undefined
    ? ` : ${first}`
    : ` : ${first} . ${printFields(dataEnd, fields, false)}`;
}

/** Intervals as the kernel's trees hold them: a start, and an end (flag 1) that no longer belongs. */
function intervalTexts(set: ProgramSet): readonly string[] {
  const texts: string[] = [];
  const { elements, keyLength } = set;
  const first = elements.find(({ key }) => key !== undefined)?.key;
  if (first?.some((byte) => byte !== 0)) {
    texts.push(`${printWords(new Uint8Array(keyLength), '')} flags 1`);
  }
  for (const [index, element] of elements.entries()) {
    const { key } = element;
    if (key === undefined) {
      texts.push(elementText(set, element));
      continue;
    }
    const end = nextKey(element.keyEnd ?? key);
    const text = `${printWords(key, '')}${dataText(set, element)}`;
    texts.push(end === undefined ? `${text}  userdata len 6 sum 0x6` : text + commentText(element));
    const following = elements[index + 1]?.key;
    const adjacent = following !== undefined && end !== undefined && sameBytes(end, following);
    if (end !== undefined && !adjacent) texts.push(`${printWords(end, '')} flags 1`);
  }
  return texts;
}

/** The key after this one; undefined after the last. */
function nextKey(key: Uint8Array): Uint8Array | undefined {
  const next = key.slice();
  for (let index = next.length - 1; index >= 0; index--) {
    const byte = next[index] ?? 0;
    if (byte < 255) {
      next[index] = byte + 1;
      return next;
    }
    next[index] = 0;
  }
  return undefined;
}

function sameBytes(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}
