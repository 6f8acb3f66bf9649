/** What operations need to be prepared: their table's sets and chains, and room for state. */

import type { PreparedHost } from '../../host/prepared-host.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramTable } from '../../model/program.ts';
import type { PreparedSet } from '../sets/prepared-set.ts';
import type { Evaluation, Step } from './evaluation.ts';

/** Numbers that live on between packets: of a rule, a named object or a set element. */
export interface StateAccess {
  read(evaluation: Evaluation, index: number): number;
  write(evaluation: Evaluation, index: number, value: number): void;
  /** Names the owner, for state that is no number. */
  name(evaluation: Evaluation): string;
}

export interface StepCompiler {
  readonly host: PreparedHost;
  readonly table: ProgramTable;
  /** The operations after this one in the same rule: some choices depend on how a value is used. */
  readonly rest: readonly Operation[];
  findSet(name: string): PreparedSet | undefined;
  /** The statement of a named object. */
  findObject(type: string, name: string): Step | undefined;
  /** Room for as many numbers as there are initial values. */
  allocate(initial: readonly number[]): StateAccess;
  prepare(operation: Operation): Step;
}
