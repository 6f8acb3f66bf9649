/**
 * Watches the lowering of the first rule of a shape. Every value that comes from a hole of the line is an accessor:
 * whoever looks at it makes the hole a guard, and what was learnt then holds for lines with the same text there only.
 * What passes values on unseen, and remembers where they end up, is in pass.ts.
 */

import type { ShapedLine } from '../../ast/nft/shaped-rule.ts';
import type { ByteOrder } from '../../datatypes/datatype.ts';
import type { Operation, Verdict } from '../../model/operations.ts';
import type { TypedValue } from '../typed.ts';
import type { Reading } from './reading.ts';

/** The number in a hole, masked and moved to its place in a constant. */
export interface Piece {
  readonly hole: number;
  readonly reading: Reading;
  readonly mask: bigint | undefined;
  /** Bits. */
  readonly shift: number;
}

/** A constant made of holes: `fixed` with the pieces or-ed in, or the text of one hole. */
export interface HoleConstant {
  readonly fixed: bigint;
  readonly pieces: readonly Piece[];
  /** What it is in the rule at hand. */
  readonly actual: bigint | string;
}

export interface HoleBytes {
  readonly constant: HoleConstant;
  readonly order: ByteOrder;
  readonly length: number;
  /** Only so many of the leading bytes are kept. */
  readonly kept: number;
}

export interface Tracker {
  /** The rule, or the element of a set. */
  readonly line: ShapedLine;
  /** Holes whose text something has looked at. */
  readonly guards: Set<number>;
  /** Which property of which node of the tree holds a hole. */
  readonly leaves: Map<object, Map<string, number>>;
  readonly constants: Map<TypedValue, HoleConstant>;
  readonly bytes: Map<Uint8Array, HoleBytes>;
  readonly verdicts: Map<Verdict, number>;
  readonly counters: Map<Operation, { readonly packets: number; readonly bytes: number }>;
  readonly readings: Map<number, Reading[]>;
}

let active: Tracker | undefined;

/** The rule that is watched; undefined in ordinary lowering. */
export function activeTracker(): Tracker | undefined {
  return active;
}

export function newTracker(line: ShapedLine): Tracker {
  return {
    line,
    guards: new Set(),
    leaves: new Map(),
    constants: new Map(),
    bytes: new Map(),
    verdicts: new Map(),
    counters: new Map(),
    readings: new Map(),
  };
}

/** Runs `work` with holes being watched. */
export function tracking<Value>(tracker: Tracker, work: () => Value): Value {
  active = tracker;
  try {
    return work();
  } finally {
    active = undefined;
  }
}

/** Makes a property that notes when it is read. */
export function watch(
  tracker: Tracker,
  node: object,
  key: string,
  holes: readonly number[],
  value: unknown,
): void {
  Object.defineProperty(node, key, {
    enumerable: true,
    configurable: true,
    get() {
      for (const hole of holes) tracker.guards.add(hole);
      return value;
    },
  });
}
