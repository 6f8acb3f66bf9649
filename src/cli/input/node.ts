/** A node as the command line gives it: a host folder, single facts from files, cluster objects. */

import { join } from 'node:path';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { closest } from '../../base/text.ts';
import { readHostFacts } from '../../formats/snapshot/read-host-facts.ts';
import type { RawObject } from '../../generate/kubernetes/objects.ts';
import type { Host } from '../../host/host.ts';
import { type SnapshotKind, snapshotFiles } from '../../host/snapshot-files.ts';
import type { Io } from '../io.ts';
import type { Mistake } from '../trace/question.ts';

export interface NodeOptions {
  readonly host?: string;
  readonly fact?: readonly string[];
}

export interface NodeFiles {
  readonly files: ReadonlyMap<SnapshotKind, Source>;
}

export interface Node {
  readonly files: ReadonlyMap<SnapshotKind, Source>;
  readonly host: Host;
  readonly objects: readonly RawObject[];
  readonly diagnostics: readonly Diagnostic[];
}

const kinds = new Map(snapshotFiles.map(({ kind }) => [String(kind), kind]));

function readFolder(io: Io, folder: string, files: Map<SnapshotKind, Source>): Mistake | undefined {
  const names = io.list(folder);
  if ('failure' in names) return { mistake: `--host ${names.failure}` };
  const present = new Set(names);
  for (const { file, kind } of snapshotFiles) {
    if (!present.has(file) || files.has(kind)) continue;
    const source = io.read(join(folder, file));
    if ('failure' in source) return { mistake: source.failure };
    files.set(kind, source);
  }
  if (files.size === 0) {
    return {
      mistake: `--host ${folder}: no file of a host folder in it (see nft-sim snapshot --help)`,
    };
  }
  return undefined;
}

function readFact(io: Io, fact: string, files: Map<SnapshotKind, Source>): Mistake | undefined {
  const at = fact.indexOf('=');
  const name = fact.slice(0, Math.max(at, 0));
  const kind = kinds.get(name);
  if (at < 0 || kind === undefined) {
    const near = closest(name, kinds.keys());
    const hint =
      near === undefined ? ` of ${[...kinds.keys()].join(', ')}` : `; did you mean ${near}?`;
    return { mistake: `--fact ${fact}: KIND=FILE with a kind${hint}` };
  }
  const source = io.read(fact.slice(at + 1));
  if ('failure' in source) return { mistake: source.failure };
  files.set(kind, source);
  return undefined;
}

/** Reads the files; a fact given by itself replaces the one of the folder. */
export function readNodeFiles(io: Io, options: NodeOptions): NodeFiles | Mistake {
  const files = new Map<SnapshotKind, Source>();
  for (const fact of options.fact ?? []) {
    const mistake = readFact(io, fact, files);
    if (mistake !== undefined) return mistake;
  }
  const mistake = options.host === undefined ? undefined : readFolder(io, options.host, files);
  return mistake ?? { files };
}

async function objectsOf(sources: readonly Source[]): Promise<Result<readonly RawObject[]>> {
  const { readPlainObjects } = await import('../../generate/kubernetes/plain-objects.ts');
  const plain = readPlainObjects(sources);
  if (plain !== undefined) return { value: plain, diagnostics: [] };
  const { readObjects } = await import('../../generate/kubernetes/read-objects.ts');
  return readObjects(sources);
}

/** Host facts and cluster objects of a node; the full YAML reader is loaded only when objects are there. */
export async function readNode(files: ReadonlyMap<SnapshotKind, Source>): Promise<Node> {
  const host = readHostFacts(files);
  const sources = [files.get('kubernetes'), files.get('calico')].filter((s) => s !== undefined);
  if (sources.length === 0) {
    return { files, host: host.value, objects: [], diagnostics: host.diagnostics };
  }
  const objects = await objectsOf(sources);
  return {
    files,
    host: host.value,
    objects: objects.value,
    diagnostics: [...host.diagnostics, ...objects.diagnostics],
  };
}
