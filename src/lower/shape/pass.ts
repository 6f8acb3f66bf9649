/** Steps of lowering that pass a value on without looking at it, so that lines of one shape can share what they become. */

import { holeText } from '../../ast/nft/shaped-rule.ts';
import type { CounterStatement } from '../../ast/nft/statements.ts';
import type { Verdict as WrittenVerdict } from '../../ast/nft/verdict.ts';
import type { Span } from '../../base/span.ts';
import type { ByteOrder } from '../../datatypes/datatype.ts';
import type { Operation, Verdict } from '../../model/operations.ts';
import { numberBytes, orderedBytes, prefixMask, textBytes, valueBytes } from '../bytes.ts';
import type { LoweringContext } from '../context.ts';
import type { TypedValue } from '../typed.ts';
import { canRead, readingFor, readNumber } from './reading.ts';
import { activeTracker, type HoleConstant, type Tracker, watch } from './tracker.ts';

function leafOf(tracker: Tracker, node: object, key: string): number | undefined {
  return tracker.leaves.get(node)?.get(key);
}

/** A constant straight from a hole; undefined where none is watched, or where its text needs the full evaluation. */
export function holeValue(
  node: { readonly span: Span },
  { expect, statementBits, environment }: LoweringContext,
): TypedValue | undefined {
  const tracker = activeTracker();
  const hole = tracker === undefined ? undefined : leafOf(tracker, node, 'text');
  const { type, order, max } = expect;
  if (tracker === undefined || hole === undefined || type === undefined) return undefined;
  const { line } = tracker;
  const kind = line.shape.holes[hole];
  const bits = kind === 'string' ? expect.bits : Math.max(statementBits, expect.bits);
  const reading = readingFor(kind, { type, bits, max }, environment);
  const text = holeText(line, hole);
  if (reading === undefined || !canRead(reading, text, 0, text.length)) return undefined;
  const known = tracker.readings.get(hole);
  if (known === undefined) tracker.readings.set(hole, [reading]);
  else known.push(reading);
  const pieces = [{ hole, reading, mask: undefined, shift: 0 }];
  const common = { kind: 'value', span: node.span, type, bits } as const;
  if (reading.kind === 'text') {
    return watched(
      tracker,
      { ...common, order: 'host', value: 0n, text },
      { fixed: 0n, pieces, actual: text },
    );
  }
  const value = readNumber(reading, text);
  return watched(tracker, { ...common, order, value }, { fixed: 0n, pieces, actual: value });
}

/** Notes what the value is made of, and watches it. */
function watched(tracker: Tracker, value: TypedValue, constant: HoleConstant): TypedValue {
  const key = typeof constant.actual === 'string' ? 'text' : 'value';
  const holes = constant.pieces.map(({ hole }) => hole);
  watch(tracker, value, key, holes, constant.actual);
  tracker.constants.set(value, constant);
  return value;
}

function constantOf(value: TypedValue): HoleConstant | undefined {
  return activeTracker()?.constants.get(value);
}

/** `{ ...value, ...changes }`: the same constant in another order or width. */
export function adapted(
  value: TypedValue,
  changes: Partial<Pick<TypedValue, 'order' | 'bits'>>,
): TypedValue {
  const tracker = activeTracker();
  const constant = constantOf(value);
  if (tracker === undefined || constant === undefined) return { ...value, ...changes };
  return copied(tracker, value, constant, changes);
}

function copied(
  tracker: Tracker,
  { kind, span, type, bits, order }: TypedValue,
  constant: HoleConstant,
  changes: Partial<Pick<TypedValue, 'order' | 'bits'>>,
): TypedValue {
  const common = { kind, span, type, bits, order, ...changes };
  const { actual } = constant;
  return watched(
    tracker,
    typeof actual === 'string'
      ? { ...common, value: 0n, text: actual }
      : { ...common, value: actual },
    constant,
  );
}

/** The leading `length` bits of a number. */
export function maskedValue(value: TypedValue, length: number): TypedValue {
  const tracker = activeTracker();
  const constant = constantOf(value);
  const mask = prefixMask(value.bits, length);
  if (tracker === undefined || constant === undefined || typeof constant.actual === 'string') {
    return { ...value, value: value.value & mask };
  }
  const pieces = constant.pieces.map((piece) => ({
    ...piece,
    mask: piece.mask === undefined ? mask : piece.mask & mask,
  }));
  const { fixed, actual } = constant;
  return copied(tracker, value, { fixed: fixed & mask, pieces, actual: actual & mask }, {});
}

/** The bits of one value before those of another: `value` is made by the caller without them. */
export function joinedValue(
  joined: Omit<TypedValue, 'value'>,
  first: TypedValue,
  second: TypedValue,
): TypedValue {
  const tracker = activeTracker();
  const width = BigInt(second.bits);
  const [left, right] = [constantOf(first), constantOf(second)];
  if (tracker === undefined || (left === undefined && right === undefined)) {
    return { ...joined, value: (first.value << width) | second.value };
  }
  const high = left ?? { fixed: first.value, pieces: [], actual: first.value };
  const low = right ?? { fixed: second.value, pieces: [], actual: second.value };
  const [top, rest] = [BigInt(high.actual), BigInt(low.actual)];
  const moved = high.pieces.map((piece) => ({ ...piece, shift: piece.shift + second.bits }));
  const value = (top << width) | rest;
  return watched(
    tracker,
    { ...joined, value },
    { fixed: (high.fixed << width) | low.fixed, pieces: [...moved, ...low.pieces], actual: value },
  );
}

/** The bytes of a constant as an operation holds them; nothing may look at them afterwards. */
export function operationBytes(
  value: TypedValue,
  length = Math.ceil(value.bits / 8),
  kept = length,
): Uint8Array {
  return finalBytes(value, value.order, length, kept) ?? head(valueBytes(value, length), kept);
}

/** The same in network order, as ranges hold them. */
export function operationRangeBytes(value: TypedValue): Uint8Array {
  const length = Math.ceil(value.bits / 8);
  return finalBytes(value, 'big', length, length) ?? orderedBytes(value, length);
}

function head(bytes: Uint8Array, kept: number): Uint8Array {
  return kept === bytes.length ? bytes : bytes.subarray(0, kept);
}

function finalBytes(
  value: TypedValue,
  order: ByteOrder,
  length: number,
  kept: number,
): Uint8Array | undefined {
  const tracker = activeTracker();
  const constant = constantOf(value);
  if (tracker === undefined || constant === undefined) return undefined;
  const { actual } = constant;
  const bytes =
    typeof actual === 'string' ? textBytes(actual, length) : numberBytes(actual, order, length);
  const result = head(bytes, kept);
  tracker.bytes.set(result, { constant, order, length, kept });
  return result;
}

/** A jump to a chain that a hole names; its name is not looked at before all chains are known. */
export function holeVerdict(written: WrittenVerdict): Verdict | undefined {
  const tracker = activeTracker();
  if (tracker === undefined || (written.kind !== 'jump' && written.kind !== 'goto'))
    return undefined;
  const hole = leafOf(tracker, written, 'chain');
  if (hole === undefined) return undefined;
  const chain = holeText(tracker.line, hole);
  if (chain.length > longestChainName) return undefined;
  const verdict: Verdict = { kind: written.kind, chain };
  watch(tracker, verdict, 'chain', [hole], chain);
  tracker.verdicts.set(verdict, hole);
  return verdict;
}

/** NFT_CHAIN_MAXNAMELEN counts the terminating zero. */
export const longestChainName = 255;

/** The operation of a counter, whose numbers nothing looks at. */
export function holeCounter(statement: CounterStatement): Operation | undefined {
  const tracker = activeTracker();
  if (tracker === undefined) return undefined;
  const packets = leafOf(tracker, statement, 'packets');
  const bytes = leafOf(tracker, statement, 'bytes');
  if (packets === undefined || bytes === undefined) return undefined;
  const operation: Operation = {
    kind: 'counter',
    packets: BigInt(holeText(tracker.line, packets)),
    bytes: BigInt(holeText(tracker.line, bytes)),
    span: statement.span,
  };
  tracker.counters.set(operation, { packets, bytes });
  return operation;
}
