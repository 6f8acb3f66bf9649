/** Everything Felix hands to a table: chains, and the rules it hooks into the kernel's chains. */

import type { ChainContext } from './chains/context.ts';
import {
  type DispatchMap,
  endpointMarkDispatchChains,
  forwardDispatchChains,
  fromHostDispatchChains,
  type HostDispatch,
  toHostDispatchChains,
  workloadDispatchChains,
  workloadDispatchMaps,
} from './chains/dispatch.ts';
import {
  hostFilterChains,
  hostMangleEgressChains,
  hostMangleIngressChains,
  hostRawChains,
  workloadChains,
} from './chains/endpoints.ts';
import { blockedNetworksChain, filterChains, forwardAppendedRules } from './chains/filter.ts';
import { mangleChains } from './chains/mangle.ts';
import { floatingDnatChain, floatingSnatChain, natChains, natOutgoingChain } from './chains/nat.ts';
import { isInlined, policyChains, policyGroupChain, profileChains } from './chains/policies.ts';
import { rawChains, reversePathSkipChain } from './chains/raw.ts';
import { allocateEndpointMarks, type EndpointMarks } from './marks.ts';
import type { FelixModel, HostEndpoint } from './model.ts';
import { anyInterface } from './names.ts';
import { type PolicyGrouper, policyGrouper } from './policy-groups.ts';
import { jump } from './rules/action.ts';
import { type GeneratedChain, type GeneratedRule, rule } from './rules/rule.ts';

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';
export const tableNames: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter'];

/** Felix's rules in one kernel chain: first (or last, in append mode), and always last. */
export interface KernelChain {
  readonly name: string;
  readonly inserted: readonly GeneratedRule[];
  readonly appended: readonly GeneratedRule[];
}

export interface GeneratedTable {
  readonly name: TableName;
  /** By name; a later chain of the same name replaces an earlier one. */
  readonly chains: ReadonlyMap<string, GeneratedChain>;
  readonly kernelChains: readonly KernelChain[];
  readonly maps: readonly DispatchMap[];
}

interface Parts {
  readonly model: FelixModel;
  readonly context: ChainContext;
  readonly grouper: PolicyGrouper;
  readonly marks: EndpointMarks;
}

const isNamed = ({ interface: name }: HostEndpoint): boolean => name !== '*';

function hostDispatch(endpoints: readonly HostEndpoint[]): HostDispatch {
  const names = endpoints.filter(isNamed).map(({ interface: name }) => name);
  return endpoints.every(isNamed) ? { names } : { names, fallback: anyInterface };
}

function rawTableChains({ model, context, grouper }: Parts): readonly GeneratedChain[] {
  const untracked = model.hostEndpoints.filter(
    (endpoint) => isNamed(endpoint) && endpoint.untrackedTiers.length > 0,
  );
  const dispatch = hostDispatch(untracked);
  const spoofing = model.workloads.flatMap(({ interface: name, allowedSources }) =>
    allowedSources.length === 0 ? [] : [{ interface: name, prefixes: allowedSources }],
  );
  return [
    ...rawChains(context),
    reversePathSkipChain(context, spoofing),
    ...fromHostDispatchChains(context, dispatch),
    ...toHostDispatchChains(context, dispatch, false),
    ...untracked.flatMap(({ interface: name, untrackedTiers }) =>
      hostRawChains(context, name, untrackedTiers.map(grouper.tier)),
    ),
  ];
}

function mangleTableChains({ model, context, grouper }: Parts): readonly GeneratedChain[] {
  const preDnat = model.hostEndpoints.filter(({ preDnatTiers }) => preDnatTiers.length > 0);
  return [
    ...mangleChains(context),
    ...fromHostDispatchChains(context, hostDispatch(preDnat)),
    ...toHostDispatchChains(context, hostDispatch(model.hostEndpoints), true),
    ...preDnat.flatMap(({ interface: name, preDnatTiers }) =>
      hostMangleIngressChains(context, name, preDnatTiers.map(grouper.tier)),
    ),
    ...model.hostEndpoints.flatMap((endpoint) =>
      hostMangleEgressChains(context, {
        interface: endpoint.interface,
        profiles: endpoint.profiles,
        tiers: endpoint.tiers.map(grouper.tier),
      }),
    ),
  ];
}

function natTableChains({ model, context }: Parts): readonly GeneratedChain[] {
  return [
    ...natChains(context),
    natOutgoingChain(context, model.natOutgoingActive),
    floatingDnatChain(model.dnats),
    floatingSnatChain(context, model.snats),
  ];
}

function filterTableChains(parts: Parts): readonly GeneratedChain[] {
  const { model, context, grouper, marks } = parts;
  const workloads = model.workloads.map(({ interface: name }) => name);
  const dispatch = hostDispatch(model.hostEndpoints);
  return [
    ...filterChains(context),
    blockedNetworksChain(context, model.blockedNetworks),
    ...workloadDispatchChains(context, workloads),
    ...fromHostDispatchChains(context, dispatch),
    ...toHostDispatchChains(context, dispatch, false),
    ...forwardDispatchChains(context, dispatch),
    ...(context.config.ipvs
      ? endpointMarkDispatchChains(context, { workloads, hosts: dispatch.names, marks })
      : []),
    ...model.workloads.flatMap((workload) =>
      workloadChains(context, { ...workload, tiers: workload.tiers.map(grouper.tier) }, marks),
    ),
    ...model.hostEndpoints.flatMap((endpoint) =>
      hostFilterChains(
        context,
        {
          interface: endpoint.interface,
          profiles: endpoint.profiles,
          tiers: endpoint.tiers.map(grouper.tier),
          forwardTiers: endpoint.forwardTiers.map(grouper.tier),
        },
        marks,
      ),
    ),
  ];
}

function hook(name: string, ...appended: readonly GeneratedRule[]): KernelChain {
  return { name, inserted: [rule([], jump(`cali-${name}`))], appended };
}

function kernelChains({ context }: Parts): Readonly<Record<TableName, readonly KernelChain[]>> {
  const postrouting = {
    name: 'POSTROUTING',
    inserted: [],
    appended: [rule([], jump('cali-POSTROUTING'))],
  };
  return {
    raw: [hook('PREROUTING'), hook('OUTPUT')],
    mangle: [hook('PREROUTING'), hook('POSTROUTING')],
    nat: [hook('PREROUTING'), hook('OUTPUT'), postrouting],
    filter: [hook('INPUT'), hook('FORWARD', ...forwardAppendedRules(context)), hook('OUTPUT')],
  };
}

function endpointMarks({ config }: ChainContext, model: FelixModel): EndpointMarks {
  const { endpoint, nonCalicoEndpoint } = config.marks;
  if (!config.ipvs) {
    return { mask: endpoint, nonCalico: nonCalicoEndpoint, byInterface: new Map() };
  }
  const workloads = model.workloads.map(({ interface: name }) => name);
  const hosts = model.hostEndpoints.filter(isNamed).map(({ interface: name }) => name);
  return allocateEndpointMarks(endpoint, nonCalicoEndpoint, [...workloads, ...hosts]);
}

function byName(...lists: readonly (readonly GeneratedChain[])[]): Map<string, GeneratedChain> {
  return new Map(lists.flatMap((list) => list.map((chain) => [chain.name, chain] as const)));
}

/** All chains that Felix offers to its tables, referenced or not. */
export function offeredTables(model: FelixModel): readonly GeneratedTable[] {
  const context: ChainContext = { config: model.config, version: model.version };
  const grouper = policyGrouper(model.policies);
  const parts: Parts = { model, context, grouper, marks: endpointMarks(context, model) };
  const own = {
    raw: rawTableChains(parts),
    mangle: mangleTableChains(parts),
    nat: natTableChains(parts),
    filter: filterTableChains(parts),
  };
  const groupChains = [...grouper.groups.values()]
    .filter((group) => !isInlined(group))
    .map((group) => policyGroupChain(context, group));
  const policies = [
    ...model.policies.flatMap((policy) => policyChains(context, policy)),
    ...groupChains,
  ];
  const profiles = model.profiles.flatMap((profile) => profileChains(context, profile));
  const outbound = profiles.filter(
    ({ origin }) => 'direction' in origin && origin.direction === 'egress',
  );
  const chains: Readonly<Record<TableName, Map<string, GeneratedChain>>> = {
    raw: byName(own.raw, policies),
    mangle: byName(own.mangle, policies, outbound),
    nat: byName(own.nat),
    filter: byName(own.filter, policies, profiles),
  };
  const maps = workloadDispatchMaps(
    context,
    model.workloads.map(({ interface: name }) => name),
  );
  const hooks = kernelChains(parts);
  return tableNames.map((name) => ({
    name,
    chains: chains[name],
    kernelChains: hooks[name],
    maps: name === 'filter' && context.config.dataplane === 'nftables' ? maps : [],
  }));
}
