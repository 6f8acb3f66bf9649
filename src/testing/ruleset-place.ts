/** Where a ruleset under test and its host come from: what a test file must name to reproduce a counterexample. */

import type { Host } from '../host/host.ts';
import type { SnapshotKind } from '../host/snapshot-files.ts';

export type FactTexts = Readonly<Partial<Record<SnapshotKind, string>>>;

export interface RulesetPlace {
  /** A host folder. */
  readonly host?: string;
  /** Ruleset files; absent: those of the host folder. */
  readonly rulesets?: readonly string[];
}

const texts = new WeakMap<Host, FactTexts>();

/** Remembers the texts that a host was read from. */
export function rememberFacts(host: Host, facts: FactTexts): Host {
  texts.set(host, facts);
  return host;
}

export const factsOfHost = (host: Host): FactTexts | undefined => texts.get(host);
