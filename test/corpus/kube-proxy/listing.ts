/** Checks of what `nft list ruleset` shows after loading: needs the lowering and the nft printer. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';

export function* listingOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  if (test.expect.nftList === undefined) return;
  const kind = test.kind === 'incremental' ? 'incremental' : run.mode;
  yield {
    check: `${kind}:nft-list`,
    id: test.id,
    pass: false,
    difference: () => 'not built yet',
  };
}
