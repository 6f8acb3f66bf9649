/** The generators as the public API gives them: what they make is an ordinary ruleset, in nftables mode too. */

import type { IptablesRuleset } from './ast/iptables.ts';
import type { Ruleset } from './ast/nft/ruleset.ts';
import type { Result } from './base/diagnostic.ts';
import { loadNft } from './formats/nft/load.ts';
import {
  type CalicoInput,
  type CalicoOptions,
  generateCalico as calico,
} from './generate/calico/generate-calico.ts';
import { nftCommands } from './generate/calico/nft-table.ts';
import {
  type KubeProxyInput,
  generateKubeProxy as kubeProxy,
} from './generate/kube-proxy/generate-kube-proxy.ts';
import { printGeneratedNft } from './generate/kube-proxy/nftables/print-commands.ts';

/** What kube-proxy programs on a node for one address family: iptables tables, or the nftables table kube-proxy. */
export function generateKubeProxy(input: KubeProxyInput): Result<Ruleset | IptablesRuleset> {
  const { value, diagnostics } = kubeProxy(input);
  if ('kind' in value && value.kind === 'iptables-ruleset') return { value, diagnostics };
  const loaded = loadNft(printGeneratedNft(value), { filename: '<kube-proxy>' });
  return { value: loaded.value, diagnostics: [...diagnostics, ...loaded.diagnostics] };
}

/** What Felix programs on a node for one IP version: iptables tables, or the nftables table calico. */
export function generateCalico(
  input: CalicoInput,
  options: CalicoOptions = {},
): Result<Ruleset | IptablesRuleset> {
  const { value, diagnostics } = calico(input, options);
  if (value.output.mode === 'iptables') return { value: value.output.ruleset, diagnostics };
  const loaded = loadNft(nftCommands(value.output.table, { setElements: true }).join('\n'), {
    filename: '<calico>',
  });
  return { value: loaded.value, diagnostics: [...diagnostics, ...loaded.diagnostics] };
}
