/** Drops and merges comparisons before they become operations (nft: stmt_reduce(), payload_do_merge()). */

import type { Family } from '../../fields/families.ts';
import type { MatchItem, RuleItem } from '../context.ts';
import { joinedValue } from '../shape/pass.ts';
import type { TypedPayload, TypedValue } from '../typed.ts';

interface PayloadMatch extends MatchItem {
  readonly left: TypedPayload;
  readonly right: TypedValue;
}

/** The items with redundant ones dropped and adjacent header fields joined. */
export function reduceItems(items: readonly RuleItem[], family: Family): readonly RuleItem[] {
  if (!needsReduction(items, family)) return items;
  const kept = items.filter((item) => !isRedundant(item, family));
  let run: PayloadMatch[] = [];
  let merged: Map<RuleItem, RuleItem | undefined> | undefined;
  const flush = () => {
    if (run.length > 1) merged = mergeRun(run, merged);
    run = [];
  };
  for (const item of kept) {
    if (item.kind === 'operations') {
      if (item.fence) flush();
    } else if (isPayloadMatch(item)) run.push(item);
  }
  flush();
  if (merged === undefined) return kept;
  const replaced: RuleItem[] = [];
  for (const item of kept) {
    const replacement = merged.has(item) ? merged.get(item) : item;
    if (replacement !== undefined) replaced.push(replacement);
  }
  return replaced;
}

/** Most rules have neither a redundant match nor two header fields in a row. */
function needsReduction(items: readonly RuleItem[], family: Family): boolean {
  let run = 0;
  for (const item of items) {
    if (item.kind === 'operations') {
      if (item.fence) run = 0;
    } else if (isPayloadMatch(item)) {
      run++;
      if (run > 1) return true;
    } else if (isRedundant(item, family)) return true;
  }
  return false;
}

/** `meta protocol ip` in the ip family, and its twin. */
function isRedundant(item: RuleItem, family: Family): boolean {
  if (item.kind !== 'match' || item.left.kind !== 'meta' || item.right.kind !== 'value') {
    return false;
  }
  if (item.operator !== '==' && item.operator !== 'in') return false;
  const { left, right } = item;
  if (left.key.name !== 'protocol' || left.tunnel !== undefined) return false;
  return (
    (family === 'ip' && right.value === 0x0800n) || (family === 'ip6' && right.value === 0x86ddn)
  );
}

function isPayloadMatch(item: MatchItem): item is PayloadMatch {
  return (
    item.left.kind === 'payload' &&
    item.right.kind === 'value' &&
    (item.operator === '==' || item.operator === 'in')
  );
}

const baseOrder = { link: 0, network: 1, transport: 2, inner: 3, tunnel: 4 } as const;

/** Which items stand in for which; undefined for the ones joined into another. */
function mergeRun(
  run: readonly PayloadMatch[],
  before: Map<RuleItem, RuleItem | undefined> | undefined,
): Map<RuleItem, RuleItem | undefined> | undefined {
  const sorted = [...run].sort(
    (first, second) =>
      baseOrder[first.left.base] - baseOrder[second.left.base] ||
      first.left.offset - second.left.offset,
  );
  let merged = before;
  let last = sorted[0];
  let place = last;
  for (const next of sorted.slice(1)) {
    if (last === undefined || place === undefined || !canMerge(last, next)) {
      last = next;
      place = next;
      continue;
    }
    merged ??= new Map();
    const joined = join(last, next);
    if (next.left.protocolKey) {
      merged.set(place, undefined);
      place = next;
    } else merged.set(next, undefined);
    merged.set(place, joined);
    last = joined;
  }
  return merged;
}

/** nft: payload_can_merge() */
function canMerge(first: PayloadMatch, second: PayloadMatch): boolean {
  const [left, right] = [first.left, second.left];
  if (left.base !== right.base || left.tunnel !== right.tunnel) return false;
  if (left.offset + left.bits !== right.offset) return false;
  if (left.offset % 8 !== 0 || left.bits % 8 !== 0 || right.bits % 8 !== 0) return false;
  const total = left.bits + right.bits;
  if (total > 128) return false;
  return total <= 32 || left.base === 'link' || left.bits > 32 || right.bits > 32;
}

function join(first: PayloadMatch, second: PayloadMatch): PayloadMatch {
  const bits = first.left.bits + second.left.bits;
  const { field: _first, protocol: _second, ...load } = first.left;
  return {
    ...first,
    left: { ...load, bits, protocolKey: first.left.protocolKey || second.left.protocolKey },
    right: joinedValue(
      {
        kind: 'value',
        span: first.right.span,
        type: first.right.type.base === 'bitmask' ? second.right.type : first.right.type,
        bits,
        order: 'big',
      },
      first.right,
      second.right,
    ),
  };
}
