/** For people: a dot or a line per case, then the failures in full and a summary. */

import { printable } from '../../base/text.ts';
import type { Style } from '../../report/style.ts';
import { type CaseResult, type CaseStatus, type ScenarioResult, tally } from '../result.ts';
import { failureLines } from './failure-text.ts';
import type { Reporter } from './reporter.ts';

const dots: Readonly<Record<CaseStatus, string>> = {
  passed: '.',
  failed: 'F',
  skipped: '-',
  open: '?',
  invalid: '!',
};

/** Full traces of more failures than this drown the first. */
const shownFailures = 20;

function paintDot(status: CaseStatus, style: Style): string {
  if (status === 'passed') return style.good(dots.passed);
  return status === 'failed' || status === 'invalid'
    ? style.bad(dots[status])
    : style.change(dots[status]);
}

function summary(results: readonly ScenarioResult[], style: Style): string {
  const { passed, failed, skipped, open, invalid } = tally(results);
  const unusable = results.filter(({ results: cases }) => cases.length === 0).length;
  const parts = [
    style.good(`${passed} passed`),
    ...(failed > 0 ? [style.bad(`${failed} failed`)] : []),
    ...(invalid > 0 ? [style.bad(`${invalid} invalid`)] : []),
    ...(open > 0 ? [style.change(`${open} without expectation`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${results.length} ${results.length === 1 ? 'file' : 'files'}`,
    ...(unusable > 0 ? [style.bad(`${unusable} of them without a case`)] : []),
  ];
  return parts.join(', ');
}

const isTold = ({ status }: CaseResult) => status === 'failed' || status === 'open';

function end(results: readonly ScenarioResult[], style: Style): string {
  const told = results.flatMap(({ results: cases }) => cases.filter(isTold));
  const lines = told
    .slice(0, shownFailures)
    .flatMap((result) => [...failureLines(result, style), '']);
  const rest = told.length - shownFailures;
  const more = rest > 0 ? [`… and ${rest} more`, ''] : [];
  return `\n${[...lines, ...more, summary(results, style)].join('\n')}\n`;
}

export function dotsReporter(style: Style): Reporter {
  return {
    file: ({ results }) => results.map(({ status }) => paintDot(status, style)).join(''),
    end: (results) => end(results, style),
  };
}

function listLine({ status, testCase }: CaseResult, style: Style): string {
  const why = testCase.skip === undefined ? '' : style.faint(` (${printable(testCase.skip)})`);
  return `  ${paintDot(status, style)} ${printable(testCase.name)}${why}\n`;
}

export function listReporter(style: Style): Reporter {
  return {
    file: ({ source, results }) =>
      `${style.heading(printable(source.name))}\n${results.map((one) => listLine(one, style)).join('')}`,
    end: (results) => end(results, style),
  };
}
