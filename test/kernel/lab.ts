/** Plays scenarios on the running kernel through the lab's oracle, several in one process. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readRecording, type Scenario } from '../../src/replay/recording.ts';
import type { LabScenario } from './scenarios.ts';

/** Why the kernel cannot be asked here; undefined when it can. */
export function labMissing(lab: string): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: network namespaces and rulesets need it';
  if (!existsSync(join(lab, 'oracle.py'))) return `no lab at ${lab} (--lab FOLDER)`;
  const nft = process.env.LAB_NFT ?? 'nft117';
  if (spawnSync(nft, ['--version']).status !== 0)
    return `${nft} cannot be started (LAB_NFT names another)`;
  if (spawnSync('unshare', ['-n', 'true']).status !== 0)
    return 'network namespaces are not allowed';
  return undefined;
}

export interface Played {
  /** What the kernel did, by the name of the scenario. */
  readonly recordings: ReadonlyMap<string, Scenario>;
  /** Why a ruleset was refused, by the name of the scenario. */
  readonly refused: ReadonlyMap<string, string>;
}

interface Refusal {
  readonly name: string;
  readonly error: string;
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

interface Task {
  readonly folder: string;
  readonly words: readonly string[];
}

/** Scenarios mostly wait: more of them at once than the machine has cores. */
function newTask(lab: string, scenarios: readonly LabScenario[], jobs: string): Task {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-property-'));
  const input = join(folder, 'scenarios.jsonl');
  writeFileSync(input, scenarios.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const script = join(lab, 'oracle.py');
  return { folder, words: [script, 'run', input, recordingOf(folder), '--runs', '1', '-j', jobs] };
}

const recordingOf = (folder: string): string => join(folder, 'recording.jsonl.gz');

function readPlayed(folder: string): Played {
  const output = recordingOf(folder);
  const text = gunzipSync(readFileSync(output)).toString('utf8');
  const rejected = readFileSync(join(folder, 'recording.rejected.jsonl'), 'utf8');
  const refusals = linesOf(rejected).map((line): Refusal => JSON.parse(line));
  return {
    recordings: new Map(
      readRecording({ name: output, text }).value.map((each) => [each.name, each]),
    ),
    refused: new Map(refusals.map(({ name, error }) => [name, error])),
  };
}

export function playOnKernel(lab: string, scenarios: readonly LabScenario[], jobs: string): Played {
  const { folder, words } = newTask(lab, scenarios, jobs);
  try {
    const done = spawnSync('python3', words, { encoding: 'utf8' });
    if (done.status !== 0)
      throw new Error(`the lab failed: ${done.error?.message ?? done.stderr.slice(-2000)}`);
    return readPlayed(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The kernel plays while something else is judged. */
export async function startOnKernel(
  lab: string,
  scenarios: readonly LabScenario[],
  jobs: string,
): Promise<Played> {
  const { folder, words } = newTask(lab, scenarios, jobs);
  try {
    const status = await new Promise((resolve) => {
      spawn('python3', words, { stdio: 'ignore' }).on('close', resolve);
    });
    if (status !== 0) throw new Error(`the lab failed: ${status}`);
    return readPlayed(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
