/** Plays a recorded scenario and reports, packet by packet, where the simulator and the kernel part. */

import { finalDifference } from './final-difference.ts';
import { loadRuleset, loadScenario, type ReplayOptions } from './load-scenario.ts';
import { type PacketReport, playRecording } from './play-recording.ts';
import { playsOf, type RecordedPlay, type Scenario } from './recording.ts';
import { hostOf } from './scenario-host.ts';

export interface ScenarioReport {
  readonly name: string;
  /** What the loaders said about the rulesets; nothing in a sound recording. */
  readonly errors: readonly string[];
  /** The recorded play that fits best; a random scenario has several. */
  readonly play: RecordedPlay;
  /** One for each packet of the play; undefined when the simulator gave no answer. */
  readonly packets: readonly (PacketReport | undefined)[];
  /** What is left afterwards: counters, objects, sets. */
  readonly final: string | undefined;
  readonly divergences: number;
}

function divergencesOf(packets: ScenarioReport['packets'], final: string | undefined): number {
  const each = packets.flatMap((packet) =>
    packet === undefined
      ? ['no answer']
      : [packet.packet, packet.conntrack, packet.spawned?.difference],
  );
  return [...each, final].filter((difference) => difference !== undefined).length;
}

function replayPlay(
  scenario: Scenario,
  play: RecordedPlay,
  options: ReplayOptions,
): ScenarioReport {
  const { compiled, errors } = loadScenario(scenario, options);
  const netdev = scenario.rulesets.some(({ text }) => /table netdev|hook ingress/.test(text));
  const sysctls = Object.keys(scenario.host.sysctls ?? {});
  const bridgeNetfilter = sysctls.some((key) => key.includes('bridge-nf-call-'));
  const reports = playRecording(compiled, play, { netdev, bridgeNetfilter }).map((played) => {
    const packets = play.results.map((_, index) => played.packets[index]);
    const final = finalDifference(compiled, played.state, played.clock, play.final);
    const divergences = divergencesOf(packets, final);
    return { name: scenario.name, errors, play, packets, final, divergences };
  });
  return reports.reduce((best, each) => (each.divergences < best.divergences ? each : best));
}

/** A random scenario is measured by the recorded outcome that fits best. */
export function replayScenario(scenario: Scenario, options: ReplayOptions = {}): ScenarioReport {
  const [first, ...others] = playsOf(scenario);
  const none: RecordedPlay = {
    packets: [],
    results: [],
    final: { counters: [], sets: {}, objects: {} },
  };
  let best = replayPlay(scenario, first ?? none, options);
  for (const play of others) {
    if (best.divergences === 0) break;
    const report = replayPlay(scenario, play, options);
    if (report.divergences < best.divergences) best = report;
  }
  return best;
}

export interface RefusalReport {
  readonly line: string;
  /** Absent when the line is refused here as well. */
  readonly difference: string | undefined;
}

/** Lines that the kernel's tools refused must be refused here as well, put back into the first chain. */
export function replayRefusals(scenario: Scenario): readonly RefusalReport[] {
  const refused = scenario.refused ?? [];
  if (refused.length === 0) return [];
  const host = hostOf(scenario);
  return refused.map(({ kind, line, error }) => {
    const text = scenario.rulesets.find((ruleset) => ruleset.kind === kind)?.text ?? '';
    const before = loadRuleset(kind, text, host).diagnostics.length;
    const after = loadRuleset(kind, withLine(text, line), host).diagnostics.length;
    const difference = after > before ? undefined : `accepted: ${line} (kernel: ${error})`;
    return { line, difference };
  });
}

/** nft's line goes into the first base chain, a line of a save format into each table that has its chain. */
function withLine(text: string, line: string): string {
  const [, chain] = line.match(/^-A (\S+)/) ?? [];
  if (chain === undefined) {
    const head = /^(\s*type (?:filter|nat|route) hook[^\n]*\n)/m;
    return text.replace(head, (found) => `${found}${line}\n`);
  }
  const tables = text.split(/^COMMIT$/m);
  const extended = tables.map((table) =>
    table.includes(`\n:${chain} `) ? `${table}${line}\n` : table,
  );
  return extended.join('COMMIT');
}
