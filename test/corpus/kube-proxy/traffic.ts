/** Checks of traffic rows: each packet simulated on the generated ruleset, along every choice. */

import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { type CompiledProgram, compileProgram } from '../../../src/simulate/compile.ts';
import { explore } from '../../../src/simulate/explore.ts';
import { nodeHost, packetFrom } from '../../support/kube-proxy-node.ts';
import { serviceOutcome } from '../../support/service-outcome.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase, TrafficRow } from './case.ts';
import { programOf } from './program.ts';

export function* trafficOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  const rows = test.traffic ?? [];
  if (rows.length === 0) return;
  const host = nodeHost({
    family: run.program.context.settings.family,
    addresses: test.nodeIPs ?? [],
    podDevice: podDevice(run),
  });
  const compiled = compileProgram(programOf(run, podDevice(run)), { host });
  for (const [index, row] of rows.entries()) {
    const wanted = wantedText(row);
    const got = simulatedText(compiled, row, run);
    yield {
      check: `${run.mode}:traffic`,
      id: `${test.id}#${index} ${row.name}`,
      pass: wanted === got,
      difference: () =>
        `${row.from} ${row.sourceIP} to ${row.destIP}:${row.port}: wanted ${wanted}, got ${got}`,
    };
  }
}

/** Where packets of pods come in: a name that the detect-local mode knows. */
function podDevice(run: KubeProxyRun): string {
  const { detectLocal } = run.program.context.settings;
  switch (detectLocal?.mode) {
    case 'BridgeInterface':
      return detectLocal.name;
    case 'InterfaceNamePrefix':
      return `${detectLocal.prefix}1`;
    default:
      return 'cni0';
  }
}

function wantedText(row: TrafficRow): string {
  const endpoints = [...(row.endpoints ?? [])].sort().join(' ');
  return resultText(row.outcome, endpoints, row.masquerade === true);
}

function resultText(outcome: string, endpoints: string, masquerade: boolean): string {
  return `${outcome} ${endpoints}${masquerade ? ' masquerade' : ''}`;
}

const clock = Date.UTC(2025, 0, 1);

/** One text if all ways agree about everything but the endpoint. */
function simulatedText(compiled: CompiledProgram, row: TrafficRow, run: KubeProxyRun): string {
  const flow = {
    source: row.sourceIP,
    destination: row.destIP,
    protocol: row.protocol,
    sourcePort: 40000,
    destinationPort: row.port,
  };
  const input = packetFrom(row.from, flow, podDevice(run));
  const { outcomes } = explore(compiled, compiled.initial, input, { clock, limit: 1000 });
  const mark = BigInt(run.program.context.settings.masqueradeMark);
  const endpoints = new Set<string>();
  const kinds = new Map<string, boolean>();
  for (const outcome of outcomes) {
    const { kind, endpoint, masquerade } = serviceOutcome(outcome, mark);
    if (endpoint !== undefined) endpoints.add(endpoint);
    kinds.set(`${kind}${masquerade}`, masquerade);
  }
  const listed = [...endpoints].sort().join(' ');
  const texts = [...kinds].map(([kind, masquerade]) =>
    resultText(kind.replace(String(masquerade), ''), listed, masquerade),
  );
  return texts.join(' or ');
}
