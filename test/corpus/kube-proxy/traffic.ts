/** Checks of traffic rows: each packet simulated on the generated ruleset, along every choice. */

import { parseAddress } from '../../../src/base/address.ts';
import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { buildFrame, buildPacket } from '../../../src/packet/build.ts';
import { protocol } from '../../../src/packet/protocols.ts';
import type { Outcome, PacketInput } from '../../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../../src/simulate/compile.ts';
import { explore } from '../../../src/simulate/explore.ts';
import type { TupleSummary } from '../../../src/trace/event.ts';
import type { CaseOutcome } from '../check.ts';
import type { CorpusCase, TrafficRow } from './case.ts';
import { programOf } from './program.ts';
import { macOf, podDevice, trafficHost, uplink } from './traffic-host.ts';

export function* trafficOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  const rows = test.traffic ?? [];
  if (rows.length === 0) return;
  const compiled = compileProgram(programOf(run), { host: trafficHost(test, run) });
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
  const input = packetOf(row, run);
  const { outcomes } = explore(compiled, compiled.initial, input, { clock, limit: 1000 });
  const mark = BigInt(run.program.context.settings.masqueradeMark);
  const endpoints = new Set<string>();
  const kinds = new Set<string>();
  for (const outcome of outcomes) {
    const endpoint = endpointOf(outcome);
    if (endpoint !== undefined) endpoints.add(endpoint);
    const kind = kindOf(outcome, endpoint);
    const isMarked = kind !== 'DROP' && kind !== 'REJECT' && wasMarked(outcome, mark);
    kinds.add(resultText(kind, '', isMarked));
  }
  const listed = [...endpoints].sort().join(' ');
  return [...kinds].map((kind) => kind.replace(' ', ` ${listed}`)).join(' or ');
}

/** RFC 9260 section 3.3.2: a tag, a window of 65536 bytes, one stream each way, a first sequence number. */
const initChunk = Uint8Array.of(1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1);

function packetOf(row: TrafficRow, run: KubeProxyRun): PacketInput {
  const source = parseAddress(row.sourceIP);
  const destination = parseAddress(row.destIP);
  if (source === undefined || destination === undefined)
    throw new Error(`addresses of ${row.name}`);
  const name = row.protocol.toLowerCase();
  const number = name === 'udp' ? protocol.udp : name === 'sctp' ? protocol.sctp : protocol.tcp;
  const packet = buildPacket({
    source,
    destination,
    protocol: number,
    sourcePort: 40000,
    destinationPort: row.port,
    ...(name === 'sctp' ? { payload: initChunk } : {}),
  });
  if (row.from === 'node') return { kind: 'local', packet };
  const device = row.from === 'pod' ? podDevice(run) : uplink;
  const link = { source: Uint8Array.of(2, 0, 0, 0, 0, 9), destination: macOf(device) };
  return { kind: 'received', device, frame: buildFrame(packet, link) };
}

function endpointOf({ trace }: Outcome): string | undefined {
  const bound = trace.find(
    (event) =>
      event.kind === 'nat-bound' && event.subject === 0 && event.manipulation === 'destination',
  );
  return bound?.kind === 'nat-bound' ? endpointText(bound.after) : undefined;
}

function endpointText({ destination, destinationPort }: TupleSummary): string {
  return destination.includes(':')
    ? `[${destination}]:${destinationPort}`
    : `${destination}:${destinationPort}`;
}

function kindOf({ fate, trace }: Outcome, endpoint: string | undefined): string {
  if (fate.kind === 'reject') return 'REJECT';
  if (fate.kind === 'drop' && fate.at.kind !== 'stack') return 'DROP';
  if (endpoint !== undefined) return 'DNAT';
  const accepted = trace.some(
    (event) =>
      event.kind === 'rule-matched' &&
      event.chain === 'KUBE-NODEPORTS' &&
      event.verdict.kind === 'accept',
  );
  return accepted ? 'ACCEPT' : 'PASS';
}

/** The masquerade bit was set by a rule, whatever cleared it later. */
function wasMarked({ trace }: Outcome, mark: bigint): boolean {
  return trace.some(
    (event) =>
      event.kind === 'packet-rewritten' &&
      event.subject === 0 &&
      event.field === 'meta mark' &&
      (BigInt(event.after) & mark) !== 0n,
  );
}
