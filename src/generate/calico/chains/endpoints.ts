/** Chains of workload and host endpoints. */

import type { EndpointMarks } from '../marks.ts';
import { returnAction, writeMark } from '../rules/action.ts';
import { type GeneratedChain, rule } from '../rules/rule.ts';
import { type ChainContext, endpointChain, filterAllow, mangleAllow } from './context.ts';
import { type EndpointTier, endpointRecipeChain, type QosControls } from './endpoint-recipe.ts';

function endpointMarkChain(
  context: ChainContext,
  interfaceName: string,
  marks: EndpointMarks,
): readonly GeneratedChain[] {
  const mark = marks.byInterface.get(interfaceName);
  if (!context.config.ipvs || mark === undefined) return [];
  return [
    {
      name: endpointChain(context, 'cali-sm-', interfaceName),
      rules: [rule([], writeMark(mark, marks.mask))],
      origin: { kind: 'endpoint-mark', interface: interfaceName },
    },
  ];
}

export interface WorkloadChainsInput {
  readonly interface: string;
  readonly adminUp: boolean;
  readonly tiers: readonly EndpointTier[];
  readonly profiles: readonly string[];
  readonly qos?: QosControls;
}

/** To, from and, with IPVS, the chain that sets the endpoint's mark. */
export function workloadChains(
  context: ChainContext,
  workload: WorkloadChainsInput,
  marks: EndpointMarks,
): readonly GeneratedChain[] {
  const common = {
    interface: workload.interface,
    kind: 'normal',
    tiers: workload.tiers,
    profiles: workload.profiles,
    allow: filterAllow(context),
    ...(workload.qos === undefined ? {} : { qos: workload.qos }),
    disabled: !workload.adminUp,
  } as const;
  return [
    endpointRecipeChain(context, 'workload-endpoint', {
      ...common,
      prefix: 'cali-tw-',
      direction: 'ingress',
    }),
    endpointRecipeChain(context, 'workload-endpoint', {
      ...common,
      prefix: 'cali-fw-',
      direction: 'egress',
      fromWorkload: true,
    }),
    ...endpointMarkChain(context, workload.interface, marks),
  ];
}

export interface HostChainsInput {
  readonly interface: string;
  readonly profiles: readonly string[];
  readonly tiers: readonly EndpointTier[];
  readonly forwardTiers: readonly EndpointTier[];
}

const hostEgress = {
  prefix: 'cali-th-',
  direction: 'egress',
  failsafe: 'cali-failsafe-out',
} as const;
const hostIngress = {
  prefix: 'cali-fh-',
  direction: 'ingress',
  failsafe: 'cali-failsafe-in',
} as const;
const forwardEgress = { prefix: 'cali-thfw-', direction: 'egress' } as const;
const forwardIngress = { prefix: 'cali-fhfw-', direction: 'ingress' } as const;

export function hostFilterChains(
  context: ChainContext,
  host: HostChainsInput,
  marks: EndpointMarks,
): readonly GeneratedChain[] {
  const allow = filterAllow(context);
  const normal = {
    interface: host.interface,
    kind: 'normal',
    tiers: host.tiers,
    profiles: host.profiles,
    allow,
  } as const;
  const forward = {
    interface: host.interface,
    kind: 'forward',
    tiers: host.forwardTiers,
    profiles: [],
    allow,
  } as const;
  return [
    endpointRecipeChain(context, 'host-endpoint', { ...normal, ...hostEgress }),
    endpointRecipeChain(context, 'host-endpoint', { ...normal, ...hostIngress }),
    endpointRecipeChain(context, 'host-endpoint', { ...forward, ...forwardEgress }),
    endpointRecipeChain(context, 'host-endpoint', { ...forward, ...forwardIngress }),
    ...endpointMarkChain(context, host.interface, marks),
  ];
}

/** Normal egress policy again, for packets whose destination was translated after routing. */
export function hostMangleEgressChains(
  context: ChainContext,
  host: Omit<HostChainsInput, 'forwardTiers'>,
): readonly GeneratedChain[] {
  return [
    endpointRecipeChain(context, 'host-endpoint', {
      ...hostEgress,
      interface: host.interface,
      kind: 'normal',
      tiers: host.tiers,
      profiles: host.profiles,
      allow: returnAction,
    }),
  ];
}

export function hostMangleIngressChains(
  context: ChainContext,
  interfaceName: string,
  preDnatTiers: readonly EndpointTier[],
): readonly GeneratedChain[] {
  return [
    endpointRecipeChain(context, 'host-endpoint', {
      ...hostIngress,
      interface: interfaceName,
      kind: 'pre-dnat',
      tiers: preDnatTiers,
      profiles: [],
      allow: mangleAllow(context),
    }),
  ];
}

export function hostRawChains(
  context: ChainContext,
  interfaceName: string,
  untrackedTiers: readonly EndpointTier[],
): readonly GeneratedChain[] {
  const common = {
    interface: interfaceName,
    kind: 'untracked',
    tiers: untrackedTiers,
    profiles: [],
    allow: returnAction,
  } as const;
  return [
    endpointRecipeChain(context, 'host-endpoint', { ...common, ...hostEgress }),
    endpointRecipeChain(context, 'host-endpoint', { ...common, ...hostIngress }),
  ];
}
