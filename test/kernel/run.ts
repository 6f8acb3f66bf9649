/**
 * `npm run test:kernel -- [--runs N] [--seed S] [--batch N] [--jobs N] [--world NAME] [--lab FOLDER] [--keep FILE] [--no-shrink] [--lines]`:
 * generated rulesets and packets on the running kernel and on the simulator, compared rule by rule.
 *
 * What a disagreement does not need is left out; fast-check then shrinks the first of a batch (`--shrink`). The smallest
 * scenario is printed, and appended to FILE as a recording: put that line into test/replay/cases. With `--lines`, what nft or iptables refused is asked of nft-sim too. Exit code 1 when something disagrees, 0 otherwise; also 0, with the reason, where no kernel can be asked.
 */

import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Scenario } from '../../src/replay/recording.ts';
import { type Judgement, judge } from './judge.ts';
import { labMissing, type Played, playOnKernel, startOnKernel } from './lab.ts';
import { type LabScenario, scenarios, worlds } from './scenarios.ts';
import { trim } from './trim.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    batch: { type: 'string', default: '100' },
    jobs: { type: 'string', default: '16' },
    lab: { type: 'string', default: '../shared/lab' },
    keep: { type: 'string' },
    world: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    lines: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
  },
});

interface Verdict extends Judgement {
  readonly recording: Scenario | undefined;
  /** Why the kernel's tools refused the whole ruleset. */
  readonly refused: string | undefined;
}

const tally = { scenarios: 0, packets: 0, refused: 0, lines: 0, disagreements: 0, once: 0 };

const namesOf = (list: readonly LabScenario[]): readonly LabScenario[] =>
  list.map((each, index) => ({ ...each, name: `generated-${index}` }));

const played = (list: readonly LabScenario[]): readonly LabScenario[] =>
  namesOf(list).filter(({ packets }) => packets.length > 0);

function verdictsOf(list: readonly LabScenario[]): readonly Verdict[] {
  return judged(list, playOnKernel(values.lab, played(list), values.jobs));
}

function judged(list: readonly LabScenario[], { recordings, refused }: Played): readonly Verdict[] {
  return namesOf(list).map(({ name }): Verdict => {
    const recording = recordings.get(name);
    const judgement =
      recording === undefined
        ? { difference: undefined, details: [], accepted: [] }
        : judge(recording, values.lines);
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

const property = values.world === undefined ? scenarios : worlds[values.world];

/** The recorded scenario, every packet of it on its own. */
function concrete(scenario: LabScenario, recording: Scenario | undefined): LabScenario {
  const packets = recording?.packets ?? recording?.outcomes?.[0]?.packets;
  const rulesets = recording?.rulesets ?? scenario.rulesets;
  return {
    ...scenario,
    rulesets,
    packets: packets?.map((packet) => ({ ...packet })) ?? scenario.packets,
  };
}

const differs = (verdict: Verdict | undefined): boolean => verdict?.difference !== undefined;

/** Generates twice from one seed: fast-check comes to the same scenario again, and shrinks it step by step. */
function shrunk(
  seed: number,
  index: number,
  generated: fc.Arbitrary<LabScenario>,
): LabScenario | undefined {
  const known = new Map<string, boolean>();
  const agrees = (scenario: LabScenario): boolean => {
    const key = JSON.stringify(scenario);
    const before = known.get(key) ?? differs(verdictsOf([scenario])[0]);
    known.set(key, before);
    return !before;
  };
  const found = fc.check(fc.property(generated, agrees), { seed, path: String(index), numRuns: 1 });
  return found.counterexample?.[0];
}

interface Batch {
  readonly seed: number;
  readonly scenarios: readonly LabScenario[];
  readonly played: Promise<Played>;
}

function startBatch(generated: fc.Arbitrary<LabScenario>, seed: number, size: number): Batch {
  const list = fc.sample(generated, { seed, numRuns: size });
  return { seed, scenarios: list, played: startOnKernel(values.lab, played(list), values.jobs) };
}

interface Found {
  readonly title: string;
  readonly scenario: LabScenario;
  readonly verdict: Verdict;
  readonly seed: number;
  readonly index: number;
}

/** A lab that failed, as when the machine runs short, is asked once more. */
function playedAgain(scenario: LabScenario): Verdict | undefined {
  try {
    return verdictsOf([scenario])[0];
  } catch {
    return verdictsOf([scenario])[0];
  }
}

/** Plays it again, and leaves out what it does not need. */
function tell(
  generated: fc.Arbitrary<LabScenario>,
  { title, scenario, verdict, seed, index }: Found,
): void {
  const from = concrete(scenario, verdict.recording);
  if (!differs(playedAgain(from))) {
    // A busy machine took longer than a timeout of the rules.
    tally.disagreements -= 1;
    tally.once += 1;
    print(`${title} (not again)`, scenario, verdict);
    return;
  }
  if (values['no-shrink']) {
    print(title, scenario, verdict);
    return;
  }
  const first = values.shrink ? (shrunk(seed, index, generated) ?? from) : from;
  const small = trim(first, (list) => verdictsOf(list).map(differs));
  const [again] = verdictsOf([small]);
  if (again !== undefined && differs(again)) print(`minimal of ${title}`, small, again);
  else print(title, scenario, verdict);
}

function judgeBatch(
  generated: fc.Arbitrary<LabScenario>,
  { seed, scenarios: batch }: Batch,
  result: Played,
): void {
  const verdicts = judged(batch, result);
  count(verdicts);
  batch.forEach((scenario, index) => {
    const verdict = verdicts[index];
    if (verdict?.refused !== undefined) console.log(`refused: ${verdict.refused.slice(0, 300)}`);
    for (const line of verdict?.accepted ?? []) console.log(line);
    if (verdict === undefined || !differs(verdict)) return;
    const title = `seed ${seed} scenario ${index}`;
    try {
      tell(generated, { title, scenario, verdict, seed, index });
    } catch (error) {
      print(`${title} (cannot be played again: ${error})`, scenario, verdict);
    }
  });
}

const missing = labMissing(values.lab);
if (property === undefined) console.log(`worlds: ${Object.keys(worlds).join(' ')}`);
else if (missing === undefined) {
  const [runs, seed, size] = [Number(values.runs), Number(values.seed), Number(values.batch)];
  const start = (done: number) => startBatch(property, seed + done, Math.min(size, runs - done));
  let next: Batch | undefined = start(0);
  for (let done = size; next !== undefined; done += size) {
    const batch: Batch = next;
    const result = await batch.played;
    next = done < runs ? start(done) : undefined;
    judgeBatch(property, batch, result);
    console.error(`${Math.min(done, runs)} of ${runs}, ${tally.disagreements} disagree`);
  }
  const { scenarios: count, packets, refused, lines, disagreements, once } = tally;
  console.log(
    `${count} scenarios, ${packets} packets: ${disagreements} disagree; ${once} differed once and not again; the tools refused ${refused} rulesets and ${lines} lines`,
  );
  process.exitCode = disagreements === 0 ? 0 : 1;
} else console.log(`test:kernel skipped: ${missing}`);
