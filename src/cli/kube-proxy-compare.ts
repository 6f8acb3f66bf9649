/** Comparison of a kube-proxy run with a dump of a node. */

import { compareDumps } from '../generate/kube-proxy/compare/compare-dumps.ts';
import { comparisonText } from '../generate/kube-proxy/compare/comparison-text.ts';
import { deduceSettings } from '../generate/kube-proxy/compare/deduce-settings.ts';
import {
  dumpOfListing,
  dumpOfSave,
  type RuleDump,
} from '../generate/kube-proxy/compare/rule-dump.ts';
import type { KubeProxyInput, KubeProxyRun } from '../generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../generate/kube-proxy/iptables/kernel-state.ts';
import { newerWording } from '../generate/kube-proxy/iptables/listing-words.ts';
import { printListing } from '../generate/kube-proxy/iptables/print-listing.ts';
import { printSavedState } from '../generate/kube-proxy/iptables/print-save.ts';

/** iptables-save text begins its tables with a star. */
function isSave(text: string): boolean {
  return /^\*\w+$/m.test(text);
}

function dumpOf(text: string, family: string): RuleDump {
  return isSave(text) ? dumpOfSave(text, family) : dumpOfListing(text);
}

export interface DeducedInput {
  readonly input: KubeProxyInput;
  readonly withKubelet: boolean;
  /** What was taken from the dump, for the user. */
  readonly notes: readonly string[];
}

export function deducedFromDump(given: KubeProxyInput, text: string): DeducedInput {
  const { settings } = given;
  const { clusterCidr, withKubelet } = deduceSettings(
    dumpOf(text, settings.family),
    settings.family,
  );
  if (clusterCidr === undefined || settings.detectLocal !== undefined) {
    return { input: given, withKubelet, notes: [] };
  }
  const detectLocal = { mode: 'ClusterCIDR', cidrs: [clusterCidr] } as const;
  return {
    input: { ...given, settings: { ...settings, detectLocal } },
    withKubelet,
    notes: [
      `the range of the pods is not among the objects; ${clusterCidr} is taken from the dump`,
    ],
  };
}

export function compareWithDump(
  run: KubeProxyRun,
  text: string,
  withKubelet: boolean,
): { readonly text: string; readonly isEqual: boolean } | { readonly failure: string } {
  if (run.mode === 'nftables') return { failure: 'comparing nftables mode is not supported yet' };
  const { family } = run.program.context.settings;
  const actual = dumpOf(text, family);
  if (actual.tables.size === 0) return { failure: 'no tables of iptables-save or nft list in it' };
  const own = isSave(text)
    ? printSavedState(run.program, { withKubelet })
    : printListing(iptablesKernelState(run.program, { withKubelet }), newerWording);
  const comparison = compareDumps(dumpOf(own, family), actual);
  return { text: comparisonText(comparison), isEqual: comparison.differences.length === 0 };
}
