/** The node the project grew from: its KUBE-* chains word for word, from the reconstructed objects beside the corpora. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKubeProxy } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../../src/generate/kube-proxy/iptables/kernel-state.ts';
import { newerWording } from '../../../src/generate/kube-proxy/iptables/listing-words.ts';
import { printListing } from '../../../src/generate/kube-proxy/iptables/print-listing.ts';
import { readKubeProxyInputs } from '../../../src/generate/kube-proxy/read-input.ts';
import { readObjects } from '../../../src/generate/kubernetes/read-objects.ts';
import type { CaseOutcome } from '../check.ts';

/** Nothing when the folder is not there. */
export function* seedOutcomes(directory: string): Generator<CaseOutcome> {
  const folder = join(directory, '..', '..', 'seed');
  const objects = join(folder, 'kube-proxy-input.yaml');
  if (!existsSync(objects)) return;
  const document = readdirSync(folder).find((name) => name.endsWith('.txt')) ?? '';
  const shown = chainsOf(readFileSync(join(folder, document), 'utf8'));
  const made = chainsOf(listing(readFileSync(objects, 'utf8')));
  for (const [chain, rules] of shown) {
    const own = / KUBE-/.test(chain);
    const wanted = own ? rules : rules.filter(isJump);
    if (!own && wanted.length === 0) continue;
    const got = (made.get(chain) ?? ['no such chain']).filter((rule) => own || isJump(rule));
    yield {
      check: own ? 'seed:kube-chains' : 'seed:kube-jumps',
      id: chain,
      pass: comparable(chain, wanted) === comparable(chain, got),
      difference: () => `wanted\n${wanted.join('\n')}\ngot\n${got.join('\n')}`,
    };
  }
}

function listing(text: string): string {
  const objects = readObjects([{ name: 'kube-proxy-input.yaml', text }]);
  const [input] = readKubeProxyInputs(objects.value).value;
  if (input === undefined) throw new Error('no input in the objects of the seed');
  const run = runKubeProxy(input);
  if (run.mode !== 'iptables') throw new Error('the seed is a node in iptables mode');
  return printListing(iptablesKernelState(run.program, { withKubelet: true }), newerWording);
}

/** Rules by `FAMILY TABLE CHAIN`, blanks inside kept, counters zeroed, indentation by tabs or blanks removed. */
function chainsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>();
  let table = '';
  let rules: string[] = [];
  for (const line of text.split('\n')) {
    const [, kind, name = ''] = /^\s*(table|chain) (.*) \{$/.exec(line) ?? [];
    if (kind === 'table') table = name;
    else if (kind === 'chain') {
      rules = [];
      chains.set(`${table} ${name}`, rules);
    } else if (/ counter packets \d+|^\s+counter packets \d+/.test(line)) {
      const rule = line.replace(/^(?:\t\t| {16})/, '');
      rules.push(rule.replace(/packets \d+ bytes \d+/, 'packets 0 bytes 0'));
    }
  }
  return chains;
}

function isJump(rule: string): boolean {
  return / jump KUBE-\S+$/.test(rule);
}

/** kube-proxy visits services in any order. */
function comparable(chain: string, rules: readonly string[]): string {
  return (chain.endsWith('KUBE-SERVICES') ? [...rules].sort() : rules).join('\n');
}
