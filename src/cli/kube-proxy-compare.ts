/** Comparison of a kube-proxy run with a dump of a node. */

import { compareDumps } from '../generate/kube-proxy/compare/compare-dumps.ts';
import { comparisonText } from '../generate/kube-proxy/compare/comparison-text.ts';
import { deduceSettings } from '../generate/kube-proxy/compare/deduce-settings.ts';
import {
  dumpOfListing,
  dumpOfSave,
  type RuleDump,
} from '../generate/kube-proxy/compare/rule-dump.ts';
import { dumpOfTable, kubeProxyTable } from '../generate/kube-proxy/compare/table-dump.ts';
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
  if (isSave(text)) return dumpOfSave(text, family);
  const table = kubeProxyTable(text, family);
  return table === '' ? dumpOfListing(text) : dumpOfTable(table, family);
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

export interface DumpAnswer {
  readonly text: string;
  readonly isEqual: boolean;
}

export async function compareWithDump(
  run: KubeProxyRun,
  text: string,
  withKubelet: boolean,
): Promise<DumpAnswer | { readonly failure: string }> {
  if (run.mode === 'nftables') {
    return (await import('./kube-proxy-nft.ts')).compareNftProgram(run.program, text);
  }
  const { family } = run.program.context.settings;
  if (!text.includes('KUBE-') && kubeProxyTable(text, family) !== '') {
    return { failure: 'this is a dump of nftables mode; give --mode nftables' };
  }
  const actual = isSave(text) ? dumpOfSave(text, family) : dumpOfListing(text);
  if (actual.tables.size === 0) return { failure: 'no tables of iptables-save or nft list in it' };
  const own = isSave(text)
    ? printSavedState(run.program, { withKubelet })
    : printListing(iptablesKernelState(run.program, { withKubelet }), newerWording);
  const expected = isSave(text) ? dumpOfSave(own, family) : dumpOfListing(own);
  const comparison = compareDumps(expected, actual);
  return { text: comparisonText(comparison), isEqual: comparison.differences.length === 0 };
}
