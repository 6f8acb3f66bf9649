/** Checks of traffic rows: each packet simulated on the generated ruleset. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';

export function* trafficOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  for (const [index, row] of (test.traffic ?? []).entries()) {
    yield {
      check: `${run.mode}:traffic`,
      id: `${test.id}#${index} ${row.name}`,
      pass: false,
      difference: () => 'not built yet',
    };
  }
}
