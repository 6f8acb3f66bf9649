/** Checks of sync steps: what is handed to iptables-restore after a change, and which chains go. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import {
  fullSync,
  ownChains,
  partialSync,
} from '../../../src/generate/kube-proxy/iptables/sync.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';
import { lineDifference } from './differences.ts';
import { normaliseRestore } from './normalise.ts';
import { runCase } from './ruleset.ts';

/** The state before the step is the case with the number before; a first step comes from nothing. */
export function runStep(test: CorpusCase, before: CorpusCase | undefined): KubeProxyRun {
  return before === undefined ? runCase(test) : runCase(withKept(test, before), runCase(before));
}

/** Objects equal to those before are taken from there: the informer hands unchanged objects on as they are. */
function withKept(test: CorpusCase, before: CorpusCase): CorpusCase {
  const known = new Map<string, unknown>();
  for (const object of [...(before.services ?? []), ...(before.endpointSlices ?? [])]) {
    known.set(JSON.stringify(object), object);
  }
  const kept = <Item>(items: readonly Item[] | undefined): readonly Item[] =>
    (items ?? []).map((item) => (known.get(JSON.stringify(item)) as Item | undefined) ?? item);
  return { ...test, services: kept(test.services), endpointSlices: kept(test.endpointSlices) };
}

export function* syncOutcomes(
  test: CorpusCase,
  before: CorpusCase | undefined,
): Generator<CaseOutcome> {
  const { restoreWritten, deletedChains } = test.expect;
  if (restoreWritten === undefined && deletedChains === undefined) return;
  const previous = before === undefined ? undefined : runCase(before);
  const step = before === undefined ? test : withKept(test, before);
  const run = runCase(step, previous);
  if (run.mode !== 'iptables') return;
  const program = previous?.mode === 'iptables' ? previous.program : undefined;
  const full = program === undefined || /full (?:re)?sync/.test(test.source.case ?? '');
  const sync = full
    ? fullSync(run.program, program === undefined ? [] : ownChains(program.services))
    : partialSync(run.program, program);
  if (restoreWritten !== undefined) {
    const got = normaliseRestore(sync.restoreText);
    yield {
      check: 'incremental:restore-written',
      id: test.id,
      pass: got === restoreWritten,
      difference: () => lineDifference(restoreWritten, got),
    };
  }
  if (deletedChains !== undefined) {
    const [wanted, got] = [[...deletedChains].sort().join(' '), sync.deletedChains.join(' ')];
    yield {
      check: 'incremental:deleted-chains',
      id: test.id,
      pass: wanted === got,
      difference: () => `wanted ${wanted}, got ${got}`,
    };
  }
}
