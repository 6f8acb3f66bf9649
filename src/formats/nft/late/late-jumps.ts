/** Whether the jumps of a listing are in order, told from its text: what `lower` checks once all rules are read. */

import type { LateChain } from '../../../../grammar/nft/late-chains.ts';
import type { SetDeclaration } from '../../../ast/nft/ruleset.ts';
import { jumpStackSize } from '../../../fields/hooks.ts';

export interface LateTable {
  readonly chains: readonly LateChain[];
  /** Names of chains with a hook. */
  readonly bases: ReadonlySet<string>;
  readonly sets: readonly SetDeclaration[];
}

/** Chains, and behind them the maps that chains look verdicts up in, by number. */
interface Graph {
  readonly mapsFrom: number;
  /** Where each leads to. */
  readonly next: (number[] | undefined)[];
  /** The longest way from each in jumps; a negative number while unknown. */
  readonly depths: Int16Array;
}

const unknownDepth = -1;
const beingWalked = -2;

/**
 * False when a jump leads to no chain or to a base chain, in a circle, or too deep. Words of comments count as jumps: this
 * is never true of a table with a wrong jump, but may be false of one without.
 */
export function jumpsAreSound(text: string, { chains, bases, sets }: LateTable): boolean {
  const places = [
    ...chains,
    ...sets.map(({ span }) => ({ bodyStart: span.start, bodyEnd: span.end })),
  ];
  const numbers = new Map<string, number>();
  for (const [number, { name }] of chains.entries()) {
    if (!bases.has(name)) numbers.set(name, number);
  }
  for (const [number, { name }] of sets.entries()) numbers.set(`@${name}`, chains.length + number);
  const depths = new Int16Array(places.length).fill(unknownDepth);
  const graph: Graph = { mapsFrom: chains.length, next: new Array(places.length), depths };
  for (const [number, { bodyStart, bodyEnd }] of places.entries()) {
    const next = targetsIn(text.slice(bodyStart, bodyEnd), numbers);
    if (next === undefined) return false;
    if (next.length > 0) graph.next[number] = next;
  }
  return chains.every((_, number) => depthOf(graph, number, 0) < jumpStackSize);
}

const jumpOrMap = /\b(?:jump|goto)\s+([^\s,;}]*)|\bvmap (@[^\s,;}]+)/g;

/** The numbers of what a text leads to; undefined when one of the names is none of these. */
function targetsIn(text: string, numbers: ReadonlyMap<string, number>): number[] | undefined {
  const found: number[] = [];
  jumpOrMap.lastIndex = 0;
  for (let match = jumpOrMap.exec(text); match !== null; match = jumpOrMap.exec(text)) {
    const target = numbers.get(match[1] ?? match[2] ?? '');
    if (target === undefined) return undefined;
    if (found.at(-1) !== target) found.push(target);
  }
  return found;
}

/** A depth past the limit when something is wrong below. */
function depthOf(graph: Graph, place: number, level: number): number {
  const { depths, next, mapsFrom } = graph;
  const known = depths[place] ?? unknownDepth;
  if (known >= 0) return known;
  if (known === beingWalked || level > 2 * jumpStackSize) return jumpStackSize;
  depths[place] = beingWalked;
  let deepest = 0;
  for (const target of next[place] ?? []) {
    const below = depthOf(graph, target, level + 1) + (target < mapsFrom ? 1 : 0);
    if (below > deepest) deepest = below;
  }
  depths[place] = Math.min(deepest, jumpStackSize);
  return deepest;
}
