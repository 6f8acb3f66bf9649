/** Runs `nft-sim replay`: reads recordings, plays them, prints where simulator and kernel part. */

import { readRecording } from '../../replay/recording.ts';
import { fail, type Session, showDiagnostics, writeJson } from '../session.ts';
import { divergenceOf, diverges, type ScenarioDivergence } from './divergence.ts';
import { openRecording } from './open-recording.ts';
import { type ReplaySummary, scenarioText, summaryText } from './print-divergence.ts';

export interface ReplayOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

function* replayFile(session: Session, path: string): Iterable<ScenarioDivergence> {
  const source = openRecording(session.io, path);
  if ('failure' in source) return fail(session, source.failure);
  const { value, diagnostics } = readRecording(source);
  if (showDiagnostics(session, diagnostics)) session.exitCode = 2;
  for (const scenario of value) yield divergenceOf(scenario);
}

function extended(summary: ReplaySummary, scenario: ScenarioDivergence): ReplaySummary {
  const wrong = scenario.packets.filter(({ divergence }) => divergence !== undefined);
  return {
    scenarios: summary.scenarios + 1,
    packets: summary.packets + scenario.packets.length,
    divergingScenarios: summary.divergingScenarios + (diverges(scenario) ? 1 : 0),
    divergingPackets: summary.divergingPackets + wrong.length,
  };
}

function shownInJson(scenario: ScenarioDivergence, all: boolean): ScenarioDivergence {
  if (all) return scenario;
  const packets = scenario.packets.filter(({ divergence }) => divergence !== undefined);
  return { ...scenario, packets };
}

export function replay(session: Session, files: readonly string[], options: ReplayOptions): void {
  const all = options.all === true;
  const kept: ScenarioDivergence[] = [];
  let summary: ReplaySummary = {
    scenarios: 0,
    packets: 0,
    divergingScenarios: 0,
    divergingPackets: 0,
  };
  for (const file of files) {
    for (const scenario of replayFile(session, file)) {
      summary = extended(summary, scenario);
      if (options.json !== true) session.io.out(scenarioText(scenario, all));
      else if (all || diverges(scenario)) kept.push(shownInJson(scenario, all));
    }
  }
  if (options.json === true) writeJson(session, { scenarios: kept, summary });
  else if (summary.scenarios > 0) session.io.out(summaryText(summary));
  if (session.exitCode === 0 && summary.divergingScenarios > 0) session.exitCode = 1;
}
