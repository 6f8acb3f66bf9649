/** Checks of what stands before rules: chosen endpoints, the service map. */

import { chooseEndpoints } from '../../../src/generate/kube-proxy/choose-endpoints.ts';
import type { Endpoint } from '../../../src/generate/kube-proxy/endpoints.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase } from './case.ts';
import { runCase } from './ruleset.ts';

/** The expected lists hold addresses; null says that the service never uses such endpoints. */
export function* endpointOutcomes(test: CorpusCase): Generator<CaseOutcome> {
  const run = runCase(test);
  const { node, settings } = run.program.context;
  const joined = run.cluster.services[0]?.ports[0];
  if (joined === undefined) throw new Error(`${test.id} has no service port`);
  const chosen = chooseEndpoints(joined.port, joined.endpoints, node, settings.features);
  const { expect } = test;
  const lists: readonly (readonly [string, unknown, unknown])[] = [
    ['cluster', expect.clusterEndpoints, addresses(joined.port.usesCluster, chosen.cluster)],
    ['local', expect.localEndpoints, addresses(joined.port.usesLocal, chosen.local)],
    ['all-reachable', expect.allReachableEndpoints, addresses(true, chosen.allReachable)],
    ['has-any', expect.hasAnyEndpoints, chosen.hasAny],
  ];
  for (const [name, wanted, got] of lists) {
    if (wanted === undefined) continue;
    const [left, right] = [JSON.stringify(wanted ?? []), JSON.stringify(got ?? [])];
    const exact = name === 'all-reachable' || (wanted === null) === (got === null);
    yield {
      check: `categorize-endpoints:${name}`,
      id: test.id,
      pass: left === right && exact,
      difference: () => `wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`,
    };
  }
}

function addresses(used: boolean, endpoints: readonly Endpoint[] | undefined): unknown {
  return used && endpoints !== undefined ? endpoints.map((endpoint) => endpoint.address) : null;
}

export function* serviceMapOutcomes(test: CorpusCase): Generator<CaseOutcome> {
  const run = runCase(test);
  const ports = run.cluster.services.flatMap((service) => service.ports);
  const checks: Record<string, number> = {};
  for (const { port } of ports) {
    const title = `${port.namespace}/${port.serviceName}`;
    if (port.healthCheckNodePort !== 0) checks[title] = port.healthCheckNodePort;
  }
  const { servicePorts, healthCheckNodePorts } = test.expect;
  yield {
    check: 'service-map:service-ports',
    id: test.id,
    pass: servicePorts === ports.length,
    difference: () => `wanted ${servicePorts}, got ${ports.length}`,
  };
  if (healthCheckNodePorts === undefined) return;
  yield {
    check: 'service-map:health-check-node-ports',
    id: test.id,
    pass: sortedEntries(healthCheckNodePorts) === sortedEntries(checks),
    difference: () =>
      `wanted ${JSON.stringify(healthCheckNodePorts)}, got ${JSON.stringify(checks)}`,
  };
}

function sortedEntries(map: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(map).sort());
}
