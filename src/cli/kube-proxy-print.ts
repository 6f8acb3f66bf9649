/** A kube-proxy run in the formats of `generate kube-proxy --to`. */

import type { KubeProxyRun } from '../generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../generate/kube-proxy/iptables/kernel-state.ts';
import {
  type ListingWording,
  newerWording,
  olderWording,
} from '../generate/kube-proxy/iptables/listing-words.ts';
import { printListing } from '../generate/kube-proxy/iptables/print-listing.ts';
import { printRestore } from '../generate/kube-proxy/iptables/print-restore.ts';
import { printSavedState } from '../generate/kube-proxy/iptables/print-save.ts';
import { printNftScript } from '../generate/kube-proxy/nftables/print-commands.ts';

export type OutputFormat = 'iptables-save' | 'iptables-restore' | 'nft' | 'nft-list' | 'json';

export const wordings = { newer: newerWording, older: olderWording } as const;

export async function printRun(
  run: KubeProxyRun,
  format: OutputFormat,
  wording: ListingWording,
  withKubelet: boolean,
): Promise<string | { readonly failure: string }> {
  if (run.mode === 'nftables') {
    switch (format) {
      case 'nft':
        return printNftScript(run.program);
      case 'nft-list':
        return (await import('./kube-proxy-nft.ts')).listNftProgram(run.program);
      case 'json':
        return (await import('./kube-proxy-nft.ts')).nftProgramJson(run.program);
      default:
        return { failure: `--to ${format} is not for nftables mode; use nft, nft-list or json` };
    }
  }
  switch (format) {
    case 'iptables-save':
      return printSavedState(run.program, { withKubelet });
    case 'iptables-restore':
      return printRestore(run.program);
    case 'nft-list':
      return printListing(iptablesKernelState(run.program, { withKubelet }), wording);
    case 'json':
      return jsonText(iptablesKernelState(run.program, { withKubelet }));
    case 'nft':
      return {
        failure: '--to nft is for nftables mode; use nft-list to see how nft lists the rules',
      };
  }
}

function jsonText(value: unknown): string {
  const withoutSpans = (key: string, part: unknown): unknown => (key === 'span' ? undefined : part);
  return `${JSON.stringify(value, withoutSpans, 2)}\n`;
}
