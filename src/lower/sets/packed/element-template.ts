/** What was learnt of the elements of a shape: where the bytes of their keys and data come from. */

import type { ShapedElement } from '../../../ast/nft/shaped-elements.ts';
import { holeText } from '../../../ast/nft/shaped-rule.ts';
import { paddedBits } from '../../../datatypes/concat.ts';
import type { Verdict } from '../../../model/operations.ts';
import { bitmask, orderedBytes, valueBytes } from '../../bytes.ts';
import type { LoweringContext } from '../../context.ts';
import type { Reading } from '../../shape/reading.ts';
import { trackedElement } from '../../shape/tracked-tree.ts';
import { newTracker, type Tracker, tracking } from '../../shape/tracker.ts';
import type { TypedExpression, TypedValue } from '../../typed.ts';
import { evaluateMembersOf } from '../items.ts';
import type { SetBuild } from '../set-build.ts';

/** Bytes that a hole gives, or that all elements of the shape share. */
export interface FieldTemplate {
  readonly offset: number;
  readonly length: number;
  readonly little: boolean;
  readonly fixed?: { readonly low: Uint8Array; readonly high: Uint8Array };
  readonly hole?: number;
  readonly reading?: Reading;
  /** Bits of the number that are kept; all without it. */
  readonly mask?: bigint;
  /** Bits that the last key of the interval has beside them. */
  readonly host?: bigint;
  /** The lowest 32 bits of both, as operators of numbers take them. */
  readonly smallMask: number;
  readonly smallHost: number;
}

export type DataTemplate =
  | { readonly kind: 'value'; readonly value: Verdict }
  | { readonly kind: 'chain'; readonly verdict: 'jump' | 'goto'; readonly hole: number }
  | { readonly kind: 'bytes'; readonly fields: readonly FieldTemplate[]; readonly length: number };

export interface ElementTemplate {
  readonly guards: readonly { readonly hole: number; readonly text: string }[];
  readonly key: readonly FieldTemplate[];
  readonly data?: DataTemplate;
}

/** Undefined: elements of this shape are not simple enough, or wrong. */
export function learnElement(
  context: LoweringContext,
  set: SetBuild,
  element: ShapedElement,
): ElementTemplate | undefined {
  const tracker = newTracker(element);
  const tree = trackedElement(tracker, element);
  if (tree === undefined) return undefined;
  const { diagnostics } = context;
  const before = diagnostics.length;
  const members = tracking(tracker, () => evaluateMembersOf(context, set, [tree]));
  const clean = diagnostics.length === before;
  diagnostics.length = before;
  const [member, ...more] = members?.elements ?? [];
  if (!clean || member?.key === undefined || more.length > 0) return undefined;
  if (Object.keys(member).some((name) => !plainProperties.has(name))) return undefined;
  const key = keyFields(tracker, set, member.key);
  const data = member.data === undefined ? undefined : dataOf(tracker, set, member.data);
  if (key === undefined || (member.data !== undefined && data === undefined)) return undefined;
  const guards = [...tracker.guards].map((hole) => ({ hole, text: holeText(element, hole) }));
  return data === undefined ? { guards, key } : { guards, key, data };
}

const plainProperties: ReadonlySet<string> = new Set(['span', 'key', 'data']);

function keyFields(
  tracker: Tracker,
  set: SetBuild,
  key: TypedExpression,
): readonly FieldTemplate[] | undefined {
  const big = set.interval;
  if (set.key.parts !== undefined) {
    return key.kind === 'concat' ? concatFields(tracker, key.parts, big) : undefined;
  }
  if (key.kind === 'concat' || key.bits > set.key.bits) return undefined;
  const field = fieldOf(tracker, key, 0, set.key.bits, big);
  return field === undefined ? undefined : [field];
}

function concatFields(
  tracker: Tracker,
  parts: readonly TypedExpression[],
  big: boolean,
): readonly FieldTemplate[] | undefined {
  const fields: FieldTemplate[] = [];
  let offset = 0;
  for (const part of parts) {
    const field = fieldOf(tracker, part, offset, part.bits, big);
    if (field === undefined) return undefined;
    fields.push(field);
    offset += paddedBits(part.bits) / 8;
  }
  return fields;
}

/** `big`: numbers in network order, whatever their own. */
function fieldOf(
  tracker: Tracker,
  expression: TypedExpression,
  offset: number,
  bits: number,
  big: boolean,
): FieldTemplate | undefined {
  const length = Math.ceil(bits / 8);
  if (expression.kind === 'value') return valueField(tracker, expression, offset, length, big, 0n);
  if (expression.kind !== 'prefix' || !big || expression.base.text !== undefined) return undefined;
  const { base } = expression;
  const host = bitmask(base.bits - expression.length);
  return valueField(tracker, base, offset, length, big, host);
}

function valueField(
  tracker: Tracker,
  value: TypedValue,
  offset: number,
  length: number,
  big: boolean,
  host: bigint,
): FieldTemplate | undefined {
  const constant = tracker.constants.get(value);
  if (constant === undefined) {
    const bytes = big ? orderedBytes : valueBytes;
    const low = bytes(value, length);
    const high = host === 0n ? low : bytes({ ...value, value: value.value | host }, length);
    return { offset, length, little: false, fixed: { low, high }, smallMask: 0, smallHost: 0 };
  }
  const [piece, ...more] = constant.pieces;
  if (piece === undefined || more.length > 0 || piece.shift !== 0) return undefined;
  const { hole, reading, mask } = piece;
  const little = !big && value.order === 'host';
  const smallMask = Number(BigInt.asIntN(32, mask ?? -1n));
  const smallHost = Number(BigInt.asIntN(32, host));
  const field = { offset, length, little, hole, reading, host, smallMask, smallHost };
  return mask === undefined ? field : { ...field, mask };
}

function dataOf(tracker: Tracker, set: SetBuild, data: TypedExpression): DataTemplate | undefined {
  if (set.dataInterval || set.kind === 'object-map') return undefined;
  if (data.kind === 'verdict') {
    const { verdict } = data;
    const hole = tracker.verdicts.get(verdict);
    if (hole === undefined) return { kind: 'value', value: verdict };
    const { kind } = verdict;
    return kind === 'jump' || kind === 'goto' ? { kind: 'chain', verdict: kind, hole } : undefined;
  }
  const parts = data.kind === 'concat' ? data.parts : [data];
  const fields = concatFields(tracker, parts, false);
  if (fields === undefined || parts.some(({ kind }) => kind !== 'value')) return undefined;
  const length =
    data.kind === 'concat'
      ? parts.reduce((bytes, { bits }) => bytes + paddedBits(bits) / 8, 0)
      : Math.ceil(data.bits / 8);
  return { kind: 'bytes', fields, length };
}
