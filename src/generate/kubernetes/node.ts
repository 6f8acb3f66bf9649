/** The fields of a v1 Node that rules are made from. */

import { listOf, type Maybe, objectWith, optional, text } from './check.ts';
import { cidr, type ObjectMetadata, objectMetadata } from './metadata.ts';
import type { ObjectKind } from './objects.ts';

export interface NodeAddress {
  /** InternalIP, ExternalIP, Hostname, … */
  readonly type: string;
  readonly address: string;
}

export interface NodeSpec {
  readonly podCIDR?: Maybe<string>;
  readonly podCIDRs?: Maybe<readonly string[]>;
}

export interface NodeSystemInfo {
  readonly kubeletVersion?: Maybe<string>;
  readonly kubeProxyVersion?: Maybe<string>;
}

export interface NodeStatus {
  readonly addresses?: Maybe<readonly NodeAddress[]>;
  readonly nodeInfo?: Maybe<NodeSystemInfo>;
}

export interface Node {
  readonly metadata: ObjectMetadata;
  readonly spec?: Maybe<NodeSpec>;
  readonly status?: Maybe<NodeStatus>;
}

export const nodeKind: ObjectKind<Node> = {
  group: '',
  kind: 'Node',
  check: objectWith<Node>({
    metadata: objectMetadata,
    spec: optional(
      objectWith<NodeSpec>({ podCIDR: optional(cidr), podCIDRs: optional(listOf(cidr)) }),
    ),
    status: optional(
      objectWith<NodeStatus>({
        addresses: optional(listOf(objectWith<NodeAddress>({ type: text, address: text }))),
        nodeInfo: optional(
          objectWith<NodeSystemInfo>({
            kubeletVersion: optional(text),
            kubeProxyVersion: optional(text),
          }),
        ),
      }),
    ),
  }),
};
