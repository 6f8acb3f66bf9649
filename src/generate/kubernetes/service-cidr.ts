/** A networking.k8s.io ServiceCIDR: the ranges cluster IPs are allocated from (v1 since 1.33). */

import { listOf, type Maybe, objectWith, optional } from './check.ts';
import { cidr, type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';

export interface ServiceCidr {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<{ readonly cidrs?: Maybe<readonly string[]> }>;
}

export const serviceCidrKind: ObjectKind<ServiceCidr> = {
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  check: objectWith<ServiceCidr>({
    metadata: objectMetadata,
    spec: optional(
      objectWith<{ readonly cidrs?: Maybe<readonly string[]> }>({ cidrs: optional(listOf(cidr)) }),
    ),
  }),
};
