/** What the node with kube-proxy in nftables mode does with the packets of its README. */

import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const trace = (words: string) => runCli(`trace --host samples/k8s-kube-proxy-nftables ${words}`);

describe('kube-proxy in nftables mode', () => {
  it('shares DNS between two endpoints', async () => {
    const { out } = await trace('--src 10.244.1.9 --dst 10.96.0.10 --proto udp --dport 53');
    expect(out).toContain('2 endpoints, 50.0 % each');
  });

  it('shares a node port between three and masquerades', async () => {
    const { out, code } = await trace(
      '--iif eth0 --src 203.0.113.9 --dst 192.168.10.11 --dport 30080 --expect accept',
    );
    expect(code).toBe(0);
    expect(out).toContain('3 endpoints, 33.3 % each');
    expect(out).toMatch(/nat {2}source: .* → tcp \d/);
  });

  it('rejects a service without endpoints', async () => {
    const { code, out } = await trace(
      '--src 10.244.1.9 --dst 10.96.44.6 --dport 80 --expect reject',
    );
    expect(code).toBe(0);
    expect(out).toContain('kube-proxy');
  });
});
