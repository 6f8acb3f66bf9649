/** The Services and endpoints behind kube-proxy's chains and addresses. */

import { endpointChainName, servicePortHash } from '../generate/kube-proxy/names.ts';
import { type EndpointSlice, endpointSliceKind } from '../generate/kubernetes/endpoint-slice.ts';
import { objectsOfKind, type RawObject } from '../generate/kubernetes/objects.ts';
import { podKind } from '../generate/kubernetes/pod.ts';
import { type Service, serviceKind } from '../generate/kubernetes/service.ts';

export interface ObjectNames {
  readonly chains: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, string>;
}

/** What each kind of per-service chain is for (pkg/proxy/iptables/proxier.go). */
const chainKinds: Readonly<Record<string, string>> = {
  'KUBE-SVC-': 'endpoints of',
  'KUBE-SVL-': 'local endpoints of',
  'KUBE-EXT-': 'outside traffic to',
  'KUBE-FW-': 'source ranges of',
};

const serviceTitle = ({ metadata }: Service) =>
  `${metadata.namespace ?? 'default'}/${metadata.name}`;

/** kube-proxy's name of a service port: `namespace/name:port`, without `:` when the port has no name. */
function portTitle(service: Service, port: string): string {
  return port === '' ? serviceTitle(service) : `${serviceTitle(service)}:${port}`;
}

function nameEndpoints(
  slice: EndpointSlice,
  title: (port: string) => string,
  chains: Map<string, string>,
): void {
  for (const port of slice.ports ?? []) {
    const service = title(port.name ?? '');
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    for (const address of (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)) {
      const shown = address.includes(':') ? `[${address}]` : address;
      const endpoint = `${shown}:${port.port ?? 0}`;
      chains.set(
        endpointChainName(service, protocol, endpoint),
        `endpoint ${endpoint} of Service ${service}`,
      );
    }
  }
}

function nameService(service: Service, chains: Map<string, string>): void {
  for (const port of service.spec.ports ?? []) {
    const title = portTitle(service, port.name ?? '');
    const hash = servicePortHash(title, (port.protocol ?? 'TCP').toLowerCase());
    for (const [prefix, purpose] of Object.entries(chainKinds)) {
      chains.set(prefix + hash, `${purpose} Service ${title}`);
    }
  }
}

/** Names from the cluster objects of a snapshot; objects that do not pass their check are left out. */
export function serviceNames(objects: readonly RawObject[]): ObjectNames {
  const chains = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const service of objectsOfKind(objects, serviceKind).value) {
    nameService(service, chains);
    for (const address of service.spec.clusterIPs ?? [service.spec.clusterIP ?? '']) {
      if (address !== '' && address !== 'None') {
        addresses.set(address, `Service ${serviceTitle(service)}`);
      }
    }
  }
  for (const slice of objectsOfKind(objects, endpointSliceKind).value) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (name === undefined) continue;
    const service = `${slice.metadata.namespace ?? 'default'}/${name}`;
    nameEndpoints(slice, (port) => (port === '' ? service : `${service}:${port}`), chains);
  }
  for (const pod of objectsOfKind(objects, podKind).value) {
    if (pod.spec?.hostNetwork === true) continue;
    const title = `Pod ${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
    for (const { ip } of pod.status?.podIPs ?? []) addresses.set(ip, title);
    if (pod.status?.podIP) addresses.set(pod.status.podIP, title);
  }
  return { chains, addresses };
}
