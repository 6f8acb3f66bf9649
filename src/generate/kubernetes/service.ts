/** The fields of a v1 Service that rules are made from. */

import {
  type Check,
  flag,
  integer,
  listOf,
  type Maybe,
  objectWith,
  oneOf,
  optional,
  text,
  textWhere,
} from './check.ts';
import { isAddress } from './go-address.ts';
import { address, type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type IpFamilyName = 'IPv4' | 'IPv6';
export type TrafficPolicy = 'Cluster' | 'Local';

export interface ServicePortEntry {
  readonly name?: Maybe<string>;
  readonly port: number;
  /** TCP when absent. */
  readonly protocol?: Maybe<Protocol>;
  readonly nodePort?: Maybe<number>;
}

export interface ServiceSpec {
  readonly type?: Maybe<'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'>;
  readonly clusterIP?: Maybe<string>;
  readonly clusterIPs?: Maybe<readonly string[]>;
  readonly ipFamilies?: Maybe<readonly IpFamilyName[]>;
  readonly ports?: Maybe<readonly ServicePortEntry[]>;
  readonly externalIPs?: Maybe<readonly string[]>;
  readonly externalTrafficPolicy?: Maybe<TrafficPolicy | ''>;
  readonly internalTrafficPolicy?: Maybe<TrafficPolicy>;
  readonly trafficDistribution?: Maybe<string>;
  readonly sessionAffinity?: Maybe<'None' | 'ClientIP' | ''>;
  readonly sessionAffinityConfig?: Maybe<SessionAffinityConfig>;
  readonly loadBalancerSourceRanges?: Maybe<readonly string[]>;
  readonly healthCheckNodePort?: Maybe<number>;
  readonly publishNotReadyAddresses?: Maybe<boolean>;
}

export interface SessionAffinityConfig {
  readonly clientIP?: Maybe<{ readonly timeoutSeconds?: Maybe<number> }>;
}

export interface LoadBalancerIngress {
  readonly ip?: Maybe<string>;
  readonly hostname?: Maybe<string>;
  readonly ipMode?: Maybe<'VIP' | 'Proxy'>;
}

export interface ServiceStatus {
  readonly loadBalancer?: Maybe<{ readonly ingress?: Maybe<readonly LoadBalancerIngress[]> }>;
}

export interface Service {
  readonly metadata: ObjectMetadata;
  readonly spec: ServiceSpec;
  readonly status?: Maybe<ServiceStatus>;
}

const clusterAddress = textWhere(
  (value) => value === '' || value === 'None' || isAddress(value),
  'an IPv4 or IPv6 address or None',
);
const port = integer(1, 65535);
const protocol: Check<Protocol> = oneOf('TCP', 'UDP', 'SCTP');
const policy = oneOf('Cluster', 'Local', '');

const portEntry = objectWith<ServicePortEntry>({
  name: optional(text),
  port,
  protocol: optional(protocol),
  nodePort: optional(integer(0, 65535)),
});

const clientIp = objectWith<{ readonly timeoutSeconds?: Maybe<number> }>({
  timeoutSeconds: optional(integer(1, 86400)),
});

const spec = objectWith<ServiceSpec>({
  type: optional(oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName')),
  clusterIP: optional(clusterAddress),
  clusterIPs: optional(listOf(clusterAddress)),
  ipFamilies: optional(listOf(oneOf('IPv4', 'IPv6'))),
  ports: optional(listOf(portEntry)),
  externalIPs: optional(listOf(address)),
  externalTrafficPolicy: optional(policy),
  internalTrafficPolicy: optional(oneOf('Cluster', 'Local')),
  trafficDistribution: optional(text),
  sessionAffinity: optional(oneOf('None', 'ClientIP', '')),
  sessionAffinityConfig: optional(
    objectWith<SessionAffinityConfig>({ clientIP: optional(clientIp) }),
  ),
  loadBalancerSourceRanges: optional(listOf(text)),
  healthCheckNodePort: optional(integer(0, 65535)),
  publishNotReadyAddresses: optional(flag),
});

const ingress = objectWith<LoadBalancerIngress>({
  ip: optional(text),
  hostname: optional(text),
  ipMode: optional(oneOf('VIP', 'Proxy')),
});

export const serviceKind: ObjectKind<Service> = {
  group: '',
  kind: 'Service',
  check: objectWith<Service>({
    metadata: objectMetadata,
    spec,
    status: optional(
      objectWith<ServiceStatus>({
        loadBalancer: optional(
          objectWith<{ readonly ingress?: Maybe<readonly LoadBalancerIngress[]> }>({
            ingress: optional(listOf(ingress)),
          }),
        ),
      }),
    ),
  }),
};
