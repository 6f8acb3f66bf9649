/** Properties of the kube-proxy generator over generated clusters. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KubeProxyRun,
  runKubeProxy,
} from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { printRestore } from '../../src/generate/kube-proxy/iptables/print-restore.ts';
import { partialSync } from '../../src/generate/kube-proxy/iptables/sync.ts';
import { printNftScript } from '../../src/generate/kube-proxy/nftables/print-commands.ts';
import { nftTransaction } from '../../src/generate/kube-proxy/nftables/transaction.ts';
import { statisticThreshold } from '../../src/generate/kube-proxy/probability.ts';
import { input, type ServiceCluster, serviceClusters } from '../support/kube-proxy-cluster.ts';

const modes = ['iptables', 'nftables'] as const;

function text(run: KubeProxyRun): string {
  return run.mode === 'iptables' ? printRestore(run.program) : printNftScript(run.program);
}

function runOf(cluster: ServiceCluster, mode: (typeof modes)[number], previous?: KubeProxyRun) {
  const { services, endpointSlices } = cluster;
  return runKubeProxy(input(services, endpointSlices, { mode }), previous);
}

/** The second cluster with the objects of the first where they are the same. */
function sharing(first: ServiceCluster, second: ServiceCluster): ServiceCluster {
  const known = new Map<string, unknown>();
  for (const one of [...first.services, ...first.endpointSlices])
    known.set(JSON.stringify(one), one);
  const share = <Item>(items: readonly Item[]): readonly Item[] =>
    items.map((item) => (known.get(JSON.stringify(item)) as Item | undefined) ?? item);
  return { services: share(second.services), endpointSlices: share(second.endpointSlices) };
}

/** A second cluster that has a part of the first as it is. */
const changes = fc
  .tuple(
    serviceClusters(12),
    serviceClusters(12),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  )
  .map(([first, other, kept]) => {
    const keeps = (name: string): boolean => kept[Number(name.replace(/\D/g, '')) % 12] === true;
    const services = [
      ...first.services.filter(({ metadata }) => keeps(metadata.name)),
      ...other.services.filter(({ metadata }) => !keeps(metadata.name)),
    ];
    const endpointSlices = [
      ...first.endpointSlices.filter(({ metadata }) => keeps(metadata.name.replace(/-1$/, ''))),
      ...other.endpointSlices.filter(({ metadata }) => !keeps(metadata.name.replace(/-1$/, ''))),
    ];
    return [first, sharing(first, { services, endpointSlices })] as const;
  });

/** What the nat table of a kernel holds after restore texts, `--noflush`: chains with their rules. */
function loadNat(texts: readonly string[]): string {
  const chains = new Map<string, string[]>();
  for (const line of texts.flatMap((one) => (one.split('*nat\n')[1] ?? '').split('\n'))) {
    const name = line.slice(line.startsWith(':') ? 1 : 3).split(' ')[0] ?? '';
    if (line.startsWith(':')) chains.set(name, []);
    if (line.startsWith('-A ')) chains.get(name)?.push(line);
    if (line.startsWith('-X ')) chains.delete(name);
  }
  return JSON.stringify([...chains].sort());
}

/** What a kernel holds after nft commands, sorted. */
function loadNft(scripts: readonly string[], deleted: readonly string[] = []): string {
  const objects = new Map<string, string[]>();
  for (const line of scripts.flatMap((script) => script.split('\n'))) {
    const [command, kind, , , name = ''] = line.split(' ');
    const key = kind === 'element' ? `${name} ${/\{ (\S+(?: \. \S+)*)/.exec(line)?.[1]}` : name;
    const place = `${kind === 'rule' ? 'chain' : kind} ${key}`;
    if (command === 'delete') objects.delete(place);
    else if (command === 'flush') objects.set(place, (objects.get(place) ?? []).slice(0, 1));
    else if (kind === 'rule') objects.get(place)?.push(line);
    else if (kind !== 'chain' || !objects.has(place)) objects.set(place, [line]);
  }
  for (const name of deleted) objects.delete(`chain ${name}`);
  return JSON.stringify([...objects].sort());
}

describe('kube-proxy', () => {
  it.each(modes)('%s: a run after changes is the run from the beginning', (mode) => {
    fc.assert(
      fc.property(changes, ([first, second]) => {
        const again = runOf(second, mode, runOf(first, mode));
        expect(text(again)).toBe(text(runOf(second, mode)));
      }),
      { numRuns: 60 },
    );
  });

  it('a partial sync leads to the state of a full one', () => {
    fc.assert(
      fc.property(changes, ([first, second]) => {
        const before = runOf(first, 'iptables');
        const after = runOf(second, 'iptables', before);
        if (before.mode !== 'iptables' || after.mode !== 'iptables') throw new Error('mode');
        const sync = partialSync(after.program, before.program);
        expect(loadNat([text(before), sync.restoreText])).toBe(loadNat([text(after)]));
      }),
      { numRuns: 60 },
    );
  });

  it('a transaction leads to the table of a new start', () => {
    fc.assert(
      fc.property(changes, ([first, second]) => {
        const before = runOf(first, 'nftables');
        const after = runOf(second, 'nftables', before);
        if (before.mode !== 'nftables' || after.mode !== 'nftables') throw new Error('mode');
        const { script, staleChains } = nftTransaction(after.program, before.program);
        expect(loadNft([text(before), script], staleChains)).toBe(loadNft([text(after)]));
      }),
      { numRuns: 60 },
    );
  });

  it('every endpoint of a chain is met with probability 1/n', () => {
    fc.assert(
      fc.property(serviceClusters(10), (cluster) => {
        for (const probabilities of chainProbabilities(text(runOf(cluster, 'iptables')))) {
          const uniform = 1 / probabilities.length;
          for (const one of probabilities) expect(Math.abs(one - uniform)).toBeLessThan(1e-8);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(modes)('%s: whatever is named exists, and is declared once', (mode) => {
    fc.assert(
      fc.property(serviceClusters(10), (cluster) => {
        const written = text(runOf(cluster, mode));
        const chain =
          mode === 'iptables' ? /^:(\S+)/gm : /^add (?:chain|set|map) ip kube-proxy (\S+)/gm;
        for (const part of written.split('*nat\n')) {
          const declared = [...part.matchAll(chain)].map(([, name]) => name);
          expect(new Set(declared).size).toBe(declared.length);
          const named = part.matchAll(
            mode === 'iptables' ? /-j (KUBE-\S+)/g : /(?:goto |jump |@)([^\s,]+)/g,
          );
          const comments = new Set(['no-endpoint-services', 'no-endpoint-nodeports']);
          for (const [, name = ''] of named) {
            if (!comments.has(name.replace(/"$/, ''))) expect(declared).toContain(name);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** For each policy chain without affinity, the chance of each endpoint, as xt_statistic computes it. */
function chainProbabilities(restore: string): readonly (readonly number[])[] {
  const chains = new Map<string, { left: number; chances: number[] }>();
  for (const line of restore.split('\n')) {
    const [, chain, rest = ''] = /^-A (KUBE-SV[CL]-\S+) (.*-j KUBE-SEP-\S+)$/.exec(line) ?? [];
    if (chain === undefined || rest.includes('-m recent')) continue;
    const state = chains.get(chain) ?? { left: 1, chances: [] };
    chains.set(chain, state);
    const probability = /--probability (\S+)/.exec(rest)?.[1];
    const share = probability === undefined ? 1 : statisticThreshold(probability) / 2 ** 31;
    state.chances.push(state.left * share);
    state.left *= 1 - share;
  }
  return [...chains.values()].map(({ chances }) => chances);
}
