/** The loader of test files: files from disk, hosts and rulesets read once for all files that name them. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { SnapshotKind } from '../../host/snapshot-files.ts';
import type {
  Failure,
  HostRequest,
  LoadedHost,
  LoadedRulesets,
  RulesetRequest,
  ScenarioLoader,
} from '../../scenario/loader.ts';
import {
  environmentOf,
  loadProgram,
  type RulesetSource,
  rulesetsOfNode,
} from '../input/load-program.ts';
import { readNode, readNodeFiles } from '../input/node.ts';
import type { Io } from '../io.ts';
import { isMistake } from '../trace/question.ts';

/** A match without content is a choice when a packet meets it; until then it is no news. */
const isNews = ({ code }: Diagnostic) => code !== 'foreign-extension';

type HostResult = Awaited<ReturnType<ScenarioLoader['loadHost']>>;

async function loadHost(io: Io, request: HostRequest): Promise<HostResult> {
  const options = request.folder === undefined ? {} : { host: request.folder };
  const found = readNodeFiles(io, options);
  if (isMistake(found)) return { failure: found.mistake.replace(/^--host /, '') };
  const files = new Map<SnapshotKind, Source>(found.files);
  for (const { kind, source } of request.facts) files.set(kind, source);
  const node = await readNode(files);
  return { value: { host: node.host, files }, diagnostics: node.diagnostics.filter(isNews) };
}

function objectsOf(request: RulesetRequest, host: LoadedHost): readonly Source[] {
  if (request.kind !== 'generated') return [];
  if (request.objects.length > 0) return request.objects;
  const kinds = ['kubernetes', 'calico'] as const;
  return kinds.flatMap((kind) => host.files.get(kind) ?? []);
}

async function loadRulesets(
  requests: readonly RulesetRequest[],
  host: LoadedHost,
): Promise<LoadedRulesets | Failure> {
  const rulesets: RulesetSource[] = requests.length > 0 ? [] : [...rulesetsOfNode(host.files)];
  const diagnostics: Diagnostic[] = [];
  const ipsets = [...(host.host.ipsets ?? [])];
  let withSets = false;
  for (const request of requests) {
    if (request.kind === 'source') {
      rulesets.push({ source: request.source });
      continue;
    }
    const { generateRulesets } = await import('./generate-rulesets.ts');
    const generated = await generateRulesets(request, objectsOf(request, host));
    if (generated.failure !== undefined) return { failure: generated.failure };
    rulesets.push(...generated.rulesets);
    diagnostics.push(...generated.diagnostics);
    ipsets.push(...generated.ipsets);
    withSets ||= generated.ipsets.length > 0;
  }
  if (rulesets.length === 0) {
    return { failure: 'no ruleset: name one under rulesets, or a host folder that has one' };
  }
  const loaded = await loadProgram(rulesets, environmentOf(host.host));
  return {
    program: loaded.program,
    diagnostics: [...diagnostics, ...loaded.diagnostics.filter(isNews)],
    ...(withSets ? { host: { ...host.host, ipsets } } : {}),
  };
}

export interface WatchedLoader extends ScenarioLoader {
  /** Every file and folder that was read. */
  readonly read: ReadonlySet<string>;
}

/** Values are promises, so that files that run at the same time share them too. */
function remember<Value>(
  cache: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

export function scenarioLoader(io: Io): WatchedLoader {
  const read = new Set<string>();
  const hosts = new Map<string, Promise<HostResult>>();
  const programs = new WeakMap<LoadedHost, Map<string, Promise<LoadedRulesets | Failure>>>();
  const watched: Io = {
    ...io,
    read(path) {
      read.add(path);
      return io.read(path);
    },
  };
  return {
    read,
    readFile: (path) => watched.read(path),
    loadHost(request) {
      return remember(hosts, JSON.stringify(request), () => loadHost(watched, request));
    },
    loadRulesets(requests, host) {
      const known = programs.get(host) ?? new Map<string, Promise<LoadedRulesets | Failure>>();
      programs.set(host, known);
      return remember(known, JSON.stringify(requests), () => loadRulesets(requests, host));
    },
  };
}
