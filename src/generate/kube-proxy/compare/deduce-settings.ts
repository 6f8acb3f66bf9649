/** Settings that the objects do not say, read from the rules of the dump that is compared. */

import type { RuleDump } from './rule-dump.ts';

export interface DeducedSettings {
  /** The range of the detect-local mode ClusterCIDR or NodeCIDR. */
  readonly clusterCidr?: string;
  /** kubelet's chains are there. */
  readonly withKubelet: boolean;
}

export function deduceSettings(dump: RuleDump, family: string): DeducedSettings {
  const table = dump.tables.get(`${family} kube-proxy`);
  for (const rule of [...(table?.values() ?? [])].flat()) {
    const found = /saddr != (\S+\/\d+) jump mark-for-masquerade$/.exec(rule)?.[1];
    if (found !== undefined) return { clusterCidr: found, withKubelet: false };
  }
  const nat = dump.tables.get(`${family} nat`);
  let withKubelet = false;
  for (const chains of dump.tables.values()) withKubelet ||= chains.has('KUBE-KUBELET-CANARY');
  for (const [chain, rules] of nat ?? []) {
    if (!/^KUBE-SV[CL]-/.test(chain)) continue;
    for (const rule of rules) {
      const found = /(?:! -s|saddr !=) (\S+\/\d+) .*KUBE-MARK-MASQ$/.exec(rule)?.[1];
      if (found !== undefined) return { clusterCidr: found, withKubelet };
    }
  }
  return { withKubelet };
}
