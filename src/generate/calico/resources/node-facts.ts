/** What pools and nodes say about tunnels, and the sets of hosts and pools that rules refer to. */

import { networkVersion } from '../chains/rule-version.ts';
import type { RendererConfig } from '../config.ts';
import type { FelixIpSet } from '../model.ts';
import type { IpVersion } from '../rules/match.ts';
import { networkText } from './backend-rule.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { externalNodes, type Settings } from './felix-configuration.ts';
import { memberText } from './ip-set-members.ts';
import { tunnelAddresses } from './ipam-blocks.ts';

/** One node's addresses, from Kubernetes' annotations, Calico's own object and the IPAM blocks. */
export interface NodeFacts {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Does anything say what Calico assigned on the node? If not, missing addresses mean nothing. */
  readonly assigned: boolean;
  readonly ipipAddress: string;
  readonly vxlanAddress: string;
  readonly vxlanV6Address: string;
}

const bare = (address: string): string => address.split('/')[0] ?? '';

/** Facts of every node that is known from any side; Calico's own object wins, blocks fill what it lacks. */
export function nodeFacts(objects: ClusterObjects): readonly NodeFacts[] {
  const { nodes, calicoNodes } = objects;
  const tunnels = tunnelAddresses(objects.ipamBlocks);
  const names = new Set([
    ...[...nodes, ...calicoNodes].map(({ metadata }) => metadata.name),
    ...tunnels.keys(),
  ]);
  return [...names].map((name) => {
    const tunnel = tunnels.get(name);
    const node = nodes.find(({ metadata }) => metadata.name === name);
    const calico = calicoNodes.find(({ metadata }) => metadata.name === name)?.spec;
    const annotation = (key: string): string =>
      node?.metadata.annotations?.[`projectcalico.org/${key}`] ?? '';
    const assigned = (key: string, allocated = ''): string => annotation(key) || allocated;
    const internal = (node?.status?.addresses ?? [])
      .filter(({ type }) => type === 'InternalIP')
      .map(({ address }) => address);
    const own = [
      calico?.bgp?.ipv4Address ?? annotation('IPv4Address'),
      calico?.bgp?.ipv6Address ?? annotation('IPv6Address'),
    ].filter((address) => address !== '');
    return {
      name,
      assigned:
        calico !== undefined ||
        tunnel !== undefined ||
        Object.keys(node?.metadata.annotations ?? {}).some((key) =>
          /^projectcalico\.org\/IPv[46]/.test(key),
        ),
      addresses: (own.length > 0 ? own : internal).map(bare),
      ipipAddress: calico?.bgp?.ipv4IPIPTunnelAddr ?? assigned('IPv4IPIPTunnelAddr', tunnel?.ipip),
      vxlanAddress: calico?.ipv4VXLANTunnelAddr ?? assigned('IPv4VXLANTunnelAddr', tunnel?.vxlan),
      vxlanV6Address:
        calico?.ipv6VXLANTunnelAddr ?? assigned('IPv6VXLANTunnelAddr', tunnel?.vxlanV6),
    };
  });
}

type Pools = ClusterObjects['pools'];

function poolsWith(pools: Pools, version: IpVersion, mode: 'ipipMode' | 'vxlanMode'): boolean {
  return pools.some(({ spec }) => {
    const value = spec?.[mode] ?? 'Never';
    const ofVersion = spec !== null && spec !== undefined && networkVersion(spec.cidr) === version;
    return ofVersion && value !== 'Never' && value !== '';
  });
}

function forced(value: unknown, computed: boolean): boolean {
  return typeof value === 'boolean' ? value : computed;
}

/** Tunnel devices get an address as soon as Felix runs, so one is there unless the node's object lacks it. */
function isKnown(node: NodeFacts | undefined, address: (facts: NodeFacts) => string): boolean {
  return node?.assigned === true ? address(node) !== '' : true;
}

/** Encapsulation follows the pools unless Felix is told otherwise. */
export function withTunnels(
  config: RendererConfig,
  pools: Pools,
  settings: Settings,
  node: NodeFacts | undefined,
): RendererConfig {
  const vxlan = settings.vxlanEnabled;
  return {
    ...config,
    ipip: forced(settings.ipipEnabled, poolsWith(pools, 4, 'ipipMode')),
    vxlan: forced(vxlan, poolsWith(pools, 4, 'vxlanMode')),
    vxlanV6: forced(vxlan, poolsWith(pools, 6, 'vxlanMode')),
    ipipAddressKnown: isKnown(node, ({ ipipAddress }) => ipipAddress),
    vxlanAddressKnown: isKnown(node, ({ vxlanAddress }) => vxlanAddress),
    vxlanV6AddressKnown: isKnown(node, ({ vxlanV6Address }) => vxlanV6Address),
  };
}

function poolNetworks(pools: Pools, version: IpVersion, natOutgoing: boolean): readonly string[] {
  return pools.flatMap(({ spec }) => {
    const network = spec ? networkText(spec.cidr) : undefined;
    if (!spec || network === undefined || networkVersion(network) !== version) return [];
    return natOutgoing && spec.natOutgoing !== true ? [] : [network];
  });
}

export function natOutgoingActive(pools: Pools, version: IpVersion): boolean {
  return poolNetworks(pools, version, true).length > 0;
}

function namedSet(
  id: string,
  description: string,
  members: readonly string[],
  kind: FelixIpSet['kind'] = 'net',
): FelixIpSet {
  return { id, kind, members: [...new Set(members.map(memberText))].sort(), description };
}

/** The sets with fixed ids: pools, hosts, VTEPs, this host. */
export function fixedSets(
  objects: ClusterObjects,
  settings: Settings,
  node: string,
  version: IpVersion,
): readonly FelixIpSet[] {
  const facts = nodeFacts(objects);
  const ofVersion = (addresses: readonly string[]): readonly string[] =>
    addresses.filter((address) => networkVersion(address) === version);
  const external = ofVersion(externalNodes(settings));
  const all = ofVersion(facts.flatMap(({ addresses }) => addresses));
  const others = facts.filter(
    ({ name, vxlanAddress, vxlanV6Address }) =>
      name !== node && (version === 4 ? vxlanAddress : vxlanV6Address) !== '',
  );
  const vteps = ofVersion(others.flatMap(({ addresses }) => addresses));
  const own = ofVersion(facts.find(({ name }) => name === node)?.addresses ?? []);
  return [
    namedSet('all-ipam-pools', 'every pool', poolNetworks(objects.pools, version, false)),
    namedSet(
      'masq-ipam-pools',
      'pools with NAT outgoing',
      poolNetworks(objects.pools, version, true),
    ),
    namedSet('all-hosts-net', 'every node and external nodes', [...all, ...external]),
    namedSet('all-vxlan-net', 'VXLAN hosts other than this one', [...vteps, ...external]),
    namedSet('this-host', 'addresses of this host', own, 'address'),
  ];
}
