/** The whole table of nftables mode for one family, from services with endpoints. */

import { mapWithPrevious } from '../changed-items.ts';
import { chooseEndpoints } from '../choose-endpoints.ts';
import type { Cluster, ServiceWithEndpoints } from '../cluster.ts';
import { type RuleContext, ruleContextOf } from '../context.ts';
import type { KubeProxyNode, KubeProxySettings } from '../settings.ts';
import { baseChains, commonChains, commonElements, commonSets } from './common-objects.ts';
import type { GeneratedElement, GeneratedNft } from './model.ts';
import { type ServiceObjects, serviceObjects } from './service-objects.ts';

export interface NftablesProgram {
  readonly context: RuleContext;
  readonly common: ServiceObjects;
  readonly services: readonly ProgrammedNftService[];
}

export interface ProgrammedNftService {
  readonly service: ServiceWithEndpoints;
  readonly ports: readonly ServiceObjects[];
}

export function nftablesProgram(
  cluster: Cluster,
  settings: KubeProxySettings,
  node: KubeProxyNode,
  previous?: NftablesProgram,
): NftablesProgram {
  const context = ruleContextOf(settings, node, cluster.endpointCount);
  const services = mapWithPrevious(
    cluster.services,
    previous?.services ?? [],
    (before) => before.service,
    (service, before) => before ?? program(context, service),
  );
  return { context, common: commonObjects(context), services };
}

function program(context: RuleContext, service: ServiceWithEndpoints): ProgrammedNftService {
  const { node, settings } = context;
  const ports = service.ports.map(({ port, endpoints }) =>
    serviceObjects(context, port, chooseEndpoints(port, endpoints, node, settings.features)),
  );
  return { service, ports };
}

function commonObjects(context: RuleContext): ServiceObjects {
  return {
    chains: [...baseChains(context), ...commonChains(context)],
    sets: commonSets(context),
    elements: commonElements(context),
  };
}

/** All parts of the table, common ones first; of two elements with one key the later one stays. */
export function generatedNft(program: NftablesProgram): GeneratedNft {
  const parts = [program.common, ...program.services.flatMap((service) => service.ports)];
  return {
    kind: 'generated-nft',
    family: program.context.settings.family,
    table: 'kube-proxy',
    comment: 'rules for kube-proxy',
    chains: parts.flatMap((part) => part.chains),
    sets: parts.flatMap((part) => part.sets),
    elements: distinctElements(parts),
  };
}

/** Two services may claim one key; kube-proxy replaces the value. */
export function distinctElements(parts: readonly ServiceObjects[]): readonly GeneratedElement[] {
  const bySet = new Map<string, Map<string, GeneratedElement>>();
  for (const part of parts) {
    for (const element of part.elements) {
      const elements = bySet.get(element.set) ?? new Map<string, GeneratedElement>();
      bySet.set(element.set, elements);
      elements.set(element.key, element);
    }
  }
  return [...bySet.values()].flatMap((elements) => [...elements.values()]);
}
