/** Runs `check`: loads every file by itself, samples properties of all together, prints what was found. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import { isError } from '../../report/diagnostic-text.ts';
import type { PropertyReport } from '../../testing/invariants/check-properties.ts';
import {
  environmentOf,
  loadProgram,
  type RulesetSource,
  rulesetsOfNode,
} from '../input/load-program.ts';
import { readNode, readNodeFiles } from '../input/node.ts';
import { fail, type Session } from '../session.ts';
import { isMistake } from '../trace/question.ts';
import type { CheckOptions } from './options.ts';
import { printFindings } from './print-findings.ts';

/** Rulesets with the host that they are for. */
export interface CheckInput {
  readonly rulesets: readonly RulesetSource[];
  readonly host: Host;
  readonly diagnostics: readonly Diagnostic[];
}

/** A failure was reported; there is nothing to check. */
export async function readInput(
  session: Session,
  files: readonly string[],
  folder: string | undefined,
): Promise<CheckInput | undefined> {
  const nodeFiles = readNodeFiles(session.io, folder === undefined ? {} : { host: folder });
  if (isMistake(nodeFiles)) {
    fail(session, nodeFiles.mistake);
    return undefined;
  }
  const node = await readNode(nodeFiles.files);
  const rulesets: RulesetSource[] = files.length > 0 ? [] : [...rulesetsOfNode(nodeFiles.files)];
  for (const file of files) {
    const source = session.io.read(file);
    if ('failure' in source) {
      fail(session, source.failure);
      return undefined;
    }
    rulesets.push({ source });
  }
  if (rulesets.length === 0) {
    const where = folder === undefined ? '' : ` in ${folder}`;
    fail(session, `no ruleset${where}: name a file, or with --host a folder that has one`);
    return undefined;
  }
  return { rulesets, host: node.host, diagnostics: node.diagnostics };
}

/** Files one by one: each may be a whole ruleset of its own; with a host folder they are one node's. */
async function diagnose(
  { rulesets, host, diagnostics }: CheckInput,
  together: boolean,
): Promise<{ readonly program: Program; readonly diagnostics: readonly Diagnostic[] }> {
  const environment = environmentOf(host);
  if (together) {
    const loaded = await loadProgram(rulesets, environment);
    return { program: loaded.program, diagnostics: [...diagnostics, ...loaded.diagnostics] };
  }
  const all = [...diagnostics];
  for (const ruleset of rulesets)
    all.push(...(await loadProgram([ruleset], environment)).diagnostics);
  return { program: { tables: [] }, diagnostics: all };
}

const wantsProperties = ({ properties, property, against }: CheckOptions) =>
  properties === true || property !== undefined || against !== undefined;

export async function runCheck(
  session: Session,
  files: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const input = await readInput(session, files, options.host);
  if (input === undefined) return;
  const withProperties = wantsProperties(options);
  const { program, diagnostics } = await diagnose(input, withProperties || files.length === 0);
  const refused = diagnostics.some(isError);
  let report: PropertyReport | undefined;
  if (withProperties && !refused) {
    const { runProperties } = await import('./run-properties.ts');
    report = await runProperties(session, { program, host: input.host, files }, options);
    if (report === undefined) return;
  }
  printFindings(session, diagnostics, report, options);
  const broken = report?.findings.some((finding) => finding.broken !== undefined) ?? false;
  if (refused || broken) session.exitCode = 1;
}
