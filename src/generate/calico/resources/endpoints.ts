/** Workloads, hosts and network sets of the cluster with the labels that selectors look at. */

import { parseAddress } from '../../kubernetes/go-address.ts';
import type { ObjectMetadata } from '../../kubernetes/metadata.ts';
import type { Pod } from '../../kubernetes/pod.ts';
import { workloadInterfaceName } from '../names.ts';
import type { Labels } from '../selectors/selector.ts';
import { networkText } from './backend-rule.ts';
import {
  namespaceLabel,
  namespaceLabelPrefix,
  serviceAccountLabel,
  serviceAccountLabelPrefix,
} from './entity-selector.ts';
import type { HostEndpointSpec, NetworkSetSpec, WorkloadEndpointSpec } from './kinds.ts';
import { annotatedLimits, givenLimits, type WorkloadLimits } from './qos.ts';

export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** Something that selectors can select and that has addresses. */
export interface LabelledEndpoint {
  readonly labels: Labels;
  /** Networks with a length, masked. */
  readonly networks: readonly string[];
  readonly ports: readonly NamedPort[];
}

export interface WorkloadObject extends LabelledEndpoint {
  readonly title: string;
  readonly node: string;
  readonly interface: string;
  readonly profiles: readonly string[];
  readonly allowedSources: readonly string[];
  /** Floating IPs: external to internal address. */
  readonly floating: readonly (readonly [external: string, internal: string])[];
  readonly limits: WorkloadLimits;
}

export interface HostObject extends LabelledEndpoint {
  readonly name: string;
  readonly node: string;
  readonly interface: string;
  readonly profiles: readonly string[];
}

export type LabelMap = Readonly<Record<string, string>>;

/** Labels that profiles give to their endpoints, by profile name. */
export type ProfileLabels = ReadonlyMap<string, LabelMap>;

export function namespaceProfile(namespace: string): string {
  return `kns.${namespace}`;
}

export function serviceAccountProfile(namespace: string, name: string): string {
  return `ksa.${namespace}.${name}`;
}

function prefixed(labels: LabelMap, prefix: string): LabelMap {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
}

export function namespaceProfileLabels({ name, labels }: ObjectMetadata): LabelMap {
  return prefixed({ ...labels, 'projectcalico.org/name': name }, namespaceLabelPrefix);
}

export function serviceAccountProfileLabels({ name, labels }: ObjectMetadata): LabelMap {
  return prefixed({ ...labels, 'projectcalico.org/name': name }, serviceAccountLabelPrefix);
}

/** Own labels win over inherited ones, an earlier profile over a later one. */
export function withInherited(
  own: LabelMap,
  profiles: readonly string[],
  profileLabels: ProfileLabels,
): Labels {
  const labels = new Map(Object.entries(own));
  for (const profile of profiles) {
    for (const [key, value] of Object.entries(profileLabels.get(profile) ?? {})) {
      if (!labels.has(key)) labels.set(key, value);
    }
  }
  return labels;
}

const longestLabel = 63;

function podLabels(pod: Pod, namespace: string, serviceAccount: string): LabelMap {
  const account = serviceAccount !== '' && serviceAccount.length < longestLabel;
  return {
    ...pod.metadata.labels,
    [namespaceLabel]: namespace,
    'projectcalico.org/orchestrator': 'k8s',
    ...(account ? { [serviceAccountLabel]: serviceAccount } : {}),
  };
}

function podAddresses({ metadata, status }: Pod): readonly string[] {
  const annotated = metadata.annotations?.['cni.projectcalico.org/podIPs'] ?? '';
  const listed = (status?.podIPs ?? []).map(({ ip }) => ip);
  const single = status?.podIP ? [status.podIP] : [];
  const all = listed.length > 0 ? listed : single;
  return (all.length > 0 ? all : annotated.split(',')).flatMap((text) => networkText(text) ?? []);
}

function podPorts(pod: Pod): readonly NamedPort[] {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return containers.flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ name, containerPort, protocol }) =>
      name ? [{ name, protocol: (protocol ?? 'TCP').toLowerCase(), port: containerPort }] : [],
    ),
  );
}

/** Does the pod have an interface of its own and addresses that count? */
export function isNetworked(pod: Pod): boolean {
  const phase = pod.status?.phase ?? '';
  const finished = phase === 'Succeeded' || phase === 'Failed';
  return pod.spec?.hostNetwork !== true && !finished && Boolean(pod.spec?.nodeName);
}

export function podWorkload(
  pod: Pod,
  prefix: string,
  profileLabels: ProfileLabels,
): WorkloadObject {
  const namespace = pod.metadata.namespace ?? 'default';
  const serviceAccount = pod.spec?.serviceAccountName ?? '';
  const profiles = [
    namespaceProfile(namespace),
    ...(serviceAccount === '' ? [] : [serviceAccountProfile(namespace, serviceAccount)]),
  ];
  const own = podLabels(pod, namespace, serviceAccount);
  return {
    title: `${namespace}/${pod.metadata.name}`,
    node: pod.spec?.nodeName ?? '',
    interface: workloadInterfaceName(prefix, namespace, pod.metadata.name),
    profiles,
    labels: withInherited(own, profiles, profileLabels),
    networks: podAddresses(pod),
    ports: podPorts(pod),
    allowedSources: allowedSources(pod.metadata),
    floating: floatingAddresses(pod),
    limits: annotatedLimits(pod.metadata.annotations ?? {}),
  };
}

function annotationList(metadata: ObjectMetadata, name: string): readonly string[] {
  const text = metadata.annotations?.[`cni.projectcalico.org/${name}`];
  return text === undefined ? [] : [...text.matchAll(/"([^"]+)"/g)].map(([, item = '']) => item);
}

function allowedSources(metadata: ObjectMetadata): readonly string[] {
  return annotationList(metadata, 'allowedSourcePrefixes');
}

function floatingAddresses(pod: Pod): WorkloadObject['floating'] {
  const internal = podAddresses(pod).map((network) => network.split('/')[0] ?? '');
  return annotationList(pod.metadata, 'floatingIPs').flatMap((external) => {
    const family = parseAddress(external)?.family;
    const target = internal.find((address) => parseAddress(address)?.family === family);
    return target === undefined ? [] : [[external, target] as const];
  });
}

interface Described<Spec> {
  readonly metadata: ObjectMetadata;
  readonly spec?: Spec | null | undefined;
}

export function workloadEndpoint(
  { metadata, spec }: Described<WorkloadEndpointSpec>,
  prefix: string,
  profileLabels: ProfileLabels,
): WorkloadObject {
  const namespace = metadata.namespace ?? 'default';
  const name = spec?.pod ?? spec?.workload ?? metadata.name;
  const profiles = spec?.profiles ?? [];
  const own: LabelMap = {
    ...metadata.labels,
    [namespaceLabel]: namespace,
    ...(spec?.orchestrator ? { 'projectcalico.org/orchestrator': spec.orchestrator } : {}),
  };
  return {
    title: `${namespace}/${name}`,
    node: spec?.node ?? '',
    interface: spec?.interfaceName ?? workloadInterfaceName(prefix, namespace, name),
    profiles,
    labels: withInherited(own, profiles, profileLabels),
    networks: (spec?.ipNetworks ?? []).flatMap((text) => networkText(text) ?? []),
    ports: namedPorts(spec?.ports),
    allowedSources: spec?.allowSpoofedSourcePrefixes ?? [],
    floating: (spec?.ipNATs ?? []).map(({ externalIP, internalIP }) => [externalIP, internalIP]),
    limits: givenLimits(spec?.qosControls),
  };
}

function namedPorts(ports: HostEndpointSpec['ports']): readonly NamedPort[] {
  return (ports ?? []).flatMap(({ name, port, protocol }) =>
    name ? [{ name, protocol: `${protocol ?? 'tcp'}`.toLowerCase(), port }] : [],
  );
}

export function hostEndpoint(
  { metadata, spec }: Described<HostEndpointSpec>,
  profileLabels: ProfileLabels,
): HostObject {
  const profiles = spec?.profiles ?? [];
  return {
    name: metadata.name,
    node: spec?.node ?? '',
    interface: spec?.interfaceName ?? '',
    profiles,
    labels: withInherited(metadata.labels ?? {}, profiles, profileLabels),
    networks: (spec?.expectedIPs ?? []).flatMap((text) => networkText(text) ?? []),
    ports: namedPorts(spec?.ports),
  };
}

/** A namespaced set has the labels of its namespace too. */
export function networkSet(
  { metadata, spec }: Described<NetworkSetSpec>,
  profileLabels: ProfileLabels,
): LabelledEndpoint {
  const { namespace } = metadata;
  const own: LabelMap = {
    ...metadata.labels,
    ...(namespace ? { [namespaceLabel]: namespace } : {}),
  };
  const profiles = namespace ? [namespaceProfile(namespace)] : [];
  return {
    labels: withInherited(own, profiles, profileLabels),
    networks: (spec?.nets ?? []).flatMap((text) => networkText(text) ?? []),
    ports: [],
  };
}
