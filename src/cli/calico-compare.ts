/** Comparison of generated Calico rules with a dump of a node. */

import type { Source } from '../base/span.ts';
import { loadIptablesSave } from '../formats/iptables-save/load.ts';
import { printIptablesSave } from '../formats/iptables-save/print.ts';
import { listIptablesAsNft, listingSystems } from '../formats/iptables-translate/list-as-nft.ts';
import {
  type ChainTexts,
  type Comparison,
  compareChains,
  listedChains,
  savedChains,
} from '../generate/calico/compare.ts';
import type { GeneratedCalico } from '../generate/calico/generate-calico.ts';
import { inOrderOfCreation } from '../generate/calico/iptables-ruleset.ts';
import { nftablesListing } from './calico-print.ts';

/** iptables-save text begins its tables with a star. */
const isSave = (text: string): boolean => /^\*\w+$/m.test(text);

/** Only chains with rules of ours count among the kernel's own. */
function withoutEmptyKernelChains(texts: ChainTexts): ChainTexts {
  return new Map(
    [...texts].map(([table, chains]) => [
      table,
      new Map([...chains].filter(([name, rules]) => name.startsWith('cali-') || rules.length > 0)),
    ]),
  );
}

function best(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.toSorted(
    (left, right) => left.differences.length - right.differences.length,
  )[0];
}

/** An nft listing is compared in whichever dialect fits it best. */
export function compareCalico(
  { output }: GeneratedCalico,
  dump: Source,
): Comparison | { readonly failure: string } {
  if (output.mode === 'nftables') {
    const listing = nftablesListing(output.table);
    if (typeof listing !== 'string') return listing;
    return compareChains(listedChains(listing), listedChains(dump.text));
  }
  const { ruleset } = output;
  if (isSave(dump.text)) {
    const loaded = loadIptablesSave(dump, { family: ruleset.family });
    const generated = withoutEmptyKernelChains(savedChains(printIptablesSave(ruleset)));
    return compareChains(generated, savedChains(printIptablesSave(loaded.value)));
  }
  const dumped = listedChains(dump.text);
  if (dumped.size === 0) return { failure: 'no tables of iptables-save or nft list in it' };
  const comparison = best(
    Object.values(listingSystems).map((system) => {
      const listing = listIptablesAsNft(inOrderOfCreation(ruleset), system);
      return compareChains(withoutEmptyKernelChains(listedChains(listing)), dumped);
    }),
  );
  return comparison ?? { failure: 'nothing to compare' };
}
