/** The running kernel takes what is generated; only where root, unshare, nft and iptables are at hand. */

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runKubeProxy } from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { printRestore } from '../../src/generate/kube-proxy/iptables/print-restore.ts';
import { printSavedState } from '../../src/generate/kube-proxy/iptables/print-save.ts';
import { printNftScript } from '../../src/generate/kube-proxy/nftables/print-commands.ts';
import { input, serviceClusters } from '../support/kube-proxy-cluster.ts';

/** In a network namespace of its own; the text goes to standard input. */
function run(command: readonly string[], text: string): string {
  const result = spawnSync('unshare', ['--net', ...command], { input: text, encoding: 'utf8' });
  return result.status === 0 ? '' : result.stderr || String(result.error ?? result.status);
}

const hasNft = run(['nft', '-f', '-'], 'add table ip t\n') === '';
const hasIptables = run(['iptables-nft-restore', '--test'], '*nat\nCOMMIT\n') === '';

describe('generated rules in the kernel', () => {
  it.runIf(hasNft)('nft loads the script of nftables mode', () => {
    fc.assert(
      fc.property(serviceClusters(50), ({ services, endpointSlices }) => {
        const made = runKubeProxy(input(services, endpointSlices, { mode: 'nftables' }));
        if (made.mode !== 'nftables') throw new Error('mode');
        expect(run(['nft', '-f', '-'], printNftScript(made.program))).toBe('');
      }),
      { numRuns: 5 },
    );
  });

  it.runIf(hasIptables)('iptables-restore takes what iptables mode writes and saves', () => {
    fc.assert(
      fc.property(serviceClusters(50), ({ services, endpointSlices }) => {
        const made = runKubeProxy(input(services, endpointSlices, { mode: 'iptables' }));
        if (made.mode !== 'iptables') throw new Error('mode');
        const restore = ['iptables-nft-restore', '--test'];
        expect(run([...restore, '--noflush'], printRestore(made.program))).toBe('');
        expect(run(restore, printSavedState(made.program))).toBe('');
      }),
      { numRuns: 5 },
    );
  });
});
