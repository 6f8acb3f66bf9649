/** Masks that only cut a field out of its bytes are removed, and constants shifted to the field (nft: binop_postprocess). */

import { fieldDatatype } from '../datatypes/registry.ts';
import { lowestOne, lowestZero } from './bits.ts';
import { killByPayload } from './dependencies.ts';
import type { MatchDraft } from './draft.ts';
import { extensionField } from './fields.ts';
import type { Pass } from './layers.ts';
import { completePayload, forceTrimPayload, trimPayload } from './payload.ts';
import { payloadMatch } from './payload-match.ts';
import {
  type BinaryTree,
  type ExthdrTree,
  type MapTree,
  type PayloadTree,
  setType,
  type Tree,
  type ValueTree,
} from './tree.ts';

/** What the masked expression is compared with or looked up in. */
export type MaskHost =
  | { readonly kind: 'match'; readonly draft: MatchDraft }
  | { readonly kind: 'map'; readonly tree: MapTree }
  | { readonly kind: 'none' };

function shiftConstant(tree: Tree, shift: number, bits: number): void {
  if (tree.kind === 'value') {
    tree.value >>= BigInt(shift);
    tree.bits = bits;
  } else if (tree.kind === 'range') {
    shiftConstant(tree.from, shift, bits);
    shiftConstant(tree.to, shift, bits);
  } else if (tree.kind === 'prefix') {
    shiftConstant(tree.address, shift, bits);
  } else if (tree.kind === 'set') {
    for (const { key } of tree.elements ?? [])
      if (key !== undefined) shiftConstant(key, shift, bits);
  }
}

function otherSide(host: MaskHost): Tree | undefined {
  if (host.kind === 'match') return host.draft.right;
  return host.kind === 'map' ? host.tree.set : undefined;
}

/** Narrows an extension header or option to the field under the mask; returns the shift. */
function trimExthdr(tree: ExthdrTree, mask: ValueTree): number | undefined {
  if (extensionField(tree.operator, tree.header, tree.offset, tree.bits) !== undefined) {
    tree.unknown = tree.operator === 'ipv6';
    return undefined;
  }
  const shift = lowestOne(mask.value);
  if (shift < 0) return undefined;
  const end = lowestZero(mask.value, shift + 1);
  const offset = tree.offset + Math.ceil(mask.bits / 8) * 8 - end;
  const found = extensionField(tree.operator, tree.header, offset, end - shift);
  if (found === undefined) return undefined;
  tree.offset = offset;
  tree.bits = end - shift;
  tree.type = fieldDatatype(found.field.type, 'big');
  return shift;
}

/** The bare field, or undefined when the mask means more than its place. */
export function removeMask(pass: Pass, host: MaskHost, binary: BinaryTree): Tree | undefined {
  const { left, right: mask } = binary;
  if (mask.kind !== 'value') return undefined;
  if (left.kind === 'payload') return removePayloadMask(pass, host, left, mask);
  if (left.kind !== 'exthdr') return undefined;
  const shift = trimExthdr(left, mask);
  if (shift === undefined) return undefined;
  const other = otherSide(host);
  if (other !== undefined) {
    shiftConstant(other, shift, left.bits);
    setType(other, left.type, left.order);
  }
  return left;
}

function removePayloadMask(
  pass: Pass,
  host: MaskHost,
  payload: PayloadTree,
  mask: ValueTree,
): Tree | undefined {
  const { protocols, dependencies } = pass.current;
  const other = otherSide(host);
  const shift = trimPayload(payload, mask, protocols);
  if (shift !== undefined) {
    if (other !== undefined) shiftConstant(other, shift, payload.bits);
    if (host.kind === 'match') {
      host.draft.left = payload;
      payloadMatch(pass, host.draft, payload);
      return payload;
    }
    completePayload(payload, protocols);
    if (other !== undefined) setType(other, payload.type, payload.order);
    killByPayload(dependencies, payload, protocols.family);
    return payload;
  }
  const compared = host.kind === 'none' ? mask : other;
  if (compared?.kind !== 'value') return undefined;
  const forced = forceTrimPayload(payload, mask);
  if (forced === undefined) return undefined;
  compared.value >>= BigInt(forced);
  return payload;
}
