/** For machines: TAP 14, JUnit XML, JSON. */

import { printable } from '../../base/text.ts';
import { diagnosticToJson, locationOf } from '../../report/diagnostic-json.ts';
import { formatLocation } from '../../report/diagnostic-text.ts';
import { plainStyle } from '../../report/style.ts';
import { type CaseResult, type ScenarioResult, tally } from '../result.ts';
import { caseTitle, complaintLine, failureLines } from './failure-text.ts';
import type { Reporter } from './reporter.ts';

const silent = () => '';

const casesOf = (results: readonly ScenarioResult[]): readonly CaseResult[] =>
  results.flatMap((result) => result.results);

const isWrong = ({ status }: CaseResult) => status === 'failed' || status === 'invalid';

function messages(result: CaseResult): readonly string[] {
  return result.failures.flatMap(({ complaints }) => complaints.map(complaintLine));
}

/** `#` starts a directive in TAP. */
const tapText = (text: string) => printable(text).replace(/[\\#]/g, (sign) => `\\${sign}`);

function tapLines(result: CaseResult, number: number): readonly string[] {
  const { status, testCase } = result;
  const title = tapText(caseTitle(result));
  if (status === 'skipped') return [`ok ${number} - ${title} # SKIP ${testCase.skip ?? ''}`];
  if (status === 'open') return [`ok ${number} - ${title} # TODO nothing is expected of it`];
  if (!isWrong(result)) return [`ok ${number} - ${title}`];
  const details = messages(result).map((message) => `    - ${JSON.stringify(message)}`);
  const at = `  at: ${JSON.stringify(formatLocation(testCase.span()))}`;
  return [`not ok ${number} - ${title}`, '  ---', at, '  messages:', ...details, '  ...'];
}

export const tapReporter: Reporter = {
  file: silent,
  end(results) {
    const cases = casesOf(results);
    const lines = cases.flatMap((result, index) => tapLines(result, index + 1));
    return `${['TAP version 14', `1..${cases.length}`, ...lines].join('\n')}\n`;
  },
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const xml = (text: string) => printable(text).replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
/** Keeps line ends, which `printable` would spell out. */
const xmlLines = (lines: readonly string[]) => lines.map(xml).join('\n');

function junitCase(result: CaseResult): string {
  const { testCase, status } = result;
  const { file, line } = locationOf(testCase.span());
  const open = `    <testcase name="${xml(testCase.name)}" classname="${xml(file)}" file="${xml(file)}" line="${line}"`;
  if (status === 'skipped')
    return `${open}><skipped message="${xml(testCase.skip ?? '')}"/></testcase>`;
  if (status === 'open') return `${open}><skipped message="nothing is expected of it"/></testcase>`;
  if (!isWrong(result)) return `${open}/>`;
  const message = messages(result).join('; ') || 'the case is invalid';
  const body = xmlLines(failureLines(result, plainStyle));
  return `${open}><failure message="${xml(message)}">${body}</failure></testcase>`;
}

function junitSuite(result: ScenarioResult): string {
  const { failed, skipped, open, invalid } = tally([result]);
  const errors = result.diagnostics.map((diagnostic) => diagnosticToJson(diagnostic));
  const wrong = errors.filter(({ severity }) => severity === 'error');
  const stderr = wrong.map(
    ({ location, message }) => `${location.file}:${location.line}:${location.column}: ${message}`,
  );
  const lines = [
    `  <testsuite name="${xml(result.source.name)}" tests="${result.results.length}" failures="${failed + invalid}" errors="${wrong.length}" skipped="${skipped + open}">`,
    ...result.results.map(junitCase),
    ...(stderr.length === 0 ? [] : [`    <system-err>${xmlLines(stderr)}</system-err>`]),
    '  </testsuite>',
  ];
  return lines.join('\n');
}

export const junitReporter: Reporter = {
  file: silent,
  end(results) {
    const { failed, invalid } = tally(results);
    const count = casesOf(results).length;
    const head = `<testsuites tests="${count}" failures="${failed + invalid}">`;
    const suites = results.map(junitSuite).join('\n');
    return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites}\n</testsuites>\n`;
  },
};

function jsonCase(result: CaseResult) {
  const { testCase, status, failures } = result;
  return {
    name: testCase.name,
    status,
    location: locationOf(testCase.span()),
    failures: failures.map(({ step, complaints }) => ({
      ...(step === undefined ? {} : { step }),
      complaints,
    })),
  };
}

export const jsonReporter: Reporter = {
  file: silent,
  end(results) {
    const files = results.map((result) => ({
      file: result.source.name,
      diagnostics: result.diagnostics.map(diagnosticToJson),
      cases: result.results.map(jsonCase),
    }));
    return `${JSON.stringify({ version: 1, ...tally(results), files }, undefined, 2)}\n`;
  },
};
