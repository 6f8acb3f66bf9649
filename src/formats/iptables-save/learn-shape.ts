/** Finds the shape of a rule line that the grammar has read: which of its words are holes. */

import type { IptablesFamily, IptablesOption, IptablesRule } from '../../ast/iptables.ts';
import type { Span } from '../../base/span.ts';
import { isVerdict } from '../../fields/iptables/decode.ts';
import type { OptionRow } from '../../fields/iptables/extension.ts';
import { headerRows } from '../../fields/iptables/header.ts';
import { findMatch, findTarget } from '../../fields/iptables/registry.ts';
import type { RuleCommand } from './assemble-rule.ts';
import { lineWords, type PlacedWord } from './line-words.ts';
import { addShape, type Hole, type ShapeNode, type ShapePiece, type UserChain } from './shapes.ts';

export interface LearnSite {
  readonly family: IptablesFamily;
  readonly userChain: UserChain;
  /** The names of sets are checked: they are no holes. */
  readonly setsKnown: boolean;
}

/** Remembers the line of a rule in the tree of its table. */
export function learnShape(
  tree: ShapeNode,
  rule: IptablesRule,
  command: RuleCommand,
  site: LearnSite,
): void {
  const { source, start, end } = rule.span;
  const words = lineWords(source.text, start, end);
  const starts = new Map(words.map((word, place) => [word.start, place]));
  const ends = new Map(words.map((word, place) => [word.end, place]));
  const wordsIn = (span: Span): readonly PlacedWord[] => {
    const [first, last] = [starts.get(span.start), ends.get(span.end)];
    return first === undefined || last === undefined ? [] : words.slice(first, last + 1);
  };
  const holes = new Map<PlacedWord, Hole>();
  const first = words[0];
  if (first?.text.startsWith('[')) holes.set(first, 'counters');
  const anyChain = addChainHole(holes, wordsIn(command.span), 'chain', site.userChain);
  addOptionHoles(holes, rule, wordsIn, site);
  addJumpHole(holes, rule, wordsIn, site);
  addShape(tree, pieces(source.text, start, end, words, holes), {
    example: rule,
    starts,
    ends,
    anyChain,
  });
}

function addChainHole(
  holes: Map<PlacedWord, Hole>,
  [, name, ...more]: readonly PlacedWord[],
  hole: Hole,
  userChain: UserChain,
): boolean {
  if (name === undefined || more.length > 0 || userChain(name.text) === undefined) return false;
  holes.set(name, hole);
  return true;
}

function addJumpHole(
  holes: Map<PlacedWord, Hole>,
  { target }: IptablesRule,
  wordsIn: (span: Span) => readonly PlacedWord[],
  { family, userChain }: LearnSite,
): void {
  if (target === undefined || isVerdict(target.name)) return;
  if (!target.goto && findTarget(target.name, family) !== undefined) return;
  addChainHole(holes, wordsIn(target.span), 'jump', userChain);
}

function addOptionHoles(
  holes: Map<PlacedWord, Hole>,
  rule: IptablesRule,
  wordsIn: (span: Span) => readonly PlacedWord[],
  site: LearnSite,
): void {
  const { family } = site;
  const add = (option: IptablesOption, hole: Hole | undefined) => {
    const value = firstValue(option, wordsIn(option.span));
    if (hole !== undefined && value !== undefined) holes.set(value, hole);
  };
  for (const option of rule.header) add(option, headerHole(option, family));
  for (const match of rule.matches) {
    const rows = findMatch(match.name, family)?.optionByName;
    for (const option of match.options)
      add(option, optionHole(option, rows?.get(option.name), site));
  }
  const rows = rule.target && findTarget(rule.target.name, family)?.optionByName;
  for (const option of rule.target?.options ?? []) {
    add(option, optionHole(option, rows?.get(option.name), site));
  }
}

/** The word of the first value, where the values are words of their own. */
function firstValue(
  { negated, values }: IptablesOption,
  words: readonly PlacedWord[],
): PlacedWord | undefined {
  const before = negated ? 2 : 1;
  return words.length === before + values.length ? words[before] : undefined;
}

const holesByHeader = new Map<string, Hole>();

/** One function for each option and family: shapes share their holes by identity. */
function headerHole(option: IptablesOption, family: IptablesFamily): Hole | undefined {
  const certain = headerRows.find(({ name }) => name === option.name)?.certain;
  if (certain === undefined || !certain(option.values[0] ?? '', family)) return undefined;
  const key = `${family} ${option.name}`;
  const known = holesByHeader.get(key);
  if (known !== undefined) return known;
  const hole: Hole = (text) => certain(text, family);
  holesByHeader.set(key, hole);
  return hole;
}

function optionHole(
  option: IptablesOption,
  row: OptionRow<unknown> | undefined,
  { setsKnown }: LearnSite,
): Hole | undefined {
  if (row?.free !== true || (setsKnown && row.value.words === 2)) return undefined;
  const { certain } = row.value;
  return certain?.(option.values[0] ?? '') === true ? certain : undefined;
}

/** Everything between holes, blanks included, is literal. */
function pieces(
  text: string,
  start: number,
  end: number,
  words: readonly PlacedWord[],
  holes: ReadonlyMap<PlacedWord, Hole>,
): ShapePiece[] {
  const found: ShapePiece[] = [];
  let literalStart = start;
  for (const word of words) {
    const hole = holes.get(word);
    if (hole === undefined) continue;
    found.push({ literal: text.slice(literalStart, word.start), hole });
    literalStart = word.end;
  }
  return [...found, { literal: text.slice(literalStart, end), hole: undefined }];
}
