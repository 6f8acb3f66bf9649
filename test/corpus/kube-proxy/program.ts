/** The generated rules as the program that the kernel gets. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../../src/generate/kube-proxy/iptables/kernel-state.ts';
import { lowerIptables } from '../../../src/lower/iptables/lower-iptables.ts';
import type { Program } from '../../../src/model/program.ts';

/** Undefined while the script of nftables mode cannot be loaded yet. */
export function programOf(run: KubeProxyRun): Program | undefined {
  if (run.mode === 'nftables') return undefined;
  return lowerIptables(iptablesKernelState(run.program)).value;
}
