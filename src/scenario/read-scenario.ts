/** Reads a test file with everything that it extends. */

import type { Diagnostic, Result } from '../base/diagnostic.ts';
import type { Source } from '../base/span.ts';
import { readDocument, type ScenarioDocument } from './document.ts';
import { resolveBeside, type ScenarioLoader } from './loader.ts';
import type { PacketFields } from './rows/packet-rows.ts';
import { type ScenarioFile, scenarioShape } from './rows/scenario-rows.ts';

export interface Scenario {
  readonly document: ScenarioDocument;
  /** With the parts of the files that it extends; tests are its own only. */
  readonly file: ScenarioFile;
}

const empty: ScenarioFile = {};

/** Reads the file and, first, those that it extends; the value is as complete as the files allow. */
export function readScenario(
  source: Source,
  loader: Pick<ScenarioLoader, 'readFile'>,
): Result<Scenario | undefined> {
  const diagnostics: Diagnostic[] = [];
  const scenario = readExtending(source, loader, [], (diagnostic) => {
    diagnostics.push(diagnostic);
  });
  return { value: scenario, diagnostics };
}

type Report = (diagnostic: Diagnostic) => void;

function readExtending(
  source: Source,
  loader: Pick<ScenarioLoader, 'readFile'>,
  chain: readonly string[],
  report: Report,
): Scenario | undefined {
  const { value: document, diagnostics } = readDocument(source);
  diagnostics.forEach(report);
  if (document === undefined) return undefined;
  const own = scenarioShape.read(document.value, { document, path: [], report });
  if (own === undefined) return undefined;
  let file = empty;
  for (const path of own.extends ?? []) {
    const base = readBase(document, path, loader, [...chain, source.name], report);
    if (base !== undefined) file = mergeFiles(file, base.file);
  }
  return { document, file: mergeFiles(file, own) };
}

function readBase(
  document: ScenarioDocument,
  path: string,
  loader: Pick<ScenarioLoader, 'readFile'>,
  chain: readonly string[],
  report: Report,
): Scenario | undefined {
  const name = resolveBeside(document.source.name, path);
  const span = document.locate(['extends']);
  if (chain.includes(name)) {
    report({ code: 'scenario-reference', span, message: `${path} extends itself` });
    return undefined;
  }
  const source = loader.readFile(name);
  if ('failure' in source) {
    report({ code: 'scenario-reference', span, message: `extends ${source.failure}` });
    return undefined;
  }
  return readExtending(source, loader, chain, report);
}

function mergeMaps<Value>(
  base: ReadonlyMap<string, Value> | undefined,
  own: ReadonlyMap<string, Value> | undefined,
): ReadonlyMap<string, Value> {
  return new Map([...(base ?? []), ...(own ?? [])]);
}

/** The own parts win; named things and defaults are joined key by key. */
function mergeFiles(base: ScenarioFile, own: ScenarioFile): ScenarioFile {
  const defaults: PacketFields = { ...base.defaults, ...own.defaults };
  return {
    ...base,
    ...own,
    defaults,
    packets: mergeMaps(base.packets, own.packets),
    flows: mergeMaps(base.flows, own.flows),
    fixtures: mergeMaps(base.fixtures, own.fixtures),
    assume: mergeMaps(base.assume, own.assume),
    tests: own.tests ?? [],
  };
}
