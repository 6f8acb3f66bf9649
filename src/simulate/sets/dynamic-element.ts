/** An element of a set that packets may change; replaced, never modified. */

import type { Verdict } from '../../model/operations.ts';

export interface DynamicElement {
  readonly key: Uint8Array;
  /** Interval elements: the last key. */
  readonly keyEnd?: Uint8Array;
  readonly data?: Uint8Array | Verdict | { readonly object: string };
  readonly dataEnd?: Uint8Array;
  /** Milliseconds on the simulation's clock; absent: for ever. */
  readonly expires?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Its statements among the programs of the set; absent: it has none. */
  readonly program?: number;
  /** State of the element's own statements, in their order; laid out like the slots of a rule. */
  readonly values: Float64Array;
  /** Its counts of connections, and when they were last asked; absent before. */
  readonly counted?: CountedLists;
  /** Position among the declared elements; absent for those that packets added. */
  readonly declared?: number;
}

export interface CountedLists {
  /** Names of the lists in the store. */
  readonly lists: readonly string[];
  readonly at: number;
}
