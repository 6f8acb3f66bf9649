/** Matches on protocols that a later match implies, and that are therefore not listed (nft: payload_dep_ctx). */

import { hexIntegerType } from '../datatypes/basic.ts';
import type { Family } from '../fields/families.ts';
import type { MatchDraft } from './draft.ts';
import { isIcmp, type Layer, layerOf, unknownHeader } from './protocol-context.ts';
import type { ExthdrTree, PayloadTree, Tree } from './tree.ts';

export interface Dependencies {
  /** By layer that the match speaks about. */
  readonly matches: (MatchDraft | undefined)[];
  icmpType: number;
  /** The statement before, if it is a match that may be the first half of a range. */
  previous: MatchDraft | undefined;
}

export function noDependencies(): Dependencies {
  return { matches: [], icmpType: 0, previous: undefined };
}

/** A statement with an effect: what was matched before it must stay. */
export function resetDependencies(dependencies: Dependencies): void {
  dependencies.matches.length = 0;
  dependencies.icmpType = 0;
  dependencies.previous = undefined;
}

export function dependencyOf(dependencies: Dependencies, layer: number): MatchDraft | undefined {
  return dependencies.matches[layer] ?? (layer === 3 ? dependencies.matches[4] : undefined);
}

export function releaseDependency(dependencies: Dependencies, layer: number): void {
  const slot = dependencies.matches[layer] === undefined && layer === 3 ? 4 : layer;
  const match = dependencies.matches[slot];
  if (match === undefined) return;
  match.removed = true;
  if (dependencies.previous === match) dependencies.previous = undefined;
  dependencies.matches[slot] = undefined;
}

/** Echo types stay: an implied match would be on the set of request and reply. */
function staysAsIcmpType(dependencies: Dependencies, match: MatchDraft): boolean {
  const { left, right } = match;
  if (left.kind !== 'payload' || right.kind !== 'value' || right.bits !== 8) return false;
  if (!isIcmp(left.header)) return false;
  const type = Number(right.value);
  if (left.header?.protocol === 'icmp') {
    dependencies.icmpType = type === 0 ? 8 : type;
    return dependencies.icmpType === 8;
  }
  dependencies.icmpType = type;
  return type === 128 || type === 129;
}

export function storeDependency(
  dependencies: Dependencies,
  match: MatchDraft,
  layer: number,
): void {
  if (staysAsIcmpType(dependencies, match)) return;
  dependencies.matches[layer + 1] = match;
}

function mayKillIcmp(dependencies: Dependencies, dependency: MatchDraft, tree: PayloadTree) {
  const { field, header } = tree;
  if (field?.messageTypes === undefined) return false;
  if (dependency.left.kind !== 'payload' || dependency.left.header !== header) return false;
  return field.messageTypes.length < 4 && field.messageTypes[0] === dependencies.icmpType;
}

function mayKillLink(dependency: MatchDraft): boolean {
  const { left, right } = dependency;
  if (left.kind !== 'payload') return true;
  if (left.header?.protocol === 'vlan') return false;
  if (left.header?.protocol === 'ether' && right.kind === 'value' && right.bits === 16) {
    return right.value === 0x8100n;
  }
  return true;
}

function isIpHeader(tree: Tree): boolean {
  if (tree.kind !== 'payload' || tree.base !== 'network') return false;
  return tree.header?.protocol === 'ip' || tree.header?.protocol === 'ip6';
}

function mayKill(
  dependencies: Dependencies,
  dependency: MatchDraft,
  tree: PayloadTree,
  family: Family,
): boolean {
  const { left } = dependency;
  if (family === 'bridge' || family === 'netdev' || family === 'inet') {
    if (isIpHeader(left) && tree.base === 'transport') return false;
    if (left.kind === 'payload' && dependency.operator === 'eq' && left.base === tree.base) {
      if (tree.protocolKey) return false;
      if (tree.base === 'link') return mayKillLink(dependency);
    }
  }
  if (tree.base !== 'transport') return true;
  if (tree.header?.protocol === 'th') {
    tree.header = undefined;
    tree.field = undefined;
    tree.type = hexIntegerType;
    return false;
  }
  if (left.kind !== 'payload' || left.base !== 'transport') return true;
  return isIcmp(left.header) ? mayKillIcmp(dependencies, dependency, tree) : true;
}

/** Drops the match that this field implies. */
export function killByPayload(dependencies: Dependencies, tree: PayloadTree, family: Family): void {
  if (tree.header === undefined || tree.header === unknownHeader) return;
  const layer: Layer = layerOf[tree.base];
  const dependency = dependencyOf(dependencies, layer);
  if (dependency === undefined || !mayKill(dependencies, dependency, tree, family)) return;
  releaseDependency(dependencies, layer);
}

export function killByExthdr(dependencies: Dependencies, tree: ExthdrTree): void {
  if (tree.operator === 'tcpopt') releaseDependency(dependencies, 3);
  if (tree.operator === 'ipv6' || tree.operator === 'ipv4') releaseDependency(dependencies, 2);
}
