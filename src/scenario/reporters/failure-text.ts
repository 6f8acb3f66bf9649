/** A failed case in lines: what was expected, what was found, the rule behind it, the packet's way. */

import { printable } from '../../base/text.ts';
import { formatLocation } from '../../report/diagnostic-text.ts';
import type { Style } from '../../report/style.ts';
import { traceLines } from '../../report/trace/trace-text.ts';
import type { Complaint } from '../checks.ts';
import type { CaseResult, StepFailure } from '../result.ts';

/** `samples/x.nfttest.yaml:12:5 › name`. */
export function caseTitle({ testCase }: CaseResult): string {
  return `${formatLocation(testCase.span())} › ${printable(testCase.name)}`;
}

/** One line for formats without room: `fate: expected drop, found …, by …`. */
export function complaintLine({ aspect, wanted, found, decider }: Complaint): string {
  return `${aspect}: expected ${wanted}, found ${found}, by ${decider}`;
}

function complaintLines(complaint: Complaint, style: Style): readonly string[] {
  const { aspect, wanted, found, decider } = complaint;
  return [
    `  ${style.heading(aspect)}`,
    `    expected  ${style.good(wanted)}`,
    `    found     ${style.bad(found)}`,
    `    by        ${decider}`,
  ];
}

function stepLines(failure: StepFailure, style: Style): readonly string[] {
  const step = failure.step === undefined ? [] : [`  step ${failure.step + 1}`];
  return [
    ...step,
    ...failure.complaints.flatMap((complaint) => complaintLines(complaint, style)),
    ...traceLines(failure.trace, { style }).map((line) => `    ${style.faint('│')} ${line}`),
  ];
}

export function failureLines(result: CaseResult, style: Style): readonly string[] {
  if (result.status === 'open') {
    return [
      `${style.change('OPEN')} ${caseTitle(result)}`,
      '  nothing is expected of it; --update writes what happens',
    ];
  }
  return [
    `${style.bad('FAIL')} ${caseTitle(result)}`,
    ...result.failures.flatMap((failure) => stepLines(failure, style)),
  ];
}
