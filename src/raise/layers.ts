/** What a rule has said so far about the packet's protocols, and about those of the packet inside a tunnel. */

import type { Family } from '../fields/families.ts';
import { type Dependencies, noDependencies } from './dependencies.ts';
import type { Draft } from './draft.ts';
import { type ProtocolContext, protocolContext } from './protocol-context.ts';
import type { Tree } from './tree.ts';

export interface Layers {
  readonly protocols: ProtocolContext;
  readonly dependencies: Dependencies;
}

/** One pass over the statements of a rule (nft: rule_pp_ctx). */
export interface Pass {
  readonly outer: Layers;
  readonly inner: Layers;
  /** The one of the two that the current statement speaks about. */
  current: Layers;
  readonly output: Draft[];
  /** Masks of concatenated fields are removed on the spot. */
  inConcat: boolean;
  /** The current lookup is in an interval set: constants are in network order. */
  inInterval: boolean;
}

function layers(family: Family): Layers {
  return { protocols: protocolContext(family), dependencies: noDependencies() };
}

/** The packet inside a tunnel starts like one of a bridge. */
export function newPass(family: Family): Pass {
  const outer = layers(family);
  return {
    outer,
    inner: layers('bridge'),
    current: outer,
    output: [],
    inConcat: false,
    inInterval: false,
  };
}

export function insideTunnel(tree: Tree | undefined): boolean {
  switch (tree?.kind) {
    case 'binary':
      return insideTunnel(tree.left);
    case 'concat':
      return tree.parts.some(insideTunnel);
    case 'map':
      return insideTunnel(tree.key);
    case 'meta':
    case 'payload':
      return tree.tunnel !== undefined;
    default:
      return false;
  }
}
