/** From the objects of a cluster to what Felix sees on one node. */

import type { Diagnostic, Result } from '../../../base/diagnostic.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { RawObject } from '../../kubernetes/objects.ts';
import { networkVersion } from '../chains/rule-version.ts';
import { defaultConfig } from '../config.ts';
import type { FelixModel, HostEndpoint, Workload } from '../model.ts';
import type { Dataplane } from '../names.ts';
import type { IpVersion } from '../rules/match.ts';
import { readSelector } from '../selectors/selector.ts';
import {
  builtInTiers,
  type EndpointPolicies,
  endpointPolicies,
  type SelectablePolicy,
  type SortedTier,
  sortPolicies,
  type TierObject,
} from './active-policies.ts';
import { type ClusterObjects, clusterObjects } from './cluster-objects.ts';
import {
  type HostObject,
  hostEndpoint,
  isNetworked,
  type LabelledEndpoint,
  networkSet,
  podWorkload,
  type WorkloadObject,
  workloadEndpoint,
} from './endpoints.ts';
import {
  configuredDataplane,
  insertMode,
  mergedSettings,
  rendererConfig,
  type Settings,
} from './felix-configuration.ts';
import { filledSet, type MemberSources, type ServiceMember } from './ip-set-members.ts';
import { fixedSets, natOutgoingActive, nodeFacts, withTunnels } from './node-facts.ts';
import { felixProfile, profileLabels } from './profiles.ts';
import { workloadQos } from './qos.ts';
import { unreadKinds } from './unread-kinds.ts';

export interface ClusterOptions {
  /** The node to generate for; may be left out when only one is named. */
  readonly node?: string;
  readonly version: IpVersion;
  /** Overrides what the configuration says. */
  readonly dataplane?: Dataplane;
  /** Rules of policies are made when they are asked for, and what is wrong in them is not said. */
  readonly late?: boolean;
}

function problem(message: string): Diagnostic {
  return { code: 'calico-reference', span: generatedSpan, message };
}

interface Endpoints {
  readonly workloads: readonly WorkloadObject[];
  readonly hosts: readonly HostObject[];
  readonly all: readonly LabelledEndpoint[];
}

function endpoints(objects: ClusterObjects, prefix: string): Endpoints {
  const labels = profileLabels(objects);
  const explicit = objects.workloadEndpoints.map((object) =>
    workloadEndpoint(object, prefix, labels),
  );
  const titles = new Set(explicit.map(({ title }) => title));
  const pods = objects.pods
    .filter(isNetworked)
    .map((pod) => podWorkload(pod, prefix, labels))
    .filter(({ title }) => !titles.has(title));
  const workloads = [...explicit, ...pods];
  const hosts = objects.hostEndpoints.map((object) => hostEndpoint(object, labels));
  const sets = objects.networkSets.map((object) => networkSet(object, labels));
  return { workloads, hosts, all: [...workloads, ...hosts, ...sets] };
}

function selectable(
  objects: ClusterObjects,
  diagnostics: Diagnostic[],
): readonly SelectablePolicy[] {
  return objects.policies.flatMap((converted) => {
    const { name, selector: text } = converted.policy;
    const selector = readSelector(text, `policy ${name} selector`, diagnostics);
    if (selector === undefined) return [];
    // Sets may be made on demand, which a spread would be.
    const { policy, order, types, doNotTrack, preDnat, applyOnForward } = converted;
    return [
      {
        policy,
        ...(order === undefined ? {} : { order }),
        ...(types === undefined ? {} : { types }),
        doNotTrack,
        preDnat,
        applyOnForward,
        get sets() {
          return converted.sets;
        },
        selector,
      },
    ];
  });
}

function tiers(objects: ClusterObjects, policies: readonly SelectablePolicy[]): TierObject[] {
  const known = new Map(builtInTiers.map((tier) => [tier.name, tier]));
  for (const { metadata, spec } of objects.tiers) {
    known.set(metadata.name, {
      name: metadata.name,
      ...(typeof spec?.order === 'number' ? { order: spec.order } : {}),
      defaultAction: spec?.defaultAction ?? 'Deny',
    });
  }
  for (const { policy } of policies) {
    if (!known.has(policy.tier))
      known.set(policy.tier, { name: policy.tier, defaultAction: 'Deny' });
  }
  return [...known.values()];
}

function missingTiers(
  objects: ClusterObjects,
  policies: readonly SelectablePolicy[],
): readonly Diagnostic[] {
  const known = new Set([
    ...builtInTiers.map(({ name }) => name),
    ...objects.tiers.map(({ metadata }) => metadata.name),
  ]);
  const missing = new Set(
    policies.map(({ policy }) => policy.tier).filter((name) => !known.has(name)),
  );
  return [...missing].map((name) =>
    problem(`tier ${name} is not among the objects: taken to deny and to come last`),
  );
}

function services(objects: ClusterObjects): MemberSources['services'] {
  const found = new Map<string, ServiceMember[]>();
  for (const { metadata, endpoints: listed, ports } of objects.slices) {
    const name = metadata.labels?.['kubernetes.io/service-name'];
    if (name === undefined) continue;
    const key = `${metadata.namespace ?? 'default'}/${name}`;
    const list = found.get(key) ?? [];
    const slicePorts = (ports ?? []).flatMap(({ port, protocol }) =>
      port ? [{ protocol: (protocol ?? 'TCP').toLowerCase(), port }] : [],
    );
    for (const { addresses } of listed ?? []) {
      list.push(...addresses.map((address) => ({ address, ports: slicePorts })));
    }
    found.set(key, list);
  }
  return found;
}

function chooseNode(
  objects: ClusterObjects,
  all: Endpoints,
  options: ClusterOptions,
  diagnostics: Diagnostic[],
): string {
  if (options.node !== undefined) return options.node;
  const names = new Set(
    [
      ...objects.nodes.map(({ metadata }) => metadata.name),
      ...objects.calicoNodes.map(({ metadata }) => metadata.name),
      ...[...all.workloads, ...all.hosts].map(({ node }) => node),
    ].filter((name) => name !== ''),
  );
  const [first = ''] = [...names].sort();
  if (names.size > 1) {
    const list = [...names].sort().join(', ');
    diagnostics.push(
      problem(`there are several nodes (${list}): taking ${first}; choose one with --node`),
    );
  }
  return first;
}

function workload(
  object: WorkloadObject,
  { normal }: EndpointPolicies,
  diagnostics: Diagnostic[],
): Workload {
  const qos = workloadQos(object.limits, object.title, diagnostics);
  return {
    interface: object.interface,
    adminUp: true,
    profiles: object.profiles,
    tiers: normal,
    allowedSources: object.allowedSources,
    ...(qos === undefined ? {} : { qos }),
    title: object.title,
  };
}

function host(object: HostObject, policies: EndpointPolicies): HostEndpoint {
  return {
    interface: object.interface,
    profiles: object.profiles,
    tiers: policies.normal,
    forwardTiers: policies.forward,
    untrackedTiers: policies.untracked,
    preDnatTiers: policies.preDnat,
  };
}

/** Of mappings that collide the alphabetically smaller address wins. */
function smallest(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [from, to] of pairs) {
    const known = found.get(from);
    if (known === undefined || to < known) found.set(from, to);
  }
  return found;
}

interface LocalEndpoints {
  readonly workloads: readonly WorkloadObject[];
  readonly hosts: readonly HostObject[];
}

function localEndpoints(all: Endpoints, node: string, diagnostics: Diagnostic[]): LocalEndpoints {
  const hosts = all.hosts.filter((object) => object.node === node);
  for (const { name, interface: interfaceName } of hosts) {
    if (interfaceName !== '') continue;
    const message = `host endpoint ${name} has no interfaceName: its interface is not known, no rules`;
    diagnostics.push(problem(message));
  }
  return {
    workloads: all.workloads.filter((object) => object.node === node),
    hosts: hosts.filter((object) => object.interface !== ''),
  };
}

function blockedNetworks({ bgpConfigurations }: ClusterObjects): readonly string[] {
  return bgpConfigurations.flatMap(({ spec }) =>
    [
      ...(spec?.serviceClusterIPs ?? []),
      ...(spec?.serviceExternalIPs ?? []),
      ...(spec?.serviceLoadBalancerIPs ?? []),
    ].map(({ cidr }) => cidr),
  );
}

function floatingAddresses(
  workloads: readonly WorkloadObject[],
  settings: Settings,
  version: IpVersion,
): Pick<FelixModel, 'dnats' | 'snats'> {
  const enabled = settings.floatingIPs === 'Enabled';
  const pairs = (enabled ? workloads.flatMap(({ floating }) => floating) : []).filter(
    ([external]) => networkVersion(external) === version,
  );
  return {
    dnats: smallest(pairs),
    snats: smallest(pairs.map(([external, internal]) => [internal, external])),
  };
}

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

interface Applied {
  readonly workloads: readonly Workload[];
  readonly hosts: readonly HostEndpoint[];
  readonly active: readonly SelectablePolicy[];
}

function applyPolicies(
  local: LocalEndpoints,
  sorted: readonly SortedTier[],
  diagnostics: Diagnostic[],
): Applied {
  const of = ({ labels }: LabelledEndpoint): EndpointPolicies => endpointPolicies(sorted, labels);
  const workloads = local.workloads.map((object) => ({ object, policies: of(object) }));
  const hosts = local.hosts.map((object) => ({ object, policies: of(object) }));
  const active = [...workloads, ...hosts].flatMap(({ policies }) => policies.active);
  return {
    workloads: workloads.map(({ object, policies }) => workload(object, policies, diagnostics)),
    hosts: hosts.map(({ object, policies }) => host(object, policies)),
    active: unique(active, ({ policy }) => `${policy.tier}/${policy.name}`),
  };
}

/** What Felix on one node computes from the objects of the cluster. */
export function clusterModel(
  raw: readonly RawObject[],
  options: ClusterOptions,
): Result<FelixModel> {
  const diagnostics: Diagnostic[] = [];
  const { version } = options;
  const objects = clusterObjects(raw, diagnostics, options.late);
  diagnostics.push(...unreadKinds(raw));
  const defaults = mergedSettings(objects.felixConfigurations, options.node ?? '');
  const dataplane = options.dataplane ?? configuredDataplane(defaults);
  const base = rendererConfig(defaultConfig, defaults, dataplane, []);
  const all = endpoints(objects, base.workloadInterfacePrefixes[0] ?? 'cali');
  const node = chooseNode(objects, all, options, diagnostics);
  const settings = mergedSettings(objects.felixConfigurations, node);
  const facts = nodeFacts(objects).find(({ name }) => name === node);
  const config = withTunnels(
    rendererConfig(defaultConfig, settings, dataplane, diagnostics),
    objects.pools,
    settings,
    facts,
  );
  const tunnelled = config.ipip || config.vxlan || config.vxlanV6;
  if (tunnelled && facts?.assigned !== true) {
    const message = `the tunnel addresses of node ${node} are not among the objects: taken to be assigned`;
    diagnostics.push(problem(message));
  }
  const local = localEndpoints(all, node, diagnostics);
  const policies = selectable(objects, diagnostics);
  diagnostics.push(...missingTiers(objects, policies));
  const applied = applyPolicies(
    local,
    sortPolicies(tiers(objects, policies), policies),
    diagnostics,
  );
  const profileNames = new Set(
    [...applied.workloads, ...applied.hosts].flatMap((endpoint) => endpoint.profiles),
  );
  const profiles = [...profileNames].map((name) => felixProfile(name, objects, diagnostics));
  const sources: MemberSources = { endpoints: all.all, services: services(objects) };
  let ipSets: FelixModel['ipSets'] | undefined;
  const value: FelixModel = {
    version,
    config,
    insertMode: insertMode(settings),
    workloads: applied.workloads,
    hostEndpoints: applied.hosts,
    policies: applied.active.map(({ policy }) => policy),
    profiles: profiles.map((converted) => converted.profile),
    natOutgoingActive: natOutgoingActive(objects.pools, version),
    ...floatingAddresses(local.workloads, settings, version),
    blockedNetworks: blockedNetworks(objects),
    get ipSets() {
      ipSets ??= [
        ...fixedSets(objects, settings, node, version),
        ...unique(
          [...applied.active.flatMap(({ sets }) => sets), ...profiles.flatMap(({ sets }) => sets)],
          ({ id }) => id,
        ).map((definition) => filledSet(definition, sources, version)),
      ];
      return ipSets;
    },
  };
  return { value, diagnostics };
}
