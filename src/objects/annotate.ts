/** Builds the names that a trace report shows from the objects of a snapshot. */

import type { CalicoExplainer } from '../generate/calico/explain.ts';
import type { RawObject } from '../generate/kubernetes/objects.ts';
import type { Annotator } from '../report/annotator.ts';
import { ownerOf } from './owners.ts';
import { serviceNames } from './service-names.ts';

/** kube-proxy's nftables mode says in the chain's name what it is for: `service-HASH-ns/name/tcp/port`. */
const nftChain = /^(service|endpoint|external|firewall)-[A-Z2-7]{8}-(.+)$/;

function nftChainName(name: string): string | undefined {
  const match = nftChain.exec(name);
  return match === null ? undefined : `${match[1]} ${match[2]}`;
}

function ownedChain(name: string): string | undefined {
  const owner = ownerOf({ table: '', chain: name });
  return owner === undefined ? undefined : `${owner}`;
}

const meaningOfMark = (names: readonly { readonly meaning: string }[]) =>
  names.length === 0 ? undefined : names.map(({ meaning }) => meaning).join('; ');

/**
 * Names from cluster objects; what they do not name is told by its writer's conventions.
 * @param calico what Felix would program from the objects, where Calico's chains are in the rules
 */
export function buildAnnotator(objects: readonly RawObject[], calico?: CalicoExplainer): Annotator {
  const names = serviceNames(objects);
  return {
    owner: ownerOf,
    chain: (name, table) =>
      names.chains.get(name) ??
      calico?.chain(name, table)?.text ??
      nftChainName(name) ??
      ownedChain(name),
    rule: ({ chain, table }, index) => calico?.rule(chain, index, table)?.text || undefined,
    mark: (bits) => meaningOfMark(calico?.mark(bits) ?? []),
    address: (address) => names.addresses.get(address),
    logPrefix: (prefix) => calico?.logPrefix(prefix)?.text,
  };
}
