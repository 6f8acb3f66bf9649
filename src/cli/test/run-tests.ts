/** Runs `test`: finds the files, plays them, reports, writes updates and coverage, sets the exit code. */

import { watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatDiagnostic, isError } from '../../report/diagnostic-text.ts';
import { colourStyle, plainStyle } from '../../report/style.ts';
import { coverageCollector } from '../../scenario/coverage.ts';
import {
  coverageHtml,
  coverageLcov,
  coverageText,
} from '../../scenario/reporters/coverage-text.ts';
import { jsonReporter, junitReporter, tapReporter } from '../../scenario/reporters/machine.ts';
import type { Reporter } from '../../scenario/reporters/reporter.ts';
import { sarifReporter } from '../../scenario/reporters/sarif.ts';
import { dotsReporter, listReporter } from '../../scenario/reporters/text.ts';
import { type ScenarioResult, tally } from '../../scenario/result.ts';
import { runScenario } from '../../scenario/run-scenario.ts';
import { updateScenario } from '../../scenario/update.ts';
import { failureReason } from '../io.ts';
import { fail, type Session } from '../session.ts';
import { version } from '../version.ts';
import { findTestFiles } from './find-files.ts';
import { scenarioLoader } from './scenario-loader.ts';

export interface TestOptions {
  readonly reporter: 'dots' | 'list' | 'tap' | 'junit' | 'json' | 'sarif';
  readonly filter?: string;
  readonly update?: boolean;
  readonly watch?: boolean;
  readonly coverage?: 'text' | 'lcov' | 'html' | true;
  readonly coverageFile?: string;
  readonly schema?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}

function reporterOf(session: Session, options: TestOptions): Reporter {
  const coloured = options.color === 'always' || (options.color !== 'never' && session.io.colour);
  const style = coloured ? colourStyle : plainStyle;
  const makers: Readonly<Record<TestOptions['reporter'], () => Reporter>> = {
    dots: () => dotsReporter(style),
    list: () => listReporter(style),
    tap: () => tapReporter,
    junit: () => junitReporter,
    json: () => jsonReporter,
    sarif: () => sarifReporter(version),
  };
  return makers[options.reporter]();
}

function writeText(session: Session, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    fail(session, `${path}: ${failureReason(error)}`);
  }
}

function writeUpdates(session: Session, results: readonly ScenarioResult[]): void {
  for (const result of results) {
    const { text, written, conflicts } = updateScenario(result);
    if (written > 0) {
      writeText(session, result.source.name, text);
      session.io.error(`${result.source.name}: ${written} expectations written\n`);
    }
    for (const name of conflicts) {
      session.io.error(`${result.source.name}: not written, its cases differ: ${name}\n`);
    }
  }
}

const coverageForms = { text: coverageText, lcov: coverageLcov, html: coverageHtml } as const;

const shownDiagnostics = 50;

function showFileDiagnostics(session: Session, { diagnostics }: ScenarioResult): void {
  for (const diagnostic of diagnostics.slice(0, shownDiagnostics)) {
    session.io.error(`${formatDiagnostic(diagnostic)}\n`);
  }
  const rest = diagnostics.length - shownDiagnostics;
  if (rest > 0) session.io.error(`… and ${rest} more\n`);
}

/** 2 when a file cannot be used, 1 when a case failed. */
function exitCodeOf(results: readonly ScenarioResult[], updated: boolean): 0 | 1 | 2 {
  const { failed, open, invalid } = tally(results);
  if (invalid > 0 || results.some(({ diagnostics }) => diagnostics.some(isError))) return 2;
  return !updated && failed + open > 0 ? 1 : 0;
}

/** One run over all files; the files and folders that it read. */
async function runOnce(
  session: Session,
  files: readonly string[],
  options: TestOptions,
): Promise<ReadonlySet<string>> {
  const loader = scenarioLoader(session.io);
  const reporter = reporterOf(session, options);
  const coverage = options.coverage === undefined ? undefined : coverageCollector();
  const results: ScenarioResult[] = [];
  for (const file of files) {
    const source = loader.readFile(file);
    if ('failure' in source) {
      fail(session, source.failure);
      continue;
    }
    const result = await runScenario(source, {
      loader,
      ...(options.filter === undefined ? {} : { filter: options.filter }),
      ...(coverage === undefined ? {} : { observe: coverage.observe }),
    });
    showFileDiagnostics(session, result);
    session.io.out(reporter.file(result));
    results.push(result);
  }
  session.io.out(reporter.end(results));
  if (options.update === true) writeUpdates(session, results);
  if (coverage !== undefined) {
    const form = options.coverage === true ? 'text' : (options.coverage ?? 'text');
    const text = coverageForms[form](coverage.items());
    if (options.coverageFile === undefined) session.io.out(text);
    else writeText(session, options.coverageFile, text);
  }
  if (session.exitCode === 0) session.exitCode = exitCodeOf(results, options.update === true);
  return loader.read;
}

const settleMilliseconds = 150;

/** Waits for a change of one of the files; their folders are watched, since editors replace files. */
function nextChange(read: ReadonlySet<string>): Promise<void> {
  const folders = new Set([...read].map((path) => dirname(path)));
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers = [...folders].map((folder) =>
      watch(folder, () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          for (const watcher of watchers) watcher.close();
          resolve();
        }, settleMilliseconds);
      }),
    );
  });
}

async function watchFiles(
  session: Session,
  paths: readonly string[],
  options: TestOptions,
): Promise<never> {
  for (;;) {
    session.exitCode = 0;
    const files = findTestFiles(session.io, paths);
    const read = await runOnce(session, files, options);
    const change = nextChange(read);
    session.io.error(`watching ${read.size} files; interrupt to end\n`);
    await change;
    session.io.error('\n');
  }
}

export async function runTests(
  session: Session,
  paths: readonly string[],
  options: TestOptions,
): Promise<void> {
  if (options.schema === true) {
    const { scenarioJsonSchema } = await import('../../scenario/json-schema.ts');
    session.io.out(`${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`);
    return;
  }
  const given = paths.length === 0 ? ['.'] : paths;
  const files = findTestFiles(session.io, given);
  if (files.length === 0) return fail(session, `no *.nfttest.yaml below ${given.join(', ')}`);
  if (options.watch === true) await watchFiles(session, given, options);
  else await runOnce(session, files, options);
}
