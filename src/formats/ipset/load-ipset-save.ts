/** Reads what `ipset save` prints and what `ipset restore` takes. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { IpSet, IpSetElement, IpSetOption, IpSetType } from '../../host/ipset.ts';
import { dimensionsOfType } from '../../host/ipset-index.ts';
import { optionValue } from '../../host/ipset-options.ts';
import {
  addWarning,
  type Line,
  lineSpan,
  linesOf,
  notUnderstood,
  quoted,
  type Word,
  wordsOf,
} from '../host-text/lines.ts';
import { parseElementParts } from './element-parts.ts';
import { type ElementLimits, elementProblem, limitsOf } from './element-problem.ts';
import { readExtensions } from './extensions.ts';

/** A set whose elements are still being read. */
interface Draft {
  readonly set: IpSet;
  readonly limits: ElementLimits;
  readonly elements: IpSetElement[];
}

/** The sets in their order; what is not understood is a warning. */
export function loadIpsetSave(input: Source | string): Result<readonly IpSet[]> {
  const source = typeof input === 'string' ? { name: '<ipset>', text: input } : input;
  const drafts = new Map<string, Draft>();
  const diagnostics: Diagnostic[] = [];
  for (const line of linesOf(source)) {
    const problem = readLine(line, drafts);
    if (problem !== undefined)
      addWarning(diagnostics, notUnderstood(lineSpan(source, line), problem));
  }
  const value = [...drafts.values()].map(({ set, elements }) => ({ ...set, elements }));
  return { value, diagnostics };
}

/** Understands one line into `drafts`, or says what is wrong with it. */
function readLine(line: Line, drafts: Map<string, Draft>): string | undefined {
  if (readPlainAdd(line.text, drafts)) return undefined;
  const words = wordsOf(line).filter(({ text }) => text !== '-exist' && text !== '-!');
  switch (words[0]?.text) {
    case 'create':
    case '-N':
      return readCreate(line, words, drafts);
    case 'add':
    case '-A':
      return readAdd(line, words, drafts);
    case 'COMMIT':
      return undefined;
    default:
      return `not a line of ipset save: ${quoted(line.text.trim())}`;
  }
}

/** The short way for what nearly every line is: `add NAME ELEMENT` and extensions, with single spaces. */
function readPlainAdd(text: string, drafts: ReadonlyMap<string, Draft>): boolean {
  if (!text.startsWith('add ')) return false;
  const nameEnd = text.indexOf(' ', 4);
  const draft = nameEnd < 0 ? undefined : drafts.get(text.slice(4, nameEnd));
  if (draft === undefined) return false;
  const found = text.indexOf(' ', nameEnd + 1);
  const elementEnd = found < 0 ? text.length : found;
  const parts = parseElementParts(text.slice(nameEnd + 1, elementEnd), draft.set.type);
  if (parts === undefined) return false;
  const element =
    found < 0 ? { parts, nomatch: false } : readExtensions(text.slice(elementEnd), parts);
  if (element === undefined || elementProblem(draft.limits, element) !== undefined) return false;
  draft.elements.push(element);
  return true;
}

function isSetType(text: string): text is IpSetType {
  return Object.hasOwn(dimensionsOfType, text);
}

/** Names may hold spaces, so the first word that is a set type ends the name. */
function readCreate(
  line: Line,
  words: readonly Word[],
  drafts: Map<string, Draft>,
): string | undefined {
  const typeWord = words.find((word, position) => position >= 2 && isSetType(word.text));
  const type = typeWord?.text ?? '';
  if (typeWord === undefined || !isSetType(type))
    return `unknown set type: ${quoted(line.text.trim())}`;
  const name = textBetween(line, words[1], typeWord);
  const options = readOptions(words.slice(words.indexOf(typeWord) + 1));
  if (options === undefined) return `unknown option of a set: ${quoted(line.text.trim())}`;
  if (drafts.has(name)) return `a set of this name was created before: ${quoted(name)}`;
  const set: IpSet = { name, type, family: 'any', options, elements: [] };
  const created = { ...set, family: familyOf(set) };
  drafts.set(name, { set: created, limits: limitsOf(created), elements: [] });
  return undefined;
}

/** The text from the start of one word up to another, without the white space before the latter. */
function textBetween(line: Line, from: Word | undefined, to: Word): string {
  return from === undefined
    ? ''
    : line.text.slice(from.start - line.start, to.start - line.start).trimEnd();
}

const flagOptions: ReadonlySet<string> = new Set(['counters', 'comment', 'skbinfo', 'forceadd']);
const valueOptions: ReadonlySet<string> = new Set(
  (
    'family hashsize maxelem timeout netmask bitmask markmask range size initval bucketsize gc probes resize ' +
    'from to network'
  ).split(' '),
);

function readOptions(words: readonly Word[]): readonly IpSetOption[] | undefined {
  const options: IpSetOption[] = [];
  for (let position = 0; position < words.length; position++) {
    const name = words[position]?.text ?? '';
    if (flagOptions.has(name)) options.push({ name });
    else if (valueOptions.has(name)) options.push({ name, value: words[++position]?.text ?? '' });
    else return undefined;
  }
  return options;
}

/** Sets of addresses are IPv4 where no family is written. */
function familyOf(set: IpSet): IpSet['family'] {
  if (!dimensionsOfType[set.type].includes('address')) return 'any';
  return optionValue(set, 'family') === 'inet6' ? 6 : 4;
}

function readAdd(
  line: Line,
  words: readonly Word[],
  drafts: Map<string, Draft>,
): string | undefined {
  const [draft, position] = findSet(line, words, drafts);
  if (draft === undefined) return `no set of this name: ${quoted(line.text.trim())}`;
  const elementWord = words[position];
  const parts = parseElementParts(elementWord?.text ?? '', draft.set.type);
  if (elementWord === undefined || parts === undefined)
    return `not an element of ${draft.set.type}: ${quoted(line.text.trim())}`;
  const rest = line.text.slice(elementWord.end - line.start);
  const element = readExtensions(rest, parts);
  if (element === undefined) return `unknown extension of an element: ${quoted(line.text.trim())}`;
  const problem = elementProblem(draft.limits, element);
  if (problem !== undefined) return `${problem}: ${quoted(line.text.trim())}`;
  draft.elements.push(element);
  return undefined;
}

/** The set and the position of the word after its name; names with spaces are tried from the shortest. */
function findSet(
  line: Line,
  words: readonly Word[],
  drafts: ReadonlyMap<string, Draft>,
): readonly [Draft | undefined, number] {
  for (let position = 2; position < Math.min(words.length, 18); position++) {
    const end = words[position];
    if (end === undefined) break;
    const draft = drafts.get(textBetween(line, words[1], end));
    if (draft !== undefined) return [draft, position];
  }
  return [undefined, 0];
}
