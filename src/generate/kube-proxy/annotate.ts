/** For each chain, whose it is and why it is there: comment lines for review. */

import { chooseEndpoints } from './choose-endpoints.ts';
import type { ServicePortWithEndpoints } from './cluster.ts';
import type { Endpoint } from './endpoints.ts';
import type { KubeProxyRun } from './generate-kube-proxy.ts';
import { endpointChainName, nftEndpointName, nftServiceName, servicePortHash } from './names.ts';
import type { ServicePort } from './service-ports.ts';

/** By `TABLE/CHAIN`. */
export type Annotations = ReadonlyMap<string, string>;

export function annotationsOf(run: KubeProxyRun): Annotations {
  const notes = new Map<string, string>(
    Object.entries(run.mode === 'iptables' ? iptablesNotes : nftNotes),
  );
  const table = run.mode === 'iptables' ? 'nat' : 'kube-proxy';
  const spell = run.mode === 'iptables' ? iptablesNames : nftNames;
  const { node, settings } = run.program.context;
  for (const { service } of run.program.services) {
    for (const joined of service.ports) {
      const { port, endpoints } = joined;
      const chosen = chooseEndpoints(port, endpoints, node, settings.features);
      const names = spell(port);
      const title = `${port.name} (${port.protocol})`;
      const note = (chain: string, text: string): void => {
        notes.set(`${table}/${chain}`, `${title}: ${text}`);
      };
      note(names.cluster, clusterNote(port, chosen.cluster ?? []));
      note(names.local, localNote(port, chosen.local ?? []));
      note(names.external, externalNote(port));
      note(names.firewall, firewallNote(port));
      for (const endpoint of chosen.allReachable) {
        note(names.endpoint(endpoint), endpointNote(endpoint, joined));
      }
    }
  }
  return notes;
}

interface ChainNames {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
  readonly endpoint: (endpoint: Endpoint) => string;
}

function iptablesNames(port: ServicePort): ChainNames {
  const hash = servicePortHash(port.name, port.protocol);
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
    endpoint: (endpoint) => endpointChainName(port.name, port.protocol, endpoint.text),
  };
}

function nftNames(port: ServicePort): ChainNames {
  const { namespace, serviceName, protocol, portName } = port;
  const base = nftServiceName(namespace, serviceName, protocol, portName);
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
    endpoint: ({ address, port: number }) =>
      `endpoint-${nftEndpointName(namespace, serviceName, protocol, portName, address, number)}`,
  };
}

function clusterNote(port: ServicePort, endpoints: readonly Endpoint[]): string {
  const use = port.internalLocal
    ? 'traffic from outside'
    : `cluster IP ${port.clusterIp}:${port.port}`;
  return `${use}, spread over ${countText(endpoints)}${affinityText(port)}`;
}

function localNote(port: ServicePort, endpoints: readonly Endpoint[]): string {
  const policies = [
    ...(port.internalLocal ? ['internalTrafficPolicy Local'] : []),
    ...(port.externalLocal ? ['externalTrafficPolicy Local'] : []),
  ];
  return `${policies.join(', ')}: only ${countText(endpoints)} of this node${affinityText(port)}`;
}

function externalNote(port: ServicePort): string {
  const ways = [
    ...port.externalIps.map((ip) => `external IP ${ip}:${port.port}`),
    ...port.loadBalancerIps.map((ip) => `load balancer ${ip}:${port.port}`),
    ...(port.nodePort === 0 ? [] : [`node port ${port.nodePort}`]),
  ];
  const source = port.externalLocal ? 'source kept (externalTrafficPolicy Local)' : 'masqueraded';
  return `from outside by ${ways.join(', ')}; ${source}`;
}

function firewallNote(port: ServicePort): string {
  return `load balancer ${port.loadBalancerIps.join(', ')} only from ${port.sourceRanges.join(', ')}`;
}

function endpointNote(endpoint: Endpoint, { endpoints }: ServicePortWithEndpoints): string {
  const state = endpoint.isReady ? '' : ', terminating';
  const place = endpoint.isLocal ? ' on this node' : '';
  return `endpoint ${endpoint.text}${place}${state}, one of ${endpoints.length}`;
}

function countText(endpoints: readonly Endpoint[]): string {
  return endpoints.length === 1 ? '1 endpoint' : `${endpoints.length} endpoints`;
}

function affinityText({ affinitySeconds }: ServicePort): string {
  return affinitySeconds === undefined ? '' : `, clients stay for ${affinitySeconds} s`;
}

const canaryNote =
  'empty; when it is gone, somebody flushed the tables and everything is written again';

const iptablesNotes: Readonly<Record<string, string>> = {
  'mangle/KUBE-PROXY-CANARY': canaryNote,
  'filter/KUBE-PROXY-CANARY': canaryNote,
  'nat/KUBE-PROXY-CANARY': canaryNote,
  'filter/KUBE-SERVICES': 'cluster IPs without endpoints',
  'filter/KUBE-EXTERNAL-SERVICES': 'addresses from outside without endpoints',
  'filter/KUBE-NODEPORTS': 'health check node ports',
  'filter/KUBE-PROXY-FIREWALL': 'load balancer traffic that no source range allowed',
  'filter/KUBE-FORWARD': 'forwarding of service traffic, whatever the policy of FORWARD',
  'filter/KUBE-FIREWALL': 'keeps others from addresses of this host on 127.0.0.0/8',
  'nat/KUBE-SERVICES': 'service addresses: finds the chain of a service port',
  'nat/KUBE-NODEPORTS': 'node ports: finds the chain of a service port',
  'nat/KUBE-POSTROUTING': 'masquerades what was marked, and clears the mark',
  'nat/KUBE-MARK-MASQ': 'marks a packet to be masqueraded',
};

const nftNotes: Readonly<Record<string, string>> = {
  'kube-proxy/services': 'service addresses and node ports: finds the chain of a service port',
  'kube-proxy/cluster-ips-check':
    'cluster IPs with a port that no service has, and unallocated ones',
  'kube-proxy/masquerading': 'masquerades what was marked, and clears the mark',
  'kube-proxy/mark-for-masquerade': 'marks a packet to be masqueraded',
  'kube-proxy/reject-chain': 'a chain, as a map cannot hold the verdict reject',
  'kube-proxy/nodeport-endpoints-check': 'node ports without endpoints',
  'kube-proxy/service-endpoints-check': 'service addresses without endpoints',
  'kube-proxy/firewall-check': 'load balancer addresses with source ranges',
};
