/** The tables a node shows after kube-proxy's first sync: built-in chains, jumps, canaries, all rules. */

import type { IptablesChain, IptablesRuleset, IptablesTable } from '../../../ast/iptables.ts';
import { generatedSpan } from '../../../base/span.ts';
import { builtinChains, builtinJumps, createdChains, createdTables } from './builtin-jumps.ts';
import type { IptablesProgram } from './generate.ts';
import { ruleOfLine } from './rule-tree.ts';
import { localnetRule } from './static-rules.ts';

export interface KernelStateOptions {
  /** Adds the chains kubelet makes; its KUBE-FIREWALL jumps then stand last, as kubelet ran first. */
  readonly withKubelet?: boolean;
  /**
   * `saved`: as iptables-save prints, all built-in chains first, then user chains by name (the default).
   * `created`: as `nft list` prints, chains in the order of creation, only built-in chains that are in use.
   */
  readonly order?: 'saved' | 'created';
}

export function iptablesKernelState(
  program: IptablesProgram,
  options: KernelStateOptions = {},
): IptablesRuleset {
  const { family } = program.context.settings;
  const withKubelet = options.withKubelet === true;
  const created = options.order === 'created';
  const names = created ? createdTables(withKubelet) : ['mangle', 'filter', 'nat'];
  const tables = names.map((name): IptablesTable => {
    const content = tableContent(program, name, withKubelet);
    const chains = created ? [...new Set(content.chains)] : savedOrder(name, content.chains);
    const rulesByChain = new Map(chains.map((chain): [string, string[]] => [chain, []]));
    for (const line of content.lines) {
      rulesByChain.get(line.slice(3, line.indexOf(' ', 3)))?.push(line);
    }
    return {
      name,
      chains: chains.map((chain) => chainOf(name, chain)),
      rules: [...rulesByChain.values()].flatMap((lines) =>
        lines.map((line) => ruleOfLine(line, family)),
      ),
      span: generatedSpan,
    };
  });
  return { kind: 'iptables-ruleset', family, tables };
}

interface TableContent {
  /** In the order of creation. */
  readonly chains: readonly string[];
  readonly lines: readonly string[];
}

function tableContent(program: IptablesProgram, name: string, withKubelet: boolean): TableContent {
  const { fixed } = program;
  const chains = [...createdChains(name, withKubelet)];
  let text = builtinJumps(name, withKubelet)
    .map((line) => `${line}\n`)
    .join('');
  if (name === 'filter') {
    text += fixed.filterHead || kubeletFirewall(program, withKubelet);
    for (const service of program.services) {
      for (const port of service.ports) text += port.filter;
    }
    text += fixed.filterTail;
  }
  if (name === 'nat') {
    text += fixed.natHead;
    for (const service of program.services) {
      for (const port of service.ports) {
        for (const chain of port.chains) chains.push(chain);
        text += port.natShared + port.natOwn;
      }
    }
    text += fixed.natTail;
  }
  return { chains, lines: text.split('\n').filter((line) => line !== '') };
}

/** kubelet writes its rule whether or not kube-proxy allows node ports on localhost. */
function kubeletFirewall(program: IptablesProgram, withKubelet: boolean): string {
  return withKubelet && program.context.settings.family === 'ip' ? localnetRule : '';
}

function savedOrder(table: string, chains: readonly string[]): readonly string[] {
  const builtin = builtinChains[table] ?? [];
  const own = new Set(chains);
  for (const chain of builtin) own.delete(chain);
  return [...builtin, ...[...own].sort()];
}

function chainOf(table: string, name: string): IptablesChain {
  const builtin = builtinChains[table]?.includes(name) === true;
  return { name, ...(builtin ? { policy: 'ACCEPT' } : {}), span: generatedSpan };
}
