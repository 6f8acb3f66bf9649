/**
 * Which rules of a chain a packet can match at all: hashes over the exact tests that rules begin with.
 *
 * Rules that begin with equal tests of the same places form a group; a group's table leads from the values found in the
 * packet to the positions of the rules that want them, in order. All other rules are open: always to be tried. A rule
 * that is passed over fails one of its leading tests, before it has any effect. Each step asks anew, so whatever the
 * rules in between wrote is seen. Hashes may collide: the rule itself decides.
 */

import type { ProgramRule } from '../../model/program.ts';
import type { Evaluation } from './evaluation.ts';
import { isName, leadingTests, type RuleTest } from './rule-tests.ts';
import { deviceName, type LoadedPlace, placeStart, readPlace, wordAt } from './test-source.ts';

export interface ChainIndex {
  /** 1: the rule is tried whenever it is come to. */
  readonly open: Uint8Array;
  /** The next open rule from this position on. */
  readonly nextOpen: Int32Array;
  readonly groups: readonly RuleGroup[];
}

interface RuleGroup {
  readonly places: readonly TestedPlace[];
  /** Open addressing, three integers each: hash, first place in `positions`, number (0: free). */
  readonly table: Int32Array;
  readonly positions: Int32Array;
}

/** The bytes of a place under a mask. */
interface TestedPlace {
  readonly place: LoadedPlace;
  readonly isName: boolean;
  readonly masks: Int32Array;
  /** Hashes of device names. */
  readonly names: Map<string, number>;
}

/** A smaller gain is not worth the probing. */
const fewestRules = 8;
const fewestValues = 4;
const mostGroups = 16;

interface KeyedRule {
  readonly position: number;
  /** By the key of the place. */
  readonly tests: ReadonlyMap<string, RuleTest>;
}

/** Undefined: the chain has no such rules, or too few. */
export function indexChain(rules: readonly ProgramRule[]): ChainIndex | undefined {
  if (rules.length < fewestRules) return undefined;
  const shapes = new Map<string, KeyedRule[]>();
  rules.forEach(({ operations }, position) => {
    const tests = exactTests(leadingTests(operations).tests);
    if (tests.size === 0) return;
    const shape = [...tests.keys()].sort().join(' ');
    const list = shapes.get(shape);
    if (list === undefined) shapes.set(shape, [{ position, tests }]);
    else list.push({ position, tests });
  });
  const groups = chooseGroups(shapes);
  if (groups.length === 0) return undefined;
  const open = new Uint8Array(rules.length).fill(1);
  for (const { members } of groups) for (const { position } of members) open[position] = 0;
  return { open, nextOpen: nextOpen(open), groups: groups.map(buildGroup) };
}

/** A short name: equal places under equal masks have the same. */
function placeKey({ place, mask }: RuleTest): string {
  const number = ((place.source * 4096 + place.offset) * 32 + place.length) * 32 + mask.length;
  for (let index = 0; index < mask.length; index++)
    if (mask[index] !== 255) return `${number}&${mask.join()}`;
  return `${number}`;
}

/** The first equal test of each place. */
function exactTests(tests: readonly RuleTest[]): ReadonlyMap<string, RuleTest> {
  const found = new Map<string, RuleTest>();
  for (const test of tests) {
    if (test.operator !== 'eq') continue;
    const key = placeKey(test);
    if (!found.has(key)) found.set(key, test);
  }
  return found;
}

interface ChosenGroup {
  readonly keys: readonly string[];
  readonly members: KeyedRule[];
}

/** The commonest shapes; rules of rarer shapes join a group whose places they all test, or stay open. */
function chooseGroups(shapes: ReadonlyMap<string, KeyedRule[]>): readonly ChosenGroup[] {
  const ranked = [...shapes].sort(([, a], [, b]) => b.length - a.length);
  const groups: ChosenGroup[] = [];
  const rest: KeyedRule[] = [];
  for (const [shape, members] of ranked) {
    const keys = shape.split(' ');
    const isWorth = groups.length < mostGroups && members.length >= fewestRules;
    if (isWorth && countValues(keys, members) >= fewestValues) groups.push({ keys, members });
    else rest.push(...members);
  }
  const narrowFirst = [...groups].sort((a, b) => b.keys.length - a.keys.length);
  for (const rule of rest)
    narrowFirst.find(({ keys }) => keys.every((key) => rule.tests.has(key)))?.members.push(rule);
  for (const { members } of groups) members.sort((a, b) => a.position - b.position);
  return groups;
}

function countValues(keys: readonly string[], members: readonly KeyedRule[]): number {
  const values = new Set<number>();
  for (const rule of members) {
    values.add(hashOfRule(keys, rule));
    if (values.size >= fewestValues) break;
  }
  return values.size;
}

function nextOpen(open: Uint8Array): Int32Array {
  const next = new Int32Array(open.length + 1);
  next[open.length] = open.length;
  for (let position = open.length - 1; position >= 0; position--)
    next[position] = open[position] === 1 ? position : (next[position + 1] ?? open.length);
  return next;
}

/** The bytes as words, first byte uppermost, zeros behind the last. */
function wordsOf(bytes: Uint8Array): Int32Array {
  return Int32Array.from({ length: (bytes.length + 3) >> 2 }, (_, index) =>
    wordAt(bytes, index * 4, Math.min(4, bytes.length - index * 4)),
  );
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function hashOfRule(keys: readonly string[], { tests }: KeyedRule): number {
  let hash = 0;
  for (const key of keys) {
    const test = tests.get(key);
    if (test !== undefined) hash = mix(hash, foldWords(wordsOf(test.value)));
  }
  return hash;
}

/** One word of several; a single one stays what it is. */
function foldWords(words: Int32Array): number {
  let folded = words[0] ?? 0;
  for (let index = 1; index < words.length; index++) folded = mix(folded, words[index] ?? 0);
  return folded;
}

function buildGroup({ keys, members }: ChosenGroup): RuleGroup {
  const lists = new Map<number, number[]>();
  for (const rule of members) {
    const hash = hashOfRule(keys, rule);
    const list = lists.get(hash);
    if (list === undefined) lists.set(hash, [rule.position]);
    else list.push(rule.position);
  }
  let size = 4;
  while (size < lists.size * 2) size *= 2;
  const table = new Int32Array(size * 3);
  const positions = new Int32Array(members.length);
  let filled = 0;
  for (const [hash, list] of lists) {
    let slot = hash & (size - 1);
    while (table[slot * 3 + 2] !== 0) slot = (slot + 1) & (size - 1);
    table.set([hash, filled, list.length], slot * 3);
    positions.set(list, filled);
    filled += list.length;
  }
  const [first] = members;
  const places = keys.flatMap((key) => {
    const test = first?.tests.get(key);
    return test === undefined ? [] : [testedPlace(test)];
  });
  return { places, table, positions };
}

function testedPlace({ place, mask }: RuleTest): TestedPlace {
  return { place, isName: isName(place), masks: wordsOf(mask), names: new Map() };
}

/** The first position from `from` on whose rule the packet may match; the number of rules if there is none. */
export function nextCandidate(index: ChainIndex, evaluation: Evaluation, from: number): number {
  const { open, nextOpen, groups } = index;
  if (open[from] === 1) return from;
  let best = nextOpen[from] ?? open.length;
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at];
    if (group !== undefined) best = firstOf(group, evaluation, from, best);
  }
  return best;
}

/** The group's first candidate in `from` … `best`, else `best`. */
function firstOf(group: RuleGroup, evaluation: Evaluation, from: number, best: number): number {
  const { places, table, positions } = group;
  let hash = 0;
  for (let at = 0; at < places.length; at++) {
    const place = places[at];
    if (place === undefined || !readTested(evaluation, place)) return best;
    hash = mix(hash, evaluation.word);
  }
  const mask = table.length / 3 - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const count = table[slot * 3 + 2] ?? 0;
    if (count === 0) return best;
    if (table[slot * 3] !== hash) continue;
    const start = table[slot * 3 + 1] ?? 0;
    const found = positions[firstFrom(positions, start, start + count, from)] ?? best;
    return found >= from && found < best ? found : best;
  }
}

/** The first place whose position is at least `from`; the last one if all are below. */
function firstFrom(positions: Int32Array, start: number, end: number, from: number): number {
  let low = start;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Leaves the folded words of the place in `evaluation.word`; false: no rule that tests it can match. */
function readTested(evaluation: Evaluation, tested: TestedPlace): boolean {
  const { place, masks } = tested;
  const { source, offset, length } = place;
  if (tested.isName) {
    evaluation.word = hashOfName(tested, deviceName(evaluation, source));
    return true;
  }
  if (length <= 4) {
    if (!readPlace(evaluation, source, offset, length)) return false;
    evaluation.word &= masks[0] ?? 0;
    return true;
  }
  const start = placeStart(evaluation, source, offset, length);
  if (start < 0) return false;
  const { bytes } = evaluation.packet;
  let folded = 0;
  for (let index = 0; index < masks.length; index++) {
    const rest = length - index * 4;
    const word = wordAt(bytes, start + index * 4, rest < 4 ? rest : 4) & (masks[index] ?? 0);
    folded = index === 0 ? word : mix(folded, word);
  }
  evaluation.word = folded;
  return true;
}

function hashOfName({ names, masks }: TestedPlace, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(masks.length * 4);
  for (let at = 0; at < Math.min(name.length, bytes.length); at++) bytes[at] = name.charCodeAt(at);
  const hash = foldWords(wordsOf(bytes).map((word, at) => word & (masks[at] ?? 0)));
  names.set(name, hash);
  return hash;
}
