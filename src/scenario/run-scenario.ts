/** Runs a test file: loads its host and rulesets once, compiles them once, plays every case. */

import { catalogue } from '../base/catalogue.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Source } from '../base/span.ts';
import type { Host } from '../host/host.ts';
import { type SnapshotKind, snapshotFiles } from '../host/snapshot-files.ts';
import type { Program } from '../model/program.ts';
import { compileProgram } from '../simulate/compile.ts';
import type { TraceEvent } from '../trace/event.ts';
import { expandCases } from './expand-cases.ts';
import {
  type HostRequest,
  type RulesetRequest,
  resolveBeside,
  type ScenarioLoader,
} from './loader.ts';
import { type Bench, playCase } from './play-case.ts';
import { readScenario, type Scenario } from './read-scenario.ts';
import type { ScenarioResult } from './result.ts';
import type { PlacedRuleset, ScenarioFile } from './rows/scenario-rows.ts';

export interface RunOptions {
  readonly loader: ScenarioLoader;
  /** Only cases whose name holds this. */
  readonly filter?: string;
  readonly observe?: (program: Program, trace: readonly TraceEvent[]) => void;
}

interface Loading {
  readonly scenario: Scenario;
  readonly loader: ScenarioLoader;
  readonly diagnostics: Diagnostic[];
}

const isError = ({ code }: Diagnostic) => catalogue[code].severity === 'error';

const kinds: ReadonlySet<string> = new Set(snapshotFiles.map(({ kind }) => kind));
const isKind = (key: string): key is SnapshotKind => kinds.has(key);

function hostRequest({ scenario }: Loading): HostRequest {
  const { host } = scenario.file;
  if (host === undefined) return { facts: [] };
  const { source } = host.place.document;
  if (typeof host.value === 'string') {
    return { folder: resolveBeside(source.name, host.value), facts: [] };
  }
  const { folder, ...rest } = host.value;
  const facts = Object.entries(rest).flatMap(([kind, text]) =>
    isKind(kind) && typeof text === 'string'
      ? [{ kind, source: { name: `${source.name} (${kind})`, text } }]
      : [],
  );
  return folder === undefined ? { facts } : { folder: resolveBeside(source.name, folder), facts };
}

function complain(loading: Loading, ruleset: PlacedRuleset | undefined, message: string): void {
  const { document, file } = loading.scenario;
  const span = ruleset?.span() ?? file.host?.span() ?? document.locate([]);
  loading.diagnostics.push({ code: 'scenario-reference', span, message });
}

function readBeside(loading: Loading, ruleset: PlacedRuleset, path: string): Source | undefined {
  const source = loading.loader.readFile(resolveBeside(ruleset.place.document.source.name, path));
  if (!('failure' in source)) return source;
  complain(loading, ruleset, source.failure);
  return undefined;
}

function rulesetRequest(loading: Loading, ruleset: PlacedRuleset): RulesetRequest | undefined {
  const { value, place } = ruleset;
  const entry = typeof value === 'string' ? { file: value } : value;
  const ways = [entry.file, entry.text, entry.generate].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    complain(loading, ruleset, 'a ruleset has one of file, text and generate');
    return undefined;
  }
  if (entry.text !== undefined) {
    const name = `${place.document.source.name} (rulesets)`;
    return { kind: 'source', source: { name, text: entry.text } };
  }
  if (entry.file !== undefined) {
    const source = readBeside(loading, ruleset, entry.file);
    return source === undefined ? undefined : { kind: 'source', source };
  }
  const { generate = 'kube-proxy', mode, node } = entry;
  const objects = (entry.objects ?? []).map((path) => readBeside(loading, ruleset, path));
  return {
    kind: 'generated',
    generator: generate,
    objects: objects.filter((source) => source !== undefined),
    ...(mode === undefined ? {} : { mode }),
    ...(node === undefined ? {} : { node }),
  };
}

interface Loaded {
  readonly host: Host;
  readonly program: Program;
}

async function load(loading: Loading): Promise<Loaded | undefined> {
  const { loader, diagnostics, scenario } = loading;
  const host = await loader.loadHost(hostRequest(loading));
  if ('failure' in host) {
    complain(loading, undefined, host.failure);
    return undefined;
  }
  diagnostics.push(...host.diagnostics);
  const requests = (scenario.file.rulesets ?? []).map((one) => rulesetRequest(loading, one));
  if (requests.includes(undefined)) return undefined;
  const known = requests.filter((request) => request !== undefined);
  const loaded = await loader.loadRulesets(known, host.value);
  if ('failure' in loaded) {
    complain(loading, scenario.file.rulesets?.[0], loaded.failure);
    return undefined;
  }
  diagnostics.push(...loaded.diagnostics);
  if (loaded.diagnostics.some(isError)) return undefined;
  const used = loaded.host ?? host.value.host;
  return { host: used, program: loaded.program };
}

function benchOf(
  file: ScenarioFile,
  { host, program }: Loaded,
  options: RunOptions,
  report: (diagnostic: Diagnostic) => void,
): Bench {
  const { observe } = options;
  return {
    compiled: compileProgram(program, { host }),
    clock: file.clock ?? 0,
    outcomeLimit: file.outcomes ?? 256,
    report,
    known: new Set(),
    ...(observe === undefined
      ? {}
      : { observe: (trace: readonly TraceEvent[]) => observe(program, trace) }),
  };
}

/** Never throws for what stands in the file: mistakes are diagnostics of the result. */
export async function runScenario(source: Source, options: RunOptions): Promise<ScenarioResult> {
  const { loader, filter } = options;
  const read = readScenario(source, loader);
  const scenario = read.value;
  const diagnostics = [...read.diagnostics];
  if (scenario === undefined || diagnostics.some(isError)) {
    return { source, diagnostics, results: [] };
  }
  const cases = expandCases(scenario);
  diagnostics.push(...cases.diagnostics);
  const loaded = await load({ scenario, loader, diagnostics });
  if (loaded === undefined || diagnostics.some(isError))
    return { source, diagnostics, results: [] };
  const bench = benchOf(scenario.file, loaded, options, (diagnostic) => {
    diagnostics.push(diagnostic);
  });
  const chosen = cases.value.filter(({ name }) => filter === undefined || name.includes(filter));
  const results = chosen.map((testCase) => playCase(bench, testCase));
  return { source, diagnostics, results, program: loaded.program };
}
