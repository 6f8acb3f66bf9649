/** The fields of a discovery.k8s.io/v1 EndpointSlice that rules are made from. */

import { flag, integer, listOf, type Maybe, objectWith, oneOf, optional, text } from './check.ts';
import { type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';
import type { Protocol } from './service.ts';

export interface EndpointConditions {
  readonly ready?: Maybe<boolean>;
  readonly serving?: Maybe<boolean>;
  readonly terminating?: Maybe<boolean>;
}

export interface EndpointHints {
  readonly forZones?: Maybe<readonly { readonly name: string }[]>;
  readonly forNodes?: Maybe<readonly { readonly name: string }[]>;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: Maybe<EndpointConditions>;
  readonly hints?: Maybe<EndpointHints>;
  readonly nodeName?: Maybe<string>;
  readonly zone?: Maybe<string>;
}

export interface SlicePort {
  readonly name?: Maybe<string>;
  readonly port?: Maybe<number>;
  /** TCP when absent. */
  readonly protocol?: Maybe<Protocol>;
}

export interface EndpointSlice {
  readonly metadata: ObjectMetadata;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints?: Maybe<readonly SliceEndpoint[]>;
  readonly ports?: Maybe<readonly SlicePort[]>;
}

const named = objectWith<{ readonly name: string }>({ name: text });

const endpoint = objectWith<SliceEndpoint>({
  addresses: listOf(text),
  conditions: optional(
    objectWith<EndpointConditions>({
      ready: optional(flag),
      serving: optional(flag),
      terminating: optional(flag),
    }),
  ),
  hints: optional(
    objectWith<EndpointHints>({
      forZones: optional(listOf(named)),
      forNodes: optional(listOf(named)),
    }),
  ),
  nodeName: optional(text),
  zone: optional(text),
});

const port = objectWith<SlicePort>({
  name: optional(text),
  port: optional(integer(0, 65535)),
  protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
});

export const endpointSliceKind: ObjectKind<EndpointSlice> = {
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  check: objectWith<EndpointSlice>({
    metadata: objectMetadata,
    addressType: oneOf('IPv4', 'IPv6', 'FQDN'),
    endpoints: optional(listOf(endpoint)),
    ports: optional(listOf(port)),
  }),
};
