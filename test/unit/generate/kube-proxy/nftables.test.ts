/** nftables mode: what the three layouts write, and the data behind the text. */

import { describe, expect, it } from 'vitest';
import {
  generateKubeProxy,
  runKubeProxy,
} from '../../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import {
  printGeneratedNft,
  printNftScript,
} from '../../../../src/generate/kube-proxy/nftables/print-commands.ts';
import type { KubeProxySettings } from '../../../../src/generate/kube-proxy/settings.ts';
import { featuresOf } from '../../../../src/generate/kube-proxy/versions.ts';
import { input, service, slice } from '../../../support/kube-proxy-cluster.ts';

const web = service('web', {
  clusterIP: '172.30.0.41',
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
});
const endpoints = slice('web', [{ addresses: ['10.180.0.1'] }]);

function script(changes: Partial<KubeProxySettings>): string {
  const run = runKubeProxy(input([web], [endpoints], { mode: 'nftables', ...changes }));
  return run.mode === 'nftables' ? printNftScript(run.program) : '';
}

describe('nftables mode', () => {
  it.each([
    [
      5,
      'filter-output-post-dnat { type filter hook output priority -90 ; }',
      ' tcp dport 80 ip saddr',
    ],
    [6, 'filter-output { type filter hook output priority 0 ; }', ' tcp dport 80 ip saddr'],
  ])('1.33.%i has its own base chains', (patch, chain, match) => {
    const text = script({ features: featuresOf({ minor: 33, patch }) });
    expect(text).toContain(`add chain ip kube-proxy ${chain}\n`);
    expect(text).toContain(`ip daddr 172.30.0.41${match} != 10.0.0.0/8 jump mark-for-masquerade`);
  });

  it('1.34 leaves the port out of the masquerade rule', () => {
    expect(script({ features: featuresOf({ minor: 34, patch: 0 }) })).toContain(
      'ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade',
    );
  });

  it('remembers clients in a set per endpoint', () => {
    expect(script({})).toMatch(
      /add set ip kube-proxy affinity-\S+ \{ type ipv4_addr ; flags dynamic,timeout ; timeout 600s ; \}/,
    );
  });

  it('asks for local addresses only when all of them take node ports', () => {
    expect(script({ nodePortAddresses: [] })).toContain(
      'services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
    );
    const primary = script({ nodePortAddresses: ['primary'] });
    expect(primary).toContain('services ip daddr @nodeport-ips meta l4proto');
    expect(primary).toContain('add element ip kube-proxy nodeport-ips { 192.168.0.2 }');
  });

  it('drops unallocated cluster IPs when the ranges are known', () => {
    expect(script({ serviceCidrs: ['172.30.0.0/16', 'fd00::/112', '172.31.0.0/16'] })).toContain(
      'ip daddr { 172.30.0.0/16,172.31.0.0/16 } drop comment "Drop traffic to unallocated ClusterIPs"',
    );
  });

  it('prints the same commands from the data alone', () => {
    const { value } = generateKubeProxy(input([web], [endpoints], { mode: 'nftables' }));
    if (value.kind !== 'generated-nft') throw new Error('wrong kind');
    const lines = (text: string): readonly string[] => text.split('\n').sort();
    expect(lines(printGeneratedNft(value))).toEqual(lines(script({})));
  });

  it('is plain data', () => {
    const { value } = generateKubeProxy(input([web], [endpoints], { mode: 'nftables' }));
    if (value.kind !== 'generated-nft') throw new Error('wrong kind');
    expect(value.elements).toContainEqual({
      set: 'service-ips',
      key: '172.30.0.41 . tcp . 80',
      verdict: expect.stringMatching(/^goto service-[A-Z2-7]{8}-ns\/web\/tcp\/http$/),
    });
  });
});
