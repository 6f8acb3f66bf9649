/** Chains ready to run; each rule is prepared when a packet first comes to it. */

import type { ProgramChain, ProgramRule, ProgramTable } from '../../model/program.ts';
import type { ChainIndex } from './chain-index.ts';
import type { Step } from './evaluation.ts';
import type { TestCode } from './test-code.ts';

export interface PreparedRule {
  readonly rule: ProgramRule;
  /** The tests of the first `covered` operations in one go; explanations take them step by step instead. */
  readonly tests: TestCode;
  readonly covered: number;
  /** Made when an explanation asks for them. */
  coveredSteps: readonly Step[] | undefined;
  /** The operations behind the covered ones. */
  readonly steps: readonly Step[];
  /** Where the state of its counters lives, in order. */
  readonly counters: readonly number[];
}

/** What is made of a chain on first use. */
export interface OpenChain {
  readonly count: number;
  /** By position; undefined until a packet comes to it. */
  readonly rules: (PreparedRule | undefined)[];
  readonly index: ChainIndex | undefined;
}

export interface PreparedChain {
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  /** The chains of its table by name. */
  readonly siblings: ReadonlyMap<string, PreparedChain>;
  opened: OpenChain | undefined;
}
