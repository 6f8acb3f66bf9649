/** Settings and node facts from objects and options. */

import { describe, expect, it } from 'vitest';
import { annotationsOf } from '../../../../src/generate/kube-proxy/annotate.ts';
import { annotateText } from '../../../../src/generate/kube-proxy/annotate-text.ts';
import { runKubeProxy } from '../../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import type { KubeProxyOptions } from '../../../../src/generate/kube-proxy/merge-settings.ts';
import { readKubeProxyInputs } from '../../../../src/generate/kube-proxy/read-input.ts';
import { onlyServices } from '../../../../src/generate/kube-proxy/service-filter.ts';
import { readObjects } from '../../../../src/generate/kubernetes/read-objects.ts';

const nodes = `
apiVersion: v1
kind: Node
metadata: {name: a, labels: {topology.kubernetes.io/zone: z}}
spec: {podCIDRs: [10.1.0.0/24, 'fd00:1::/64']}
status:
  addresses: [{type: InternalIP, address: 192.168.0.2}, {type: Hostname, address: a}]
  nodeInfo: {kubeletVersion: v1.34.0}
---
apiVersion: v1
kind: Node
metadata: {name: b}
`;
const configuration = `
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: a
detectLocalMode: NodeCIDR
nftables: {masqueradeBit: 15}
`;
const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: ns}
spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'], ipFamilies: [IPv4, IPv6], ports: [{port: 80}]}
`;

function read(documents: readonly string[], options: KubeProxyOptions = {}) {
  const objects = readObjects([{ name: '-', text: documents.join('---') }]);
  return readKubeProxyInputs(objects.value, options);
}

describe('readKubeProxyInputs', () => {
  it('takes the node and the configuration, for each family of the services', () => {
    const { value, diagnostics } = read([nodes, configuration, service]);
    expect(diagnostics).toEqual([]);
    expect(value.map(({ settings }) => settings.family)).toEqual(['ip', 'ip6']);
    expect(value[0]).toMatchObject({
      node: {
        name: 'a',
        labels: { 'topology.kubernetes.io/zone': 'z' },
        primaryAddresses: ['192.168.0.2'],
      },
      settings: {
        mode: 'nftables',
        masqueradeMark: '0x00008000',
        nodePortAddresses: ['primary'],
        detectLocal: { mode: 'NodeCIDR', cidrs: ['10.1.0.0/24', 'fd00:1::/64'] },
        features: { nftablesLayout: 'no-port', nodeHints: true },
      },
    });
  });

  it('lets options win, and reads the configuration out of its ConfigMap', () => {
    const data = configuration.trim().replaceAll('\n', '\n    ');
    const map = `\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy}\ndata:\n  config.conf: |\n    ${data}\n`;
    const { value } = read([nodes, map, service], {
      mode: 'iptables',
      nodeName: 'b',
      kubernetesVersion: '1.30',
      families: ['ip'],
      clusterCidr: '10.0.0.0/8',
    });
    expect(value).toHaveLength(1);
    expect(value[0]).toMatchObject({
      node: { name: 'b' },
      settings: {
        mode: 'iptables',
        masqueradeMark: '0x00004000',
        detectLocal: { mode: 'ClusterCIDR', cidrs: ['10.0.0.0/8'] },
        features: { hintsNeedAnnotation: true },
      },
    });
  });

  it.each([
    [[nodes, service], {}, 'kube-proxy-node'],
    [[nodes, service], { nodeName: 'c' }, 'kube-proxy-node'],
    [[service], { kubernetesVersion: '1.99' }, 'kube-proxy-setting'],
    [[configuration.replace('nftables', 'ipvs'), service], {}, 'kube-proxy-setting'],
    [[service, service], {}, 'kubernetes-duplicate'],
  ])('reports %#', (documents, options, code) => {
    expect(read(documents, options).diagnostics.map((one) => one.code)).toContain(code);
  });
});

describe('review', () => {
  const [input] = read([service], { families: ['ip'], clusterCidr: '10.0.0.0/8' }).value;
  const run = runKubeProxy(input!);

  it('annotates the chains of services and the shared ones', () => {
    const text = annotateText(
      '*filter\n-A KUBE-SERVICES -j X\n-A KUBE-SERVICES -j Y\n',
      annotationsOf(run),
    );
    expect(text).toBe(
      '*filter\n# cluster IPs without endpoints\n-A KUBE-SERVICES -j X\n-A KUBE-SERVICES -j Y\n',
    );
    expect([...annotationsOf(run).values()]).toContain(
      'ns/web (tcp): cluster IP 10.96.0.1:80, spread over 0 endpoints',
    );
  });

  it('knows services that are not there', () => {
    expect(onlyServices(run, ['ns/web', 'ns/gone']).unknown).toEqual(['ns/gone']);
    expect(onlyServices(run, []).run.program.services).toEqual([]);
  });
});
