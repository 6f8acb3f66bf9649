/** Chains ready to run; each rule is prepared when a packet first comes to it. */

import type { ProgramChain, ProgramTable } from '../../model/program.ts';
import type { ChainIndex } from './chain-index.ts';
import type { Step } from './evaluation.ts';

export interface PreparedChain {
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  /** The chains of its table by name. */
  readonly siblings: ReadonlyMap<string, PreparedChain>;
  /** Its place among all chains of the program. */
  readonly number: number;
  /** The number of its first rule; -1 until a packet comes to the chain. */
  first: number;
  /** Number of rules, once opened. */
  count: number;
  index: ChainIndex | undefined;
  /** For the plain way, rule by rule: the steps of all operations. */
  steps: (readonly Step[] | undefined)[] | undefined;
}
