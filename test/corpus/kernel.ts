/** The kernel corpus: recorded scenarios played on the simulator, packet by packet. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseOutcome, CorpusRunner } from './check.ts';
import { finalDifference } from './kernel/final.ts';
import { hostOf, loadRuleset, loadScenario } from './kernel/load.ts';
import { playRecording } from './kernel/play.ts';
import { playsOf, type RecordedPlay, readScenarios, type Scenario } from './kernel/scenario.ts';

function* run(directory: string): Iterable<CaseOutcome> {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl.gz') || name.endsWith('.jsonl'))
    .sort();
  for (const file of files) {
    const group = file.replace(/\.jsonl(\.gz)?$/, '');
    for (const scenario of readScenarios(join(directory, file)))
      yield* runScenario(group, scenario);
  }
}

export function* runScenario(group: string, scenario: Scenario): Iterable<CaseOutcome> {
  yield* playedCases(group, scenario);
  yield* refusedCases(group, scenario);
}

/** A random scenario is measured by the recorded outcome that fits best. */
function* playedCases(group: string, scenario: Scenario): Iterable<CaseOutcome> {
  let best: readonly CaseOutcome[] = [];
  let failures = Number.POSITIVE_INFINITY;
  for (const play of playsOf(scenario)) {
    const cases = casesOfPlay(group, scenario, play);
    const failed = cases.filter(({ pass }) => !pass).length;
    if (failed >= failures) continue;
    best = cases;
    failures = failed;
    if (failed === 0) break;
  }
  yield* best;
}

function outcome(check: string, id: string, difference: string | undefined): CaseOutcome {
  if (difference === undefined) return { check, id, pass: true };
  return { check, id, pass: false, difference: () => difference };
}

function casesOfPlay(group: string, scenario: Scenario, play: RecordedPlay): CaseOutcome[] {
  const cases: CaseOutcome[] = [];
  const netdev = scenario.rulesets.some(({ text }) => /table netdev|hook ingress/.test(text));
  const bridgeNetfilter = Object.keys(scenario.host.sysctls ?? {}).some((key) =>
    key.includes('bridge-nf-call'),
  );
  const { compiled, errors } = loadScenario(scenario);
  const report = playRecording(compiled, play, { netdev, bridgeNetfilter });
  play.results.forEach((_, index) => {
    const id = `${scenario.name} packet ${index}`;
    const packet = report.packets[index];
    const note = errors.length === 0 ? '' : ` [load: ${errors[0]}]`;
    const missing = 'the simulator gave no answer';
    const noted = (text: string | undefined) => (text === undefined ? undefined : text + note);
    cases.push(
      outcome(`${group}:packets`, id, packet === undefined ? missing : noted(packet.packet)),
    );
    cases.push(
      outcome(`${group}:conntrack`, id, packet === undefined ? missing : noted(packet.conntrack)),
    );
    if (packet?.spawned !== undefined)
      cases.push(outcome(`${group}:spawned`, id, noted(packet.spawned.difference)));
  });
  const left = finalDifference(compiled, report.state, report.clock, play.final);
  cases.push(outcome(`${group}:final`, scenario.name, left));
  return cases;
}

/** Lines that the kernel's tools refused must be refused here as well, put back into the first chain. */
function* refusedCases(group: string, scenario: Scenario): Iterable<CaseOutcome> {
  const refused = scenario.refused ?? [];
  if (refused.length === 0) return;
  const host = hostOf(scenario);
  for (const [index, { kind, line, error }] of refused.entries()) {
    const id = `${scenario.name} line ${index}`;
    const text = scenario.rulesets.find((ruleset) => ruleset.kind === kind)?.text ?? '';
    const before = loadRuleset(kind, text, host).diagnostics.length;
    const after = loadRuleset(kind, withLine(text, line), host).diagnostics.length;
    const difference = after > before ? undefined : `accepted: ${line} (kernel: ${error})`;
    yield outcome(`${group}:scenarios-refused`, id, difference);
  }
}

function withLine(text: string, line: string): string {
  return text.replace(
    /^(\s*type (?:filter|nat|route) hook[^\n]*\n)/m,
    (head) => `${head}${line}\n`,
  );
}

export const kernelRunner: CorpusRunner = { run };
