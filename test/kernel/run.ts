/**
 * `npm run test:kernel -- [--runs N] [--seed S] [--batch N] [--lab FOLDER] [--keep FILE] [--no-shrink]`: generated rulesets and
 * packets on the running kernel and on the simulator, compared rule by rule.
 *
 * A disagreement is shrunk to a minimal scenario, printed, and appended to FILE as a recording: put that line into
 * test/replay/cases. Exit code 1 when something disagrees, 0 otherwise; also 0, with the reason, where no kernel can be asked.
 */

import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Scenario } from '../../src/replay/recording.ts';
import { type Judgement, judge } from './judge.ts';
import { labMissing, playOnKernel } from './lab.ts';
import { type LabScenario, scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    batch: { type: 'string', default: '40' },
    lab: { type: 'string', default: '../shared/lab' },
    keep: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
  },
});

interface Verdict extends Judgement {
  readonly recording: Scenario | undefined;
  /** Why the kernel's tools refused the whole ruleset. */
  readonly refused: string | undefined;
}

const tally = { scenarios: 0, packets: 0, refused: 0, lines: 0, disagreements: 0 };

function verdictsOf(list: readonly LabScenario[]): readonly Verdict[] {
  const named = list.map((each, index) => ({ ...each, name: `generated-${index}` }));
  const { recordings, refused } = playOnKernel(values.lab, named);
  return named.map(({ name }): Verdict => {
    const recording = recordings.get(name);
    const judgement =
      recording === undefined
        ? { difference: undefined, details: [], accepted: [] }
        : judge(recording);
    return { ...judgement, recording, refused: refused.get(name) };
  });
}

function count(verdicts: readonly Verdict[]): void {
  for (const { recording, refused, difference } of verdicts) {
    tally.scenarios += 1;
    if (refused !== undefined) tally.refused += 1;
    if (difference !== undefined) tally.disagreements += 1;
    tally.lines += recording?.refused?.length ?? 0;
    tally.packets += recording?.results?.length ?? recording?.outcomes?.[0]?.results.length ?? 0;
  }
}

function print(
  title: string,
  scenario: LabScenario,
  { difference, details, recording }: Verdict,
): void {
  console.log(`\n${title}\n${difference}`);
  for (const { kind, text } of recording?.rulesets ?? scenario.rulesets)
    console.log(`--- ${kind}\n${text}`);
  for (const packet of recording?.packets ?? scenario.packets)
    console.log(`packet ${JSON.stringify(packet)}`);
  for (const line of details) console.log(line);
  if (values.keep === undefined || recording === undefined) return;
  const line = JSON.stringify({ ...recording, name: title });
  appendFileSync(values.keep, `${line}\n`);
}

/** Generates twice from one seed: first to play the whole batch at once, then to shrink what failed, step by step. */
function runBatch(seed: number, size: number): void {
  const batch = fc.sample(scenarios, { seed, numRuns: size });
  const verdicts = verdictsOf(batch);
  count(verdicts);
  const known = new Map(batch.map((each, index) => [JSON.stringify(each), verdicts[index]]));
  batch.forEach((scenario, index) => {
    const verdict = verdicts[index];
    if (verdict?.refused !== undefined) console.log(`refused: ${verdict.refused.slice(0, 300)}`);
    for (const line of verdict?.accepted ?? []) console.log(line);
    if (verdict?.difference !== undefined && values['no-shrink'])
      print(`seed ${seed} scenario ${index}`, scenario, verdict);
  });
  if (values['no-shrink'] || verdicts.every(({ difference }) => difference === undefined)) return;
  const verdictOf = (scenario: LabScenario): Verdict | undefined => {
    const key = JSON.stringify(scenario);
    if (!known.has(key)) known.set(key, verdictsOf([scenario])[0]);
    return known.get(key);
  };
  const property = fc.property(
    scenarios,
    (scenario) => verdictOf(scenario)?.difference === undefined,
  );
  const result = fc.check(property, { seed, numRuns: size });
  const [minimal] = result.counterexample ?? [];
  if (minimal === undefined) return;
  const verdict = verdictOf(minimal);
  if (verdict !== undefined)
    print(`minimal of seed ${seed}, ${result.numShrinks} steps`, minimal, verdict);
}

const missing = labMissing(values.lab);
if (missing === undefined) {
  const [runs, seed, size] = [Number(values.runs), Number(values.seed), Number(values.batch)];
  for (let done = 0; done < runs; done += size) runBatch(seed + done, Math.min(size, runs - done));
  const { scenarios: played, packets, refused, lines, disagreements } = tally;
  console.log(
    `${played} scenarios, ${packets} packets: ${disagreements} disagree; the tools refused ${refused} rulesets and ${lines} lines`,
  );
  process.exitCode = disagreements === 0 ? 0 : 1;
} else console.log(`test:kernel skipped: ${missing}`);
