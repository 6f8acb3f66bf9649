/** Services joined with their endpoints, and what is remembered of a run so that the next one is cheap. */

import type { EndpointSlice } from '../kubernetes/endpoint-slice.ts';
import type { Service } from '../kubernetes/service.ts';
import { type Endpoint, endpointPortKey, endpointsOf, serviceNameLabel } from './endpoints.ts';
import { type ServicePort, servicePortsOf } from './service-ports.ts';
import type { KubeProxyNode, KubeProxySettings } from './settings.ts';

export interface ServicePortWithEndpoints {
  readonly port: ServicePort;
  /** All endpoints of the service port, usable or not. */
  readonly endpoints: readonly Endpoint[];
}

/** One Service with its slices; the same object again in the next run as long as its inputs are the same objects. */
export interface ServiceWithEndpoints {
  readonly key: string;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly ports: readonly ServicePortWithEndpoints[];
  readonly endpointCount: number;
}

export interface Cluster {
  /** Sorted by `NAMESPACE/NAME`, so that output does not depend on the order of the input. */
  readonly services: readonly ServiceWithEndpoints[];
  readonly byKey: ReadonlyMap<string, ServiceWithEndpoints>;
  readonly endpointCount: number;
}

const noSlices: readonly EndpointSlice[] = [];

/** `previous` must come from the same settings and node. */
export function clusterOf(
  services: readonly Service[],
  endpointSlices: readonly EndpointSlice[],
  settings: KubeProxySettings,
  node: KubeProxyNode,
  previous?: Cluster,
): Cluster {
  const slicesByKey = groupSlices(endpointSlices);
  const byKey = new Map<string, ServiceWithEndpoints>();
  for (const service of services) {
    const key = serviceKey(service);
    const slices = slicesByKey.get(key) ?? noSlices;
    const known = previous?.byKey.get(key);
    const unchanged = known?.service === service && sameMembers(known.slices, slices);
    byKey.set(key, unchanged ? known : joined(key, service, slices, settings, node));
  }
  const sorted = inPreviousOrder(byKey, previous) ?? sortByKey([...byKey.values()]);
  let endpointCount = 0;
  for (const service of sorted) endpointCount += service.endpointCount;
  return { services: sorted, byKey, endpointCount };
}

const serviceKeys = new WeakMap<Service, string>();
const sliceKeys = new WeakMap<EndpointSlice, string>();

function serviceKey(service: Service): string {
  let key = serviceKeys.get(service);
  if (key === undefined) {
    key = `${service.metadata.namespace ?? 'default'}/${service.metadata.name}`;
    serviceKeys.set(service, key);
  }
  return key;
}

/** Empty for a slice that belongs to no service. */
function sliceServiceKey(slice: EndpointSlice): string {
  let key = sliceKeys.get(slice);
  if (key === undefined) {
    const name = slice.metadata.labels?.[serviceNameLabel];
    key = name ? `${slice.metadata.namespace ?? 'default'}/${name}` : '';
    sliceKeys.set(slice, key);
  }
  return key;
}

function groupSlices(slices: readonly EndpointSlice[]): ReadonlyMap<string, EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = sliceServiceKey(slice);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [slice]);
    else group.push(slice);
  }
  groups.delete('');
  return groups;
}

function sameMembers<Item>(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

function joined(
  key: string,
  service: Service,
  slices: readonly EndpointSlice[],
  settings: KubeProxySettings,
  node: KubeProxyNode,
): ServiceWithEndpoints {
  const servicePorts = servicePortsOf(service, settings.family, settings.features);
  const byPort =
    servicePorts.length > 0 ? endpointsOf(slices, settings.family, node.name) : new Map();
  const ports = servicePorts.map((port) => ({
    port,
    endpoints: byPort.get(endpointPortKey(port.portName, port.protocol)) ?? [],
  }));
  let endpointCount = 0;
  for (const { endpoints } of ports) endpointCount += endpoints.length;
  return { key, service, slices, ports, endpointCount };
}

/** The order of the previous run, when the same services are there: sorting is what costs. */
function inPreviousOrder(
  byKey: ReadonlyMap<string, ServiceWithEndpoints>,
  previous: Cluster | undefined,
): readonly ServiceWithEndpoints[] | undefined {
  if (previous === undefined || previous.services.length !== byKey.size) return undefined;
  const ordered: ServiceWithEndpoints[] = [];
  for (const { key } of previous.services) {
    const service = byKey.get(key);
    if (service === undefined) return undefined;
    ordered.push(service);
  }
  return ordered;
}

function sortByKey(services: ServiceWithEndpoints[]): readonly ServiceWithEndpoints[] {
  return services.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}
