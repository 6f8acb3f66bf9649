/** Chains ready to run; their rules are prepared when a packet first comes to them. */

import type { ProgramChain, ProgramRule, ProgramTable } from '../../model/program.ts';
import type { Step } from './evaluation.ts';

export interface PreparedRule {
  readonly rule: ProgramRule;
  readonly steps: readonly Step[];
}

export interface PreparedChain {
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  /** Undefined until first use. */
  rules: readonly PreparedRule[] | undefined;
}
