/** Services joined with their endpoints, and what is remembered of a run so that the next one is cheap. */

import type { EndpointSlice } from '../kubernetes/endpoint-slice.ts';
import type { Service } from '../kubernetes/service.ts';
import { changedItems } from './changed-items.ts';
import {
  type Endpoint,
  type EndpointsByPort,
  endpointPortKey,
  endpointsOf,
  serviceNameLabel,
} from './endpoints.ts';
import { type ServicePort, servicePortsOf } from './service-ports.ts';
import type { KubeProxyNode, KubeProxySettings } from './settings.ts';

export interface ServicePortWithEndpoints {
  readonly port: ServicePort;
  /** All endpoints of the service port, usable or not. */
  readonly endpoints: readonly Endpoint[];
}

/** One Service with its slices; the same object again in the next run as long as its inputs are the same objects. */
export interface ServiceWithEndpoints {
  /** `NAMESPACE/NAME`. */
  readonly key: string;
  readonly service: Service;
  readonly ports: readonly ServicePortWithEndpoints[];
  readonly endpointCount: number;
}

export interface Cluster {
  /** Sorted by key, so that output does not depend on the order of the input. */
  readonly services: readonly ServiceWithEndpoints[];
  readonly byKey: ReadonlyMap<string, ServiceWithEndpoints>;
  readonly endpointCount: number;
  readonly inputs: ClusterInputs;
  readonly slicesByKey: ReadonlyMap<string, readonly EndpointSlice[]>;
}

export interface ClusterInputs {
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
}

/** `previous` must come from the same settings and node. */
export function clusterOf(
  services: readonly Service[],
  endpointSlices: readonly EndpointSlice[],
  settings: KubeProxySettings,
  node: KubeProxyNode,
  previous?: Cluster,
): Cluster {
  const inputs = { services, endpointSlices };
  const join: Join = (key, service, slices) => joined(key, service, slices, settings, node);
  return previous === undefined
    ? wholeCluster(inputs, join)
    : changedCluster(inputs, join, previous);
}

type Join = (
  key: string,
  service: Service,
  slices: readonly EndpointSlice[],
) => ServiceWithEndpoints;

const noSlices: readonly EndpointSlice[] = [];

function wholeCluster(inputs: ClusterInputs, join: Join): Cluster {
  const slicesByKey = groupSlices(inputs.endpointSlices);
  const byKey = new Map<string, ServiceWithEndpoints>();
  for (const service of inputs.services) {
    const key = serviceKey(service);
    byKey.set(key, join(key, service, slicesByKey.get(key) ?? noSlices));
  }
  const sorted = [...byKey.values()].sort(compareKeys);
  let endpointCount = 0;
  for (const service of sorted) endpointCount += service.endpointCount;
  return { services: sorted, byKey, endpointCount, inputs, slicesByKey };
}

/** Joins only services that changed or whose slices did. */
function changedCluster(inputs: ClusterInputs, join: Join, previous: Cluster): Cluster {
  const services = changedItems(previous.inputs.services, inputs.services);
  const slices = changedItems(previous.inputs.endpointSlices, inputs.endpointSlices);
  const slicesByKey = regrouped(previous.slicesByKey, slices.removed, slices.added);
  const byKey = new Map(previous.byKey);
  const serviceOf = new Map<string, Service>();
  const keys = new Set<string>([...slices.removed, ...slices.added].map(sliceServiceKey));
  for (const service of services.removed) {
    keys.add(serviceKey(service));
    byKey.delete(serviceKey(service));
  }
  for (const service of services.added) {
    keys.add(serviceKey(service));
    serviceOf.set(serviceKey(service), service);
  }
  for (const key of keys) {
    const service = serviceOf.get(key) ?? byKey.get(key)?.service;
    if (service !== undefined) byKey.set(key, join(key, service, slicesByKey.get(key) ?? noSlices));
  }
  return { ...mergedServices(previous, byKey, keys), byKey, inputs, slicesByKey };
}

/** The sorted services with those of the changed keys replaced, put in or left out. */
function mergedServices(
  previous: Cluster,
  byKey: ReadonlyMap<string, ServiceWithEndpoints>,
  keys: ReadonlySet<string>,
): Pick<Cluster, 'services' | 'endpointCount'> {
  let { endpointCount } = previous;
  const services: ServiceWithEndpoints[] = [];
  const fresh = new Set<ServiceWithEndpoints>();
  for (const key of keys) {
    const service = byKey.get(key);
    if (service !== undefined) fresh.add(service);
  }
  for (const service of fresh) endpointCount += service.endpointCount;
  for (const service of previous.services) {
    if (!keys.has(service.key)) {
      services.push(service);
      continue;
    }
    endpointCount -= service.endpointCount;
    const now = byKey.get(service.key);
    if (now !== undefined && fresh.delete(now)) services.push(now);
  }
  if (fresh.size > 0) services.push(...fresh);
  return { services: fresh.size > 0 ? services.sort(compareKeys) : services, endpointCount };
}

function serviceKey({ metadata }: Service): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}

/** Empty for a slice that belongs to no service. */
function sliceServiceKey({ metadata }: EndpointSlice): string {
  const name = metadata.labels?.[serviceNameLabel];
  return name ? `${metadata.namespace ?? 'default'}/${name}` : '';
}

function groupSlices(
  slices: readonly EndpointSlice[],
): ReadonlyMap<string, readonly EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = sliceServiceKey(slice);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  return groups;
}

function regrouped(
  groups: ReadonlyMap<string, readonly EndpointSlice[]>,
  removed: readonly EndpointSlice[],
  added: readonly EndpointSlice[],
): ReadonlyMap<string, readonly EndpointSlice[]> {
  if (removed.length === 0 && added.length === 0) return groups;
  const gone = new Set(removed);
  const result = new Map(groups);
  for (const key of new Set(removed.map(sliceServiceKey))) {
    result.set(
      key,
      (groups.get(key) ?? noSlices).filter((slice) => !gone.has(slice)),
    );
  }
  for (const slice of added) {
    const key = sliceServiceKey(slice);
    result.set(key, [...(result.get(key) ?? noSlices), slice]);
  }
  return result;
}

const noEndpoints: EndpointsByPort = new Map();
const none: readonly Endpoint[] = [];

function joined(
  key: string,
  service: Service,
  slices: readonly EndpointSlice[],
  settings: KubeProxySettings,
  node: KubeProxyNode,
): ServiceWithEndpoints {
  const servicePorts = servicePortsOf(service, settings.family, settings.features);
  const byPort =
    servicePorts.length > 0 ? endpointsOf(slices, settings.family, node.name) : noEndpoints;
  let endpointCount = 0;
  const ports = servicePorts.map((port): ServicePortWithEndpoints => {
    const endpoints = byPort.get(endpointPortKey(port.portName, port.protocol)) ?? none;
    endpointCount += endpoints.length;
    return { port, endpoints };
  });
  return { key, service, ports, endpointCount };
}

function compareKeys(left: ServiceWithEndpoints, right: ServiceWithEndpoints): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}
