/** Service ports as kube-proxy keeps them: one per port of a Service, for one IP family. */

import type { Maybe } from '../kubernetes/check.ts';
import {
  type AddressFamily,
  addressText,
  parseAddress,
  parseCidr,
} from '../kubernetes/go-address.ts';
import type { Service, ServicePortEntry } from '../kubernetes/service.ts';
import type { KubeProxyFeatures } from './versions.ts';

export interface ServicePort {
  readonly namespace: string;
  readonly serviceName: string;
  readonly portName: string;
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string;
  /** `NAMESPACE/NAME:PORT`, without the colon for an unnamed port. */
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  /** 0 when there is none. */
  readonly nodePort: number;
  readonly externalIps: readonly string[];
  /** Load balancer addresses that the node has to handle. */
  readonly loadBalancerIps: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly externalLocal: boolean;
  readonly internalLocal: boolean;
  /** Undefined without session affinity. */
  readonly affinitySeconds: number | undefined;
  /** 0 when there is none. */
  readonly healthCheckNodePort: number;
  /** The value of the topology annotation; only releases up to 1.30 look at it. */
  readonly topologyMode: string;
  /** Can be reached from outside: has a node port, a load balancer address or an external IP. */
  readonly isExternal: boolean;
  readonly usesCluster: boolean;
  readonly usesLocal: boolean;
}

const proxyNameLabel = 'service.kubernetes.io/service-proxy-name';
/** The API server's default of sessionAffinityConfig.clientIP.timeoutSeconds. */
const defaultAffinitySeconds = 10800;

/** Empty when kube-proxy leaves the Service alone (headless, ExternalName, other proxy, other family). */
export function servicePortsOf(
  service: Service,
  family: AddressFamily,
  features: KubeProxyFeatures,
): readonly ServicePort[] {
  const { metadata, spec } = service;
  if (metadata.labels?.[proxyNameLabel] !== undefined || spec.type === 'ExternalName') return [];
  if (!spec.clusterIP || spec.clusterIP === 'None') return [];
  const clusterIp = clusterIpOf(service, family);
  if (clusterIp === undefined) return [];
  const shared = sharedFields(service, family, features, clusterIp);
  return (spec.ports ?? []).map((entry) => portOf(shared, entry));
}

/** What all ports of a Service have in common. */
type SharedFields = Omit<
  ServicePort,
  | 'portName'
  | 'protocol'
  | 'name'
  | 'port'
  | 'nodePort'
  | 'isExternal'
  | 'usesCluster'
  | 'usesLocal'
>;

function sharedFields(
  service: Service,
  family: AddressFamily,
  features: KubeProxyFeatures,
  clusterIp: string,
): SharedFields {
  const { metadata, spec } = service;
  const externalLocal = isExternalLocal(service);
  const checkPort = spec.type === 'LoadBalancer' && externalLocal ? spec.healthCheckNodePort : 0;
  const affinity = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
  return {
    namespace: metadata.namespace ?? 'default',
    serviceName: metadata.name,
    clusterIp,
    externalIps: addressesOf(spec.externalIPs, family),
    loadBalancerIps: loadBalancerIpsOf(service, family, features),
    sourceRanges: rangesOf(spec.loadBalancerSourceRanges, family),
    externalLocal,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    affinitySeconds: spec.sessionAffinity === 'ClientIP' ? affinity : undefined,
    healthCheckNodePort: checkPort ?? 0,
    topologyMode: topologyModeOf(metadata.annotations),
  };
}

/** Written out field by field: spreading the shared fields costs a third of a run over 10,000 services. */
function portOf(shared: SharedFields, entry: ServicePortEntry): ServicePort {
  const portName = entry.name ?? '';
  const title = `${shared.namespace}/${shared.serviceName}`;
  const nodePort = entry.nodePort ?? 0;
  const isExternal =
    nodePort !== 0 || shared.loadBalancerIps.length > 0 || shared.externalIps.length > 0;
  return {
    namespace: shared.namespace,
    serviceName: shared.serviceName,
    portName,
    protocol: (entry.protocol ?? 'TCP').toLowerCase(),
    name: portName === '' ? title : `${title}:${portName}`,
    clusterIp: shared.clusterIp,
    port: entry.port,
    nodePort,
    externalIps: shared.externalIps,
    loadBalancerIps: shared.loadBalancerIps,
    sourceRanges: shared.sourceRanges,
    externalLocal: shared.externalLocal,
    internalLocal: shared.internalLocal,
    affinitySeconds: shared.affinitySeconds,
    healthCheckNodePort: shared.healthCheckNodePort,
    topologyMode: shared.topologyMode,
    isExternal,
    usesCluster: !shared.internalLocal || isExternal,
    usesLocal: shared.internalLocal || (shared.externalLocal && isExternal),
  };
}

/** `GetClusterIPByFamily` of k8s.io/kubernetes/pkg/proxy/util. */
function clusterIpOf(service: Service, family: AddressFamily): string | undefined {
  const { clusterIP, clusterIPs, ipFamilies } = service.spec;
  if (!ipFamilies || ipFamilies.length === 0) return addressText(clusterIP ?? '', family);
  const index = ipFamilies.indexOf(family === 'ip' ? 'IPv4' : 'IPv6');
  if (index < 0) return undefined;
  const text = clusterIPs?.[index] ?? (index === 0 ? clusterIP : undefined);
  return text ? (addressText(text, family) ?? parseAddress(text)?.text) : undefined;
}

/** `ExternalPolicyLocal` of k8s.io/kubernetes/pkg/api/service. */
function isExternalLocal(service: Service): boolean {
  const { externalTrafficPolicy, externalIPs, type = 'ClusterIP' } = service.spec;
  if (externalTrafficPolicy !== 'Local') return false;
  if (type === 'LoadBalancer' || type === 'NodePort') return true;
  return (externalIPs ?? []).length > 0;
}

const nothing: readonly string[] = [];

function loadBalancerIpsOf(
  service: Service,
  family: AddressFamily,
  features: KubeProxyFeatures,
): readonly string[] {
  const entries = service.status?.loadBalancer?.ingress;
  if (!entries || entries.length === 0) return nothing;
  const handled = entries.filter((entry) => !features.ingressIpMode || entry.ipMode !== 'Proxy');
  return addressesOf(
    handled.map((entry) => entry.ip ?? ''),
    family,
  );
}

function addressesOf(texts: Maybe<readonly string[]>, family: AddressFamily): readonly string[] {
  if (!texts || texts.length === 0) return nothing;
  return texts.map((text) => addressText(text, family)).filter((text) => text !== undefined);
}

function rangesOf(texts: Maybe<readonly string[]>, family: AddressFamily): readonly string[] {
  if (!texts || texts.length === 0) return nothing;
  const ranges = texts.map(parseCidr).filter((cidr) => cidr?.family === family);
  return ranges.map((cidr) => cidr?.text ?? '');
}

function topologyModeOf(annotations: Maybe<Readonly<Record<string, string>>>): string {
  const older = annotations?.['service.kubernetes.io/topology-aware-hints'];
  return older ?? annotations?.['service.kubernetes.io/topology-mode'] ?? '';
}
