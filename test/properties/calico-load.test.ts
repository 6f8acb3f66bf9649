/** The running kernel takes the rules of Calico's generator, unless the generator said that it will not; only where root and the tools are at hand. */

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCalico } from '../../src/generate/calico/generate-calico.ts';
import { ipSetRestore } from '../../src/generate/calico/ip-set-restore.ts';
import { nftCommands } from '../../src/generate/calico/nft-table.ts';
import { readCalicoInput } from '../../src/generate/calico/read-input.ts';
import { restoreText } from '../../src/generate/calico/restore-text.ts';
import { clusterJson } from '../../src/testing/arbitraries/policy-cluster-objects.ts';
import {
  type PolicyCluster,
  policyClusters,
} from '../../src/testing/arbitraries/policy-clusters.ts';

/** In a network namespace of its own; the text goes to standard input. */
function run(script: string, text: string, sets = ''): string {
  const result = spawnSync('unshare', ['--net', 'sh', '-c', script], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, SETS: sets },
  });
  return result.status === 0 ? '' : result.stderr || String(result.error ?? result.status);
}

const restore = 'printf "%s" "$SETS" | ipset restore && iptables-nft-restore --noflush';
const script = 'nft -f -';
const probe = '*filter\n-A INPUT -m set --match-set probe src -j DROP\nCOMMIT\n';
const hasNft = run(script, 'add table ip t\n') === '';
const hasIptables = run(restore, probe, 'create probe hash:net\n') === '';

function generated(cluster: PolicyCluster, mode: 'iptables' | 'nftables') {
  const input = readCalicoInput([{ name: 'cluster.json', text: clusterJson(cluster) }]).value;
  const { value, diagnostics } = generateCalico(input, { mode, node: 'n1' });
  const refused = diagnostics.some(({ code }) => code === 'calico-not-loadable');
  return { ...value, refused };
}

describe('generated rules in the kernel', () => {
  it.runIf(hasIptables)('ipset and iptables-nft-restore load what iptables mode writes', () => {
    fc.assert(
      fc.property(policyClusters, (cluster) => {
        const { model, tables, refused } = generated(cluster, 'iptables');
        const sets = `${ipSetRestore(model).join('\n')}\n`;
        const text = `${restoreText(tables, model.insertMode).join('\n')}\n`;
        const answer = run(restore, text, sets);
        expect([answer !== '', answer]).toEqual([refused, refused ? answer : '']);
      }),
      { numRuns: 5 },
    );
  });

  it.runIf(hasNft)('nft loads the commands of nftables mode', () => {
    fc.assert(
      fc.property(policyClusters, (cluster) => {
        const { output, refused } = generated(cluster, 'nftables');
        if (output.mode !== 'nftables') throw new Error('not in nftables mode');
        const answer = run(
          script,
          `${nftCommands(output.table, { setElements: true }).join('\n')}\n`,
        );
        expect([answer !== '', answer]).toEqual([refused, refused ? answer : '']);
      }),
      { numRuns: 5 },
    );
  });
});
