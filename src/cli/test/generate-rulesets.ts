/** Rulesets of test files that are generated from cluster objects. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { loadIpsetSave } from '../../formats/ipset/load-ipset-save.ts';
import { generateCalico } from '../../generate/calico/generate-calico.ts';
import { readCalicoInput } from '../../generate/calico/read-input.ts';
import { runKubeProxy } from '../../generate/kube-proxy/generate-kube-proxy.ts';
import { readKubeProxyInputs } from '../../generate/kube-proxy/read-input.ts';
import { readObjects } from '../../generate/kubernetes/read-objects.ts';
import type { IpSet } from '../../host/ipset.ts';
import type { RulesetRequest } from '../../scenario/loader.ts';
import { printCalico, printIpSets } from '../calico-print.ts';
import type { RulesetSource } from '../input/load-program.ts';
import { printRun, wordings } from '../kube-proxy-print.ts';

export interface GeneratedRulesets {
  readonly rulesets: readonly RulesetSource[];
  /** Sets that the rules match on. */
  readonly ipsets: readonly IpSet[];
  readonly diagnostics: readonly Diagnostic[];
  readonly failure?: string;
}

type Request = Extract<RulesetRequest, { readonly kind: 'generated' }>;

function asRuleset(name: string, text: string, family: 'ip' | 'ip6'): RulesetSource {
  const source: Source = { name, text };
  return text.startsWith('*') || text.startsWith('#')
    ? { source, loader: 'iptables-nft', family }
    : { source };
}

async function kubeProxyRulesets(
  request: Request,
  objects: readonly Source[],
): Promise<GeneratedRulesets> {
  const { mode, node } = request;
  const read = readObjects(objects);
  const inputs = readKubeProxyInputs(read.value, {
    ...(mode === undefined ? {} : { mode }),
    ...(node === undefined ? {} : { nodeName: node }),
  });
  const diagnostics = [...read.diagnostics, ...inputs.diagnostics];
  const rulesets: RulesetSource[] = [];
  for (const input of inputs.value) {
    const run = runKubeProxy(input);
    const format = run.mode === 'iptables' ? 'iptables-save' : 'nft';
    const text = await printRun(run, format, wordings.newer, false);
    if (typeof text !== 'string') return { rulesets, ipsets: [], diagnostics, ...text };
    const { family } = input.settings;
    rulesets.push(asRuleset(`<kube-proxy ${family}>`, text, family));
  }
  return { rulesets, ipsets: [], diagnostics };
}

async function calicoRulesets(
  request: Request,
  objects: readonly Source[],
): Promise<GeneratedRulesets> {
  const { mode, node } = request;
  const input = readCalicoInput(objects);
  const generated = generateCalico(input.value, {
    version: 4,
    ...(mode === undefined ? {} : { mode }),
    ...(node === undefined ? {} : { node }),
  });
  const diagnostics = [...input.diagnostics, ...generated.diagnostics];
  const { output } = generated.value;
  const text = await printCalico(generated.value, {
    format: output.mode === 'iptables' ? 'iptables-save' : 'nft',
    dialect: 'current',
    withIpsets: true,
    annotate: false,
  });
  if (typeof text !== 'string') return { rulesets: [], ipsets: [], diagnostics, ...text };
  const restore = output.mode === 'iptables' ? await printIpSets(generated.value) : undefined;
  const name = '<calico ip>';
  const ipsets = restore === undefined ? [] : loadIpsetSave({ name, text: restore }).value;
  return { rulesets: [asRuleset(name, text, 'ip')], ipsets, diagnostics };
}

export function generateRulesets(
  request: Request,
  objects: readonly Source[],
): Promise<GeneratedRulesets> {
  return request.generator === 'kube-proxy'
    ? kubeProxyRulesets(request, objects)
    : calicoRulesets(request, objects);
}
