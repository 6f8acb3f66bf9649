/** A case: one way through a test, with all names resolved and all tables spread out. */

import type { Span } from '../base/span.ts';
import type { Path } from './document.ts';
import type { Expectation } from './rows/expectation-rows.ts';
import type { PacketFields } from './rows/packet-rows.ts';
import type { Placed } from './shape/compounds.ts';

export interface CaseStep {
  /** Undefined: the answer to the step before. */
  readonly packet: PacketFields | undefined;
  readonly span: () => Span;
  /** How often it is sent. */
  readonly times: number;
  readonly waitSeconds: number;
  readonly expect?: Placed<Expectation>;
}

export interface Case {
  readonly name: string;
  readonly span: () => Span;
  /** Where the test stands in its document. */
  readonly path: Path;
  /** Played first, not judged unless they say so. */
  readonly before: readonly CaseStep[];
  readonly steps: readonly CaseStep[];
  /** Of the last step; the steps may have their own. */
  readonly expect?: Placed<Expectation>;
  readonly assume: ReadonlyMap<string, string>;
  readonly skip?: string;
}
