/** The fields of a v1 Pod that rules are made from: labels, addresses, named ports, node. */

import { flag, integer, listOf, type Maybe, objectWith, oneOf, optional, text } from './check.ts';
import { type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';
import type { Protocol } from './service.ts';

export interface ContainerPort {
  readonly name?: Maybe<string>;
  readonly containerPort: number;
  readonly hostPort?: Maybe<number>;
  readonly protocol?: Maybe<Protocol>;
}

export interface Container {
  readonly name: string;
  readonly ports?: Maybe<readonly ContainerPort[]>;
}

export interface PodSpec {
  readonly nodeName?: Maybe<string>;
  readonly hostNetwork?: Maybe<boolean>;
  readonly serviceAccountName?: Maybe<string>;
  readonly containers?: Maybe<readonly Container[]>;
  readonly initContainers?: Maybe<readonly Container[]>;
}

export interface PodStatus {
  readonly phase?: Maybe<string>;
  readonly podIP?: Maybe<string>;
  readonly podIPs?: Maybe<readonly { readonly ip: string }[]>;
}

export interface Pod {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<PodSpec>;
  readonly status?: Maybe<PodStatus>;
}

const container = objectWith<Container>({
  name: text,
  ports: optional(
    listOf(
      objectWith<ContainerPort>({
        name: optional(text),
        containerPort: integer(1, 65535),
        hostPort: optional(integer(0, 65535)),
        protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
      }),
    ),
  ),
});

export const podKind: ObjectKind<Pod> = {
  group: '',
  kind: 'Pod',
  check: objectWith<Pod>({
    metadata: objectMetadata,
    spec: optional(
      objectWith<PodSpec>({
        nodeName: optional(text),
        hostNetwork: optional(flag),
        serviceAccountName: optional(text),
        containers: optional(listOf(container)),
        initContainers: optional(listOf(container)),
      }),
    ),
    status: optional(
      objectWith<PodStatus>({
        phase: optional(text),
        podIP: optional(text),
        podIPs: optional(listOf(objectWith<{ readonly ip: string }>({ ip: text }))),
      }),
    ),
  }),
};
