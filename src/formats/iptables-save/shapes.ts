/**
 * Shapes of rule lines, for speed: a save of 100,000 rules has a few dozen shapes that differ in addresses, ports, names
 * and comments. The grammar reads each shape once; a later line that agrees with it letter for letter, apart from holes
 * whose words are certain to be good, becomes a rule without being parsed until somebody looks at its options.
 */

import type { IptablesRule } from '../../ast/iptables.ts';

/** What a hole takes: the rule's chain, a chain to jump to, counters, or an option's value. */
export type Hole = 'chain' | 'jump' | 'counters' | ((text: string) => boolean);

export interface Shape {
  /** The first rule of the shape: its options say what the words of the others mean. */
  readonly example: IptablesRule;
  /** Offsets in the source at which the example's words begin and end, with their places in the line. */
  readonly starts: ReadonlyMap<number, number>;
  readonly ends: ReadonlyMap<number, number>;
  /** The chain is a hole. */
  readonly anyChain: boolean;
}

/** A tree of literals; after each comes a hole or the end of the line. */
export interface ShapeNode {
  readonly branches: ShapeBranch[];
  hole: Hole | undefined;
  shape: Shape | undefined;
}

interface ShapeBranch {
  readonly literal: string;
  /** Offset and code of its last letter, which tells most other lines apart; -1 for an empty text. */
  readonly last: number;
  readonly lastCode: number;
  readonly node: ShapeNode;
}

/** Text and hole in turns; the last piece of text has no hole after it. */
export interface ShapePiece {
  readonly literal: string;
  readonly hole: Hole | undefined;
}

/** Where lines have little in common only the frequent ones are remembered. */
const mostBranches = 64;

export function shapeTree(): ShapeNode {
  return { branches: [], hole: undefined, shape: undefined };
}

/** Adds a shape; where the tree is too wide the least used branch makes room. */
export function addShape(root: ShapeNode, pieces: readonly ShapePiece[], shape: Shape): void {
  let node = root;
  for (const { literal, hole } of pieces) {
    let branch = node.branches.find(
      (candidate) => candidate.literal === literal && sameHole(candidate.node.hole, hole),
    );
    if (branch === undefined) {
      if (node.branches.length >= mostBranches) node.branches.pop();
      branch = shapeBranch(literal, hole);
      node.branches.push(branch);
    }
    node = branch.node;
  }
  node.shape ??= shape;
}

function shapeBranch(literal: string, hole: Hole | undefined): ShapeBranch {
  const last = literal.length - 1;
  return {
    literal,
    last,
    lastCode: last < 0 ? -1 : literal.charCodeAt(last),
    node: { branches: [], hole, shape: undefined },
  };
}

function sameHole(first: Hole | undefined, second: Hole | undefined): boolean {
  return first === second;
}

/** The names of chains that a line of any shape may stand in or jump to: those of users; undefined for others. */
export type UserChain = (name: string) => string | undefined;

export interface FoundShape {
  readonly shape: Shape;
  readonly chain: string;
}

interface Search {
  readonly text: string;
  readonly end: number;
  readonly userChain: UserChain;
  chain: string;
}

/** The shape of the line between two offsets, and the chain of its rule. */
export function findShape(
  root: ShapeNode,
  text: string,
  start: number,
  end: number,
  userChain: UserChain,
): FoundShape | undefined {
  const search: Search = { text, end, userChain, chain: '' };
  const shape = findFrom(root, search, start);
  return shape && { shape, chain: shape.anyChain ? search.chain : shape.example.chain };
}

/** Branches that are found move forward, so that frequent shapes are tried first. */
function findFrom({ branches }: ShapeNode, search: Search, start: number): Shape | undefined {
  for (let index = 0; index < branches.length; index++) {
    const branch = branches[index];
    if (branch === undefined || !begins(search.text, start, branch)) continue;
    const found = findInside(branch.node, search, start + branch.literal.length);
    if (found === undefined) continue;
    const before = branches[index - 1];
    if (before !== undefined) {
      branches[index - 1] = branch;
      branches[index] = before;
    }
    return found;
  }
  return undefined;
}

function begins(text: string, start: number, { literal, last, lastCode }: ShapeBranch): boolean {
  if (last < 0) return true;
  return text.charCodeAt(start + last) === lastCode && text.startsWith(literal, start);
}

function findInside(node: ShapeNode, search: Search, place: number): Shape | undefined {
  const { hole, shape } = node;
  if (hole === undefined) return place === search.end ? shape : undefined;
  const { text, end } = search;
  const quoted = text.charCodeAt(place) === 34;
  const from = quoted ? place + 1 : place;
  const to = quoted ? text.indexOf('"', from) : endOfWord(text, from, end);
  if (to < 0 || to > end || to === place) return undefined;
  const word = text.slice(from, to);
  if ((quoted && word.includes('\\')) || !fits(hole, word, search)) return undefined;
  return findFrom(node, search, quoted ? to + 1 : to);
}

/** Negative for words that only the grammar can read. */
function endOfWord(text: string, from: number, end: number): number {
  for (let place = from; place < end; place++) {
    const code = text.charCodeAt(place);
    if (code === 32) return place;
    if (code === 34 || code < 32) return -1;
  }
  return end;
}

const countersWord = /^\[\d+:\d+\]$/;

function fits(hole: Hole, word: string, search: Search): boolean {
  if (typeof hole === 'function') return hole(word);
  if (hole === 'counters') return countersWord.test(word);
  const chain = search.userChain(word);
  if (chain === undefined) return false;
  if (hole === 'chain') search.chain = chain;
  return true;
}
