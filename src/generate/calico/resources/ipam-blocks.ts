/** IPAM blocks as node facts: which addresses Calico gave to the tunnel devices of which node. */

import {
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  parsePrefix,
} from '../../../base/address.ts';
import {
  type Check,
  flag,
  integer,
  listOf,
  type Maybe,
  mapOf,
  objectWith,
  optional,
  text,
} from '../../kubernetes/check.ts';
import { cidr, type ObjectMetadata, objectMetadata } from '../../kubernetes/metadata.ts';

interface BlockAttribute {
  readonly handle_id?: Maybe<string>;
  /** Who has the address: `node` and `type` for tunnels, `pod` and `namespace` for workloads. */
  readonly secondary?: Maybe<Readonly<Record<string, string>>>;
}

interface IpamBlockSpec {
  readonly cidr: string;
  /** `host:NODE` when the block belongs to one node. */
  readonly affinity?: Maybe<string>;
  /** One entry per address of the block: the index of its attribute, or null when it is free. */
  readonly allocations: readonly Maybe<number>[];
  readonly attributes: readonly BlockAttribute[];
  readonly deleted?: Maybe<boolean>;
}

export interface IpamBlock {
  readonly metadata: ObjectMetadata;
  readonly spec: IpamBlockSpec;
}

const ipamBlock: Check<IpamBlock> = objectWith<IpamBlock>({
  metadata: objectMetadata,
  spec: objectWith<IpamBlockSpec>({
    cidr,
    affinity: optional(text),
    allocations: listOf(optional(integer(0, Number.MAX_SAFE_INTEGER))),
    attributes: listOf(
      objectWith<BlockAttribute>({ handle_id: optional(text), secondary: optional(mapOf(text)) }),
    ),
    deleted: optional(flag),
  }),
});

/** crd.projectcalico.org/v1; calicoctl prints blocks in the same form. */
export const ipamBlockKind = { kind: 'IPAMBlock', check: ipamBlock };

export interface TunnelAddresses {
  readonly ipip?: string;
  readonly vxlan?: string;
  readonly vxlanV6?: string;
}

/** libcalico-go 3.30, `IPAMBlockAttributeType…`; addresses of WireGuard devices make no rules. */
const tunnelTypes: Readonly<Record<string, keyof TunnelAddresses>> = {
  ipipTunnelAddress: 'ipip',
  vxlanTunnelAddress: 'vxlan',
  vxlanV6TunnelAddress: 'vxlanV6',
};

function addressAt(network: string, offset: number): string | undefined {
  const prefix = parsePrefix(network);
  if (prefix === undefined) return undefined;
  const family = prefix.address.length === 4 ? 4 : 6;
  return formatAddress(addressFromBigInt(addressToBigInt(prefix.address) + BigInt(offset), family));
}

/** Tunnel addresses by node; of several for one device the first in the blocks' order counts. */
export function tunnelAddresses(
  blocks: readonly IpamBlock[],
): ReadonlyMap<string, TunnelAddresses> {
  const found = new Map<string, TunnelAddresses>();
  for (const { spec } of blocks) {
    if (spec.deleted === true) continue;
    for (const [offset, index] of spec.allocations.entries()) {
      const owner = spec.attributes[index ?? -1]?.secondary;
      const device = tunnelTypes[owner?.type ?? ''];
      const node = owner?.node;
      const address = addressAt(spec.cidr, offset);
      if (device === undefined || node === undefined || address === undefined) continue;
      found.set(node, { [device]: address, ...found.get(node) });
    }
  }
  return found;
}
