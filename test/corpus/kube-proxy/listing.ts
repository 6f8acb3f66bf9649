/** Checks of what `nft list ruleset` shows after loading, and of what nft refuses to load. */

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
import { listedObjects } from './listed-objects.ts';
import { listedNft, loadedNft } from './program.ts';

export function* listingOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  const { nftList, nftListSeedWording, loadError } = test.expect;
  const kind = test.kind === 'incremental' ? 'incremental' : run.mode;
  if (run.mode === 'nftables') {
    const loaded = loadedNft(run.program, loadError === undefined ? bridges(run) : []);
    if (nftList !== undefined)
      yield listed(`${kind}:nft-list`, test.id, nftList, listedNft(loaded));
    if (loadError !== undefined) yield refused(`${kind}:load-error`, test.id, loadError, loaded);
    return;
  }
  const state = iptablesKernelState(run.program);
  const listings = [
    [nftList, olderWording],
    // Listed by nft 1.0.6 with the rules reworded: the priority kept its older spelling.
    [nftListSeedWording, { ...newerWording, outputDstnat: false }],
  ] as const;
  for (const [wanted, wording] of listings) {
    if (wanted === undefined) continue;
    yield listed(`${kind}:nft-list`, test.id, wanted, printListing(state, wording));
  }
}

/** What nft lists it could load, so the bridge that rules name by `iif` was there. */
function bridges(run: KubeProxyRun): readonly string[] {
  const { detectLocal } = run.program.context.settings;
  return detectLocal?.mode === 'BridgeInterface' ? [detectLocal.name] : [];
}

function listed(check: string, id: string, wanted: string, got: string): CaseOutcome {
  return {
    check,
    id,
    pass: wanted === got || listedObjects(wanted) === listedObjects(got),
    difference: () => lineDifference(listedObjects(wanted), listedObjects(got)),
  };
}

/** nft names what it refuses in the last line of a message, under the rule and above the carets. */
function refused(
  check: string,
  id: string,
  loadError: string,
  { diagnostics }: ReturnType<typeof loadedNft>,
): CaseOutcome {
  const [, message = ''] = /Error: (.*)/.exec(loadError) ?? [];
  return {
    check,
    id,
    pass: diagnostics.length > 0,
    difference: () => `nft says ${message}, nothing is reported`,
  };
}
