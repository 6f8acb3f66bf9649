/** Comparisons and lookups (nft: expr_postprocess for relational expressions). */

import { maskPrefixLength } from './bits.ts';
import { dependencyOf, releaseDependency, storeDependency } from './dependencies.ts';
import type { MatchDraft } from './draft.ts';
import type { Pass } from './layers.ts';
import { removeMask } from './masks.ts';
import { payloadMatch } from './payload-match.ts';
import { postprocess } from './postprocess.ts';
import { learnCt, learnMeta } from './protocol-context.ts';
import { isAddress, isFlags } from './set-elements.ts';
import { type BinaryTree, prefixTree, setType, type Tree } from './tree.ts';

export function processMatch(pass: Pass, draft: MatchDraft): void {
  const { left } = draft;
  if (left.kind === 'payload') {
    payloadMatch(pass, draft, left);
    if (!draft.removed) pass.output.push(draft);
    return;
  }
  if (draft.right.kind === 'set') pass.inInterval = draft.right.set.interval;
  if (left.kind === 'concat' && draft.right.kind === 'set') left.type = setKeyType(draft.right);
  else if (left.kind === 'unary') swapDayRange(draft, left.argument);
  const turned = left.kind === 'unary';
  draft.left = postprocess(pass, left);
  pass.inInterval = false;
  setType(draft.right, turned ? turnedType(draft) : draft.left.type, draft.left.order);
  draft.right = postprocess(pass, draft.right);
  if (draft.left.kind === 'ct' || draft.left.kind === 'meta') learnKey(pass, draft);
  else if (draft.left.kind === 'binary') processBinary(pass, draft, draft.left);
  if (!draft.removed) pass.output.push(draft);
}

/** Numbers of the host that were turned to network order, to be ordered: nft does not find their names. */
function turnedType({ operator, left: { type }, right }: MatchDraft): Tree['type'] {
  if (operator === 'eq' || operator === 'neq') return type;
  if (right.kind !== 'value' || right.value === 0n || type.symbols === undefined) return type;
  const { symbols: _, ...nameless } = type;
  return nameless;
}

function setKeyType(set: Extract<Tree, { kind: 'set' }>): Tree['type'] {
  return { ...set.type, fields: set.set.key.map(({ type }) => type) };
}

/** `meta hour` ranges over midnight are sent as the negated rest of the day. */
function swapDayRange(draft: MatchDraft, argument: Tree): void {
  const { right } = draft;
  if (argument.kind !== 'meta' || argument.key !== 'hour' || right.kind !== 'range') return;
  const { from, to } = right;
  if (from.kind !== 'value' || to.kind !== 'value' || draft.operator !== 'neq') return;
  if (from.value > to.value) return;
  draft.operator = 'eq';
  right.from = to;
  right.to = from;
}

/** nft's PROTO_BASE_* of the keys that name a protocol. */
const keyLayers: Readonly<Record<string, number>> = {
  iiftype: 0,
  'meta nfproto': 1,
  'meta protocol': 1,
  'meta l4proto': 2,
  'ct l3proto': 1,
  'ct protocol': 2,
};

function keyLayer(left: Tree): number | undefined {
  if (left.kind === 'meta' && left.key === 'iiftype') return 0;
  return left.kind === 'meta' || left.kind === 'ct'
    ? keyLayers[`${left.kind} ${left.key}`]
    : undefined;
}

/** nft: ct_meta_common_postprocess */
function learnKey(pass: Pass, draft: MatchDraft): void {
  const { left, right } = draft;
  if (draft.operator !== 'eq' || right.kind === 'range' || right.kind === 'set') return;
  const { protocols, dependencies } = pass.current;
  const layer = keyLayer(left);
  if (layer !== undefined && right.kind === 'value') {
    const value = Number(right.value);
    if (left.kind === 'meta') learnMeta(protocols, left.key, value);
    if (left.kind === 'ct') learnCt(protocols, left.key, value);
  }
  const base = layer ?? ctBase(left);
  if (base >= 3) return;
  if (dependencyOf(dependencies, base) !== undefined && mayKill(pass, draft)) {
    releaseDependency(dependencies, base);
  }
  if (layer !== undefined) storeDependency(dependencies, draft, layer);
}

/** Layer of keys that name no protocol: addresses of a connection lie in the network layer. */
function ctBase(left: Tree): number {
  if (left.kind !== 'ct') return 0;
  if (/addr$/.test(left.key)) return 2;
  return /^proto-/.test(left.key) ? 3 : 0;
}

/** The family that a match on the network protocol restricts to; undefined when it is something else. */
function matchedFamily(dependency: MatchDraft): number | undefined {
  const { left, right } = dependency;
  const value = right.kind === 'value' ? Number(right.value) : 0;
  if (left.kind === 'meta' && left.key === 'nfproto') return value;
  const etherType =
    (left.kind === 'meta' && left.key === 'protocol') ||
    (left.kind === 'payload' && left.base === 'link' && left.type.name === 'ether_type');
  if (!etherType) return undefined;
  return value === 0x0800 ? 2 : value === 0x86dd ? 10 : 0;
}

/** nft: ct_meta_may_dependency_kill */
function mayKill(pass: Pass, draft: MatchDraft): boolean {
  const { protocols, dependencies } = pass.current;
  const dependency = dependencyOf(dependencies, 2);
  if (dependency === undefined) return true;
  const family = matchedFamily(dependency);
  if (family === undefined) return true;
  switch (protocols.family) {
    case 'inet':
    case 'netdev':
    case 'bridge':
      return impliesFamily(draft, family);
    case 'ip':
      return family === 2;
    case 'ip6':
      return family === 10;
    default:
      return true;
  }
}

function impliesFamily({ left, right }: MatchDraft, family: number): boolean {
  if (left.kind === 'ct') {
    if (left.key.startsWith('ip6 ')) return family === 10;
    if (left.key.startsWith('ip ')) return family === 2;
    if (!/^[sd]addr$/.test(left.key)) return false;
    return left.bits === 32 ? family === 2 : left.bits === 128 && family === 10;
  }
  if (left.kind !== 'meta' || left.key !== 'l4proto') return true;
  if (right.kind !== 'value' || right.bits !== 8) return false;
  if (right.value === 1n) return family === 2;
  return right.value === 58n && family === 10;
}

/** An or of flags as a list. */
export function flagItems(tree: Tree): Tree {
  const items: Tree[] = [];
  const collect = (node: Tree): void => {
    if (node.kind === 'binary' && node.operator === '|') {
      collect(node.left);
      collect(node.right);
    } else items.push(node);
  };
  collect(tree);
  if (items.length === 1) return tree;
  return { kind: 'list', items, type: tree.type, order: tree.order, bits: tree.bits };
}

/** nft: relational_binop_postprocess */
function processBinary(pass: Pass, draft: MatchDraft, binary: BinaryTree): void {
  const { right } = draft;
  const equality = draft.operator === 'eq' || draft.operator === 'neq';
  if (
    binary.operator === '&' &&
    equality &&
    isFlags(right.type) &&
    right.kind === 'value' &&
    right.value === 0n
  ) {
    draft.left = binary.left;
    draft.right = flagItems(binary.right);
    draft.operator = draft.operator === 'neq' ? 'implicit' : 'not';
    return;
  }
  if (binary.operator === '&' && binary.right.kind === 'value') {
    const length = maskPrefixLength(binary.right.value, binary.right.bits);
    if (isAddress(binary.left.type) && right.kind === 'value' && length !== undefined) {
      draft.left = binary.left;
      draft.right = prefixTree(right, length);
      return;
    }
    const bare = removeMask(pass, { kind: 'match', draft }, binary);
    if (bare !== undefined && !draft.removed) draft.left = bare;
    return;
  }
  removeShiftedMask(pass, draft, binary);
}

/** `ip version @set`: a mask and a shift that brings the field to the right edge. */
function removeShiftedMask(pass: Pass, draft: MatchDraft, binary: BinaryTree): void {
  const masked = binary.left;
  if (binary.operator !== '>>' || binary.right.kind !== 'value') return;
  if (masked.kind !== 'binary' || masked.operator !== '&') return;
  const bare = removeMask(pass, { kind: 'none' }, masked);
  if (bare === undefined) return;
  binary.left = bare;
  if (binary.right.value === 0n) draft.left = bare;
}
