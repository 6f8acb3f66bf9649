/** Clusters of Services with their EndpointSlices, and the objects by themselves. */

import fc from 'fast-check';
import type { EndpointSlice, SliceEndpoint } from '../../generate/kubernetes/endpoint-slice.ts';
import type { Service, ServiceSpec } from '../../generate/kubernetes/service.ts';

/** A Service of namespace `ns` with one port, 80. */
export function service(name: string, spec: ServiceSpec, ingress: readonly string[] = []): Service {
  return {
    metadata: { namespace: 'ns', name },
    spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
    status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } },
  };
}

/** Its EndpointSlice, which serves port 8080. */
export function slice(name: string, endpoints: readonly SliceEndpoint[]): EndpointSlice {
  return {
    metadata: {
      namespace: 'ns',
      name: `${name}-1`,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints,
  };
}

const endpoint = (index: number): fc.Arbitrary<SliceEndpoint> =>
  fc.record({
    addresses: fc.constant([`10.180.${index >> 8}.${index & 255}`]),
    nodeName: fc.constantFrom('node-1', 'node-2'),
    conditions: fc.constantFrom(
      { ready: true, serving: true, terminating: false },
      { ready: false, serving: true, terminating: true },
      { ready: false, serving: false, terminating: false },
    ),
  });

/** A service with number `index`, so that addresses never meet, and its slice. */
function serviceWithSlice(index: number): fc.Arbitrary<readonly [Service, EndpointSlice]> {
  const name = `svc${index}`;
  const policy = fc.constantFrom('Cluster' as const, 'Local' as const);
  const spec = fc.record({
    type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
    clusterIP: fc.constant(`172.30.0.${index + 1}`),
    ports: fc.constantFrom(
      [{ name: 'http', port: 80, protocol: 'TCP' as const }],
      [{ name: 'http', port: 80, protocol: 'TCP' as const, nodePort: 30000 + index }],
    ),
    externalIPs: fc.constantFrom([], [`192.168.99.${index + 1}`]),
    externalTrafficPolicy: policy,
    internalTrafficPolicy: policy,
    sessionAffinity: fc.constantFrom('None' as const, 'ClientIP' as const),
    loadBalancerSourceRanges: fc.constantFrom([], ['203.0.113.0/25'], ['192.168.0.0/24']),
  });
  const addresses = fc.constantFrom([], [`1.2.3.${index + 1}`]);
  const endpoints = fc
    .integer({ min: 0, max: 5 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, place) => endpoint(index * 8 + place))),
    );
  return fc
    .tuple(spec, addresses, endpoints)
    .map(([chosen, ingress, chosenEndpoints]) => [
      service(name, chosen, ingress),
      slice(name, chosenEndpoints),
    ]);
}

export interface ServiceCluster {
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
}

/** Up to `most` services, each present or not, so that two clusters share some. */
export function serviceClusters(most: number): fc.Arbitrary<ServiceCluster> {
  const slots = Array.from({ length: most }, (_, index) =>
    fc.option(serviceWithSlice(index), { nil: undefined }),
  );
  return fc.tuple(...slots).map((chosen) => {
    const present = chosen.filter((pair) => pair !== undefined);
    return {
      services: present.map(([one]) => one),
      endpointSlices: present.map(([, two]) => two),
    };
  });
}
