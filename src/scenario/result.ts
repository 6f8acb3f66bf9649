/** What a run of test files found, as data; reporters turn it into text. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Source, Span } from '../base/span.ts';
import type { Program } from '../model/program.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { Case } from './case.ts';
import type { Complaint } from './checks.ts';
import type { OutcomeFacts } from './facts.ts';
import type { Expectation } from './rows/expectation-rows.ts';
import type { Placed } from './shape/compounds.ts';

/** `open`: nothing is expected of it. */
export type CaseStatus = 'passed' | 'failed' | 'skipped' | 'open' | 'invalid';

/** A step that did not do what was expected of it. */
export interface StepFailure {
  /** Zero-based; absent when the case has a single step. */
  readonly step?: number;
  readonly complaints: readonly Complaint[];
  /** Of the first outcome that was not as expected. */
  readonly trace: readonly TraceEvent[];
}

/** What a judged step found: what `--update` writes. */
export interface StepFinding {
  readonly expect?: Placed<Expectation>;
  readonly facts: readonly OutcomeFacts[];
}

export interface CaseResult {
  readonly testCase: Case;
  readonly status: CaseStatus;
  readonly failures: readonly StepFailure[];
  /** Only kept for cases that failed or are open. */
  readonly findings: readonly StepFinding[];
}

export interface ScenarioResult {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly CaseResult[];
  /** Absent when the rulesets could not be read. */
  readonly program?: Program;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly open: number;
  readonly invalid: number;
}

export function tally(results: readonly ScenarioResult[]): Tally {
  const counts = { passed: 0, failed: 0, skipped: 0, open: 0, invalid: 0 };
  for (const { results: cases } of results) for (const { status } of cases) counts[status] += 1;
  return counts;
}

/** Where a result points: the row, step or test in the file. */
export const spanOfResult = ({ testCase }: CaseResult): Span => testCase.span();
