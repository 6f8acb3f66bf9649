/** All rules of iptables mode for one family, from services with endpoints. */

import { mapWithPrevious } from '../changed-items.ts';
import { chooseEndpoints } from '../choose-endpoints.ts';
import type { Cluster, ServiceWithEndpoints } from '../cluster.ts';
import { type RuleContext, ruleContextOf } from '../context.ts';
import type { KubeProxyNode, KubeProxySettings } from '../settings.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';
import { type StaticRules, staticRules } from './static-rules.ts';

/** What kube-proxy would program: the static part and, per service, the parts of its ports. */
export interface IptablesProgram {
  readonly context: RuleContext;
  readonly fixed: StaticRules;
  /** In the order of the cluster's services. */
  readonly services: readonly ProgrammedService[];
}

export interface ProgrammedService {
  readonly service: ServiceWithEndpoints;
  readonly largeCluster: boolean;
  readonly ports: readonly ServiceRules[];
}

export function iptablesProgram(
  cluster: Cluster,
  settings: KubeProxySettings,
  node: KubeProxyNode,
  previous?: IptablesProgram,
): IptablesProgram {
  const context = ruleContextOf(settings, node, cluster.endpointCount);
  const services = mapWithPrevious(
    cluster.services,
    previous?.services ?? [],
    (before) => before.service,
    (service, before) =>
      before?.largeCluster === context.largeCluster ? before : program(context, service),
  );
  return { context, fixed: staticRules(context), services };
}

function program(context: RuleContext, service: ServiceWithEndpoints): ProgrammedService {
  const { node, settings } = context;
  const ports = service.ports.map(({ port, endpoints }) =>
    serviceRules(context, port, chooseEndpoints(port, endpoints, node, settings.features)),
  );
  return { service, largeCluster: context.largeCluster, ports };
}
