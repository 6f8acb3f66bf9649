/** Checks of what `nft list ruleset` shows after loading. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../../src/generate/kube-proxy/iptables/kernel-state.ts';
import {
  newerWording,
  olderWording,
} from '../../../src/generate/kube-proxy/iptables/listing-words.ts';
import { printListing } from '../../../src/generate/kube-proxy/iptables/print-listing.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';
import { lineDifference } from './differences.ts';

export function* listingOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  const { nftList, nftListSeedWording } = test.expect;
  const kind = test.kind === 'incremental' ? 'incremental' : run.mode;
  const listings = [
    [nftList, olderWording],
    // Listed by nft 1.0.6 with the rules reworded: the priority kept its older spelling.
    [nftListSeedWording, { ...newerWording, outputDstnat: false }],
  ] as const;
  for (const [wanted, wording] of listings) {
    if (wanted === undefined) continue;
    if (run.mode === 'nftables') {
      yield {
        check: `${kind}:nft-list`,
        id: test.id,
        pass: false,
        difference: () => 'not built yet',
      };
      continue;
    }
    const state = iptablesKernelState(run.program);
    const got = printListing(state, wording);
    yield {
      check: `${kind}:nft-list`,
      id: test.id,
      pass: wanted === got || chainwise(wanted) === chainwise(got),
      difference: () => lineDifference(chainwise(wanted), chainwise(got)),
    };
  }
}

/** Chains by name and the rules of shared chains by text: kube-proxy visits services in any order. */
function chainwise(listing: string): string {
  const chains: string[] = [];
  for (const [, table = '', body = ''] of listing.matchAll(/^table (.*) \{\n([\s\S]*?)^\}$/gm)) {
    for (const [, name = '', rules = ''] of body.matchAll(/^\tchain (.*) \{\n([\s\S]*?)^\t\}$/gm)) {
      const lines = rules.split('\n');
      const shared = name === 'KUBE-SERVICES' || name === 'KUBE-NODEPORTS';
      chains.push(`${table} ${name}\n${(shared ? lines.sort() : lines).join('\n')}`);
    }
  }
  return chains.sort().join('\n');
}
