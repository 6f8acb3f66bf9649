/** Failed cases and diagnostics of test files as SARIF findings. */

import { locationOf } from '../../report/diagnostic-json.ts';
import { findingOf, type SarifFinding, sarifLog } from '../../report/sarif.ts';
import type { ScenarioResult } from '../result.ts';
import { complaintLine } from './failure-text.ts';
import type { Reporter } from './reporter.ts';

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function scenarioFindings(results: readonly ScenarioResult[]): readonly SarifFinding[] {
  return results.flatMap(({ diagnostics, results: cases }) => [
    ...diagnostics.map(findingOf),
    ...cases.flatMap(({ testCase, failures }) =>
      failures.flatMap(({ complaints }) =>
        complaints.map(
          (complaint): SarifFinding => ({
            rule: `test-${kebab(complaint.aspect)}`,
            explain: `A test expects another ${complaint.aspect}.`,
            level: 'error',
            message: `${testCase.name}: ${complaintLine(complaint)}`,
            location: locationOf(testCase.span()),
          }),
        ),
      ),
    ),
  ]);
}

export function sarifReporter(version: string): Reporter {
  return { file: () => '', end: (results) => sarifLog(scenarioFindings(results), version) };
}
