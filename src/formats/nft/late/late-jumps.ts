/** Whether the jumps of a listing are in order, told from its text: what `lower` checks once all rules are read. */

import type { ChainBody } from '../../../../grammar/nft/late-chains.ts';
import type { Chain, Ruleset, Table } from '../../../ast/nft/ruleset.ts';

/** NFT_JUMP_STACK_SIZE */
const deepestJump = 16;

const jumpOrMap = /\b(?:jump|goto)\s+([^\s,;}]*)|\bvmap @([^\s,;}]+)/g;

/** A chain, or a map that chains look verdicts up in. */
interface Place {
  readonly body: ChainBody;
  /** Going there is a jump. */
  readonly step: 0 | 1;
  readonly isTarget: boolean;
  readonly next: Place[];
  /** The longest way from here in jumps; NaN while it is being walked. */
  depth: number | undefined;
}

/**
 * False when a jump leads to no chain or to a base chain, in a circle, or too deep. Words of comments count as jumps: this
 * is never true of a ruleset with a wrong jump, but may be false of one without.
 */
export function jumpsAreSound(
  text: string,
  { tables }: Ruleset,
  bodyOf: (chain: Chain) => ChainBody | undefined,
): boolean {
  return tables.every((table) => tableIsSound(text, table, bodyOf));
}

function tableIsSound(
  text: string,
  table: Table,
  bodyOf: (chain: Chain) => ChainBody | undefined,
): boolean {
  const chains = new Map<string, Place>();
  const maps = new Map<string, Place>();
  for (const chain of table.chains) {
    const body = bodyOf(chain);
    if (body === undefined) return false;
    const isTarget = chain.base === undefined;
    chains.set(chain.name, { body, step: 1, isTarget, next: [], depth: undefined });
  }
  for (const { name, span } of table.sets) {
    maps.set(`@${name}`, { body: span, step: 0, isTarget: true, next: [], depth: undefined });
  }
  for (const place of [...chains.values(), ...maps.values()]) {
    if (!connect(text, place, chains, maps)) return false;
  }
  for (const place of chains.values()) if (!(depthOf(place, 0) < deepestJump)) return false;
  return true;
}

/** Notes where a place leads to; false when that is nowhere. */
function connect(
  text: string,
  place: Place,
  chains: ReadonlyMap<string, Place>,
  maps: ReadonlyMap<string, Place>,
): boolean {
  const { start, end } = place.body;
  for (const [, chain, map] of text.slice(start, end).matchAll(jumpOrMap)) {
    const target = chain === undefined ? maps.get(`@${map}`) : chains.get(chain);
    if (target?.isTarget !== true) return false;
    if (place.next.at(-1) !== target) place.next.push(target);
  }
  return true;
}

/** NaN or a number past the limit when something is wrong below. */
function depthOf(place: Place, level: number): number {
  if (place.depth !== undefined) return place.depth;
  if (level > 2 * deepestJump) return Number.POSITIVE_INFINITY;
  place.depth = Number.NaN;
  let deepest = 0;
  for (const next of place.next) {
    const below = depthOf(next, level + 1) + next.step;
    if (!(below < deepestJump)) return below;
    if (below > deepest) deepest = below;
  }
  place.depth = deepest;
  return deepest;
}
