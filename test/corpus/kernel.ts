/** The kernel corpus: recorded scenarios played on the simulator, packet by packet. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ReplayOptions } from '../../src/replay/load-scenario.ts';
import { readRecording, type Scenario } from '../../src/replay/recording.ts';
import { replayRefusals, replayScenario } from '../../src/replay/replay-scenario.ts';
import type { CaseOutcome, CorpusRunner, RunOptions } from './check.ts';

function readScenarios(path: string): readonly Scenario[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const { value, diagnostics } = readRecording({ name: path, text });
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${path}: ${first.message}`);
  return value;
}

function* run(directory: string, { plain }: RunOptions): Iterable<CaseOutcome> {
  const options: ReplayOptions = { evaluation: plain ? 'plain' : 'indexed' };
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl.gz') || name.endsWith('.jsonl'))
    .sort();
  for (const file of files) {
    const group = file.replace(/\.jsonl(\.gz)?$/, '');
    for (const scenario of readScenarios(join(directory, file)))
      yield* runScenario(group, scenario, options);
  }
}

function outcome(check: string, id: string, difference: string | undefined): CaseOutcome {
  if (difference === undefined) return { check, id, pass: true };
  return { check, id, pass: false, difference: () => difference };
}

export function* runScenario(
  group: string,
  scenario: Scenario,
  options: ReplayOptions,
): Iterable<CaseOutcome> {
  const { errors, packets, final } = replayScenario(scenario, options);
  const note = errors.length === 0 ? '' : ` [load: ${errors[0]}]`;
  const noted = (text: string | undefined) => (text === undefined ? undefined : text + note);
  const missing = 'the simulator gave no answer';
  for (const [index, packet] of packets.entries()) {
    const id = `${scenario.name} packet ${index}`;
    const seen = packet === undefined ? { packet: missing, conntrack: missing } : packet;
    yield outcome(`${group}:packets`, id, noted(seen.packet));
    yield outcome(`${group}:conntrack`, id, noted(seen.conntrack));
    if (packet?.spawned !== undefined)
      yield outcome(`${group}:spawned`, id, noted(packet.spawned.difference));
  }
  yield outcome(`${group}:final`, scenario.name, final);
  for (const [index, { difference }] of replayRefusals(scenario).entries())
    yield outcome(`${group}:scenarios-refused`, `${scenario.name} line ${index}`, difference);
}

export const kernelRunner: CorpusRunner = { run };
