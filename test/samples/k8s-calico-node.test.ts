/** What the bundled Kubernetes node does with the packets of its README. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const host = '--host samples/k8s-calico-node';
const trace = (words: string) => runCli(`trace ${host} ${words}`);

/** The rules that matched: chain and position, in order. */
const rulesOf = (text: string) =>
  [...text.matchAll(/ruleset\.nft:\d+ (\S+#\d+) /g)].map((m) => m[1]);

describe('a pod calls the API server', () => {
  const question = '--src 172.17.2.19 --dst 10.96.0.1 --dport 443';

  it('is sent to the endpoint on the node itself', async () => {
    const { code, out } = await trace(`${question} --expect dnat:172.16.0.11:6443`);
    expect(code).toBe(0);
    expect(out).toContain('delivered to the host');
    expect(out).toContain('endpoint 172.16.0.11:6443 of Service default/kubernetes:https');
    expect(rulesOf(out)).toEqual([
      'PREROUTING#0',
      'cali-PREROUTING#0',
      'cali-PREROUTING#2',
      'cali-PREROUTING#3',
      'PREROUTING#0',
      'cali-PREROUTING#2',
      'PREROUTING#0',
      'cali-PREROUTING#0',
      'PREROUTING#1',
      'KUBE-SERVICES#0',
      'KUBE-SVC-NPX46M4PTMTKRN6Y#1',
      'KUBE-SEP-23Y66C2VAJ3WDEMI#1',
      'INPUT#0',
      'cali-INPUT#2',
      'cali-wl-to-host#0',
      'cali-from-wl-dispatch#5',
      'cali-fw-cali81f8b902e6e#2',
      'cali-fw-cali81f8b902e6e#5',
      'cali-pro-kns.nginx-gateway#0',
      'cali-pro-kns.nginx-gateway#1',
      'cali-fw-cali81f8b902e6e#6',
      'cali-wl-to-host#1',
    ]);
  });

  it('says every inference', async () => {
    const { out } = await trace(question);
    expect(out).toContain('assumed  protocol tcp (no --proto)');
    expect(out).toContain('assumed  comes in on cali81f8b902e6e (the route back to 172.17.2.19)');
  });

  it('gives the same bytes every time', async () => {
    const first = await trace(`${question} --json`);
    const second = await trace(`${question} --json`);
    expect(second.out).toBe(first.out);
    expect(JSON.parse(first.out)).toMatchObject({ version: 1, packets: [{ cut: false }] });
  });

  it('exits 1 when it is not as expected', async () => {
    const { code, error } = await trace(`${question} --expect drop`);
    expect(code).toBe(1);
    expect(error).toBe('expected drop, found local (DELIVERED)\n');
  });
});

describe('a pod asks DNS', () => {
  it('reaches both endpoints with equal probability', async () => {
    const { out } = await trace('--src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53');
    expect(out).toContain('2 endpoints, 50.0 % each');
    expect(out).toMatch(
      /50\.0 % {2}dnat to 172\.17\.2\.12:53 \[Pod kube-system\/coredns-\S+-ng4p7\]/,
    );
    expect(out).toMatch(
      /50\.0 % {2}dnat to 172\.17\.2\.15:53 \[Pod kube-system\/coredns-\S+-csznq\]/,
    );
  });
});

describe('other traffic', () => {
  it('drops a spoofed source by the reverse path rule', async () => {
    const { code, out } = await trace(
      '--iif cali81f8b902e6e --src 192.0.2.1 --dst 10.96.0.1 --dport 443 --expect drop',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/dropped by rule 4 of ip raw cali-PREROUTING/);
  });

  it('lets a policy allow one port and drop the others', async () => {
    const allowed = await trace('--src 172.17.2.13 --dst 172.17.2.17 --dport 7443 --expect accept');
    expect(allowed.error + allowed.code).toBe('0');
    const denied = await trace('--src 172.17.2.13 --dst 172.17.2.17 --dport 80 --expect drop');
    expect(denied.error + denied.code).toBe('0');
  });

  it('masquerades what leaves the pools', async () => {
    const { code, out } = await trace(
      '--src 172.17.2.19 --dst 198.51.100.7 --dport 443 --expect snat:172.16.0.11',
    );
    expect(code).toBe(0);
    expect(out).toContain('forwarded out of enp1s0');
  });

  it('drops VXLAN from a node that is not in the set', async () => {
    const { code } = await trace(
      '--src 172.16.0.99 --dst 172.16.0.11 --proto udp --dport 4789 --expect drop',
    );
    expect(code).toBe(0);
  });

  it('does not forward to an address of the block that no pod has', async () => {
    const { out } = await trace('--src 172.17.2.19 --dst 172.17.2.60 --dport 80');
    expect(out).toContain('[ROUTE_BLACKHOLE]');
  });
});

describe('without the contents of ipsets', () => {
  it('forks on every xt match and says so', async () => {
    const facts = ['ip-addr', 'ip-route'].map(
      (kind) => `--fact ${kind}=samples/k8s-calico-node/${kind}.txt`,
    );
    const { out } = await runCli(
      `trace ${facts.join(' ')} --ruleset samples/k8s-calico-node/ruleset.nft --src 172.17.2.19 --dst 198.51.100.7 --dport 443`,
    );
    expect(out).toMatch(/if match set in ip nat cali-nat-outgoing rule 0.* = yes/);
    expect(out).toMatch(/if match set in ip nat cali-nat-outgoing rule 0.* = no/);
  });
});

describe('the listing', () => {
  it('prints back as it was read', async () => {
    const text = readFileSync('samples/k8s-calico-node/ruleset.nft', 'utf8');
    const { out } = await runCli('fmt --written samples/k8s-calico-node/ruleset.nft');
    const plain = (listing: string) =>
      listing
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.trim().replace(/\s+/g, ' '))
        .filter(Boolean);
    expect(plain(out)).toEqual(plain(text));
  });
});
