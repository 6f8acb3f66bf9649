/** What a test run needs from outside: files, hosts, rulesets; the command line brings it. */

import type { Diagnostic, Result } from '../base/diagnostic.ts';
import type { Source } from '../base/span.ts';
import type { Host } from '../host/host.ts';
import type { SnapshotKind } from '../host/snapshot-files.ts';
import type { Program } from '../model/program.ts';

export interface Failure {
  readonly failure: string;
}

/** A host folder, single facts, or facts in place of those of a folder. */
export interface HostRequest {
  readonly folder?: string;
  readonly facts: readonly { readonly kind: SnapshotKind; readonly source: Source }[];
}

export interface LoadedHost {
  readonly host: Host;
  /** Stands for the same request: rulesets of the folder are found by it. */
  readonly files: ReadonlyMap<SnapshotKind, Source>;
}

export type RulesetRequest =
  | { readonly kind: 'source'; readonly source: Source }
  | {
      readonly kind: 'generated';
      readonly generator: 'kube-proxy' | 'calico';
      /** Empty: the objects of the host folder. */
      readonly objects: readonly Source[];
      readonly mode?: 'iptables' | 'nftables';
      readonly node?: string;
    };

export interface LoadedRulesets {
  readonly program: Program;
  /** Generated rules may bring the sets they match on: the host with them. */
  readonly host?: Host;
  /** Errors among them make the test file unusable. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ScenarioLoader {
  readonly readFile: (path: string) => Source | Failure;
  readonly loadHost: (request: HostRequest) => Promise<Result<LoadedHost> | Failure>;
  /** No requests: the rulesets of the host folder. */
  readonly loadRulesets: (
    requests: readonly RulesetRequest[],
    host: LoadedHost,
  ) => Promise<LoadedRulesets | Failure>;
}

/** The path of a file that is named in another one; `/` separates, `..` climbs. */
export function resolveBeside(from: string, path: string): string {
  if (path.startsWith('/')) return path;
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
  const parts: string[] = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/') || '.';
}
