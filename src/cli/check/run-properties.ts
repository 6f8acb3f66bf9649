/** `check --properties`: names and options from the command line, then the sample. */

import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import { isError } from '../../report/diagnostic-text.ts';
import type { PropertyReport } from '../../testing/invariants/check-properties.ts';
import type { TestRuleset } from '../../testing/ruleset.ts';
import type { RulesetPlace } from '../../testing/ruleset-place.ts';
import { environmentOf, loadProgram } from '../input/load-program.ts';
import { fail, type Session, showDiagnostics } from '../session.ts';
import type { CheckOptions } from './options.ts';
import { readInput } from './run-check.ts';

export interface PropertySubject {
  readonly program: Program;
  readonly host: Host;
  readonly files: readonly string[];
}

type Testing = typeof import('../../testing/index.ts');

/** The other ruleset on the same host; a folder brings its rulesets, not its host. */
async function readOther(
  session: Session,
  path: string,
  host: Host,
  { testRuleset }: Testing,
): Promise<TestRuleset | undefined> {
  const isFolder = !('failure' in session.io.list(path));
  const input = await readInput(session, isFolder ? [] : [path], isFolder ? path : undefined);
  if (input === undefined) return undefined;
  const loaded = await loadProgram(input.rulesets, environmentOf(host));
  if (loaded.diagnostics.some(isError)) {
    showDiagnostics(session, loaded.diagnostics);
    session.exitCode = 1;
    return undefined;
  }
  return testRuleset(loaded.program, host, { rulesets: [path] });
}

function placeOf({ files }: PropertySubject, folder: string | undefined): RulesetPlace {
  return {
    ...(folder === undefined ? {} : { host: folder }),
    ...(files.length === 0 ? {} : { rulesets: files }),
  };
}

function isWrongName(session: Session, { unknown }: PropertyReport): boolean {
  const [first] = unknown;
  if (first === undefined) return false;
  const hint = first.meant === undefined ? '' : `; did you mean ${first.meant}?`;
  fail(session, `there is no property ${first.name}${hint} (see nft-sim check --help)`);
  return true;
}

/** Undefined: the failure was reported. */
export async function runProperties(
  session: Session,
  subject: PropertySubject,
  options: CheckOptions,
): Promise<PropertyReport | undefined> {
  const testing = await import('../../testing/index.ts');
  const plain = options.host === undefined;
  if (plain) session.io.error('no --host: the rules run on a plain router (eth0, eth1)\n');
  const host = plain ? testing.testHost() : subject.host;
  const {
    against: other,
    property,
    properties,
    family,
    outside,
    managementPorts,
    anywhere,
  } = options;
  const against = other === undefined ? undefined : await readOther(session, other, host, testing);
  if (other !== undefined && against === undefined) return undefined;
  if (property?.includes('rulesets-agree') === true && against === undefined) {
    fail(session, 'rulesets-agree needs the other ruleset: --against FILE');
    return undefined;
  }
  const only = property ?? (properties === true ? undefined : ['rulesets-agree']);
  const report = testing.checkProperties(subject.program, host, {
    place: placeOf(subject, options.host),
    runs: options.runs ?? defaultRuns,
    seed: options.seed ?? defaultSeed,
    ...(only === undefined ? {} : { properties: only }),
    ...(family === undefined ? {} : { family: family === '4' ? 4 : 6 }),
    ...(outside === undefined ? {} : { outside }),
    ...(managementPorts === undefined ? {} : { managementPorts }),
    ...(anywhere === undefined ? {} : { anywhere }),
    ...(against === undefined ? {} : { against }),
  });
  return isWrongName(session, report) ? undefined : report;
}

export const defaultRuns = 1000;
export const defaultSeed = 1;
