/**
 * `npm run bench -- [--only TEXT] [--rounds N] [--generator FILE]`: times the built product against its peers.
 *
 * Every row is a ratio of medians from interleaved runs of whole processes; seconds alone say nothing on a machine
 * that drifts. A peer that is not installed leaves its row out and says so. Goals are those of the project's
 * performance design; a missed gate is printed, not asserted.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave, median, type Sample } from './child-time.ts';
import { type BenchRow, rows } from './rows.ts';

const args = process.argv.slice(2);
const option = (name: string, fallback: string) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : (args[at + 1] ?? fallback);
};
const only = option('--only', '');
const rounds = Number(option('--rounds', '3'));
const generator = option('--generator', '../shared/perf/gen.py');
const folder = join(tmpdir(), 'nft-sim-bench');

function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Makes an input file once; the generators are deterministic. */
function inputFile(words: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${words.replace(/[^a-z0-9]+/gi, '-')}.txt`);
  if (existsSync(path)) return path;
  if (!existsSync(generator) || !installed('python3')) return undefined;
  const made = spawnSync('python3', [generator, ...words.split(' '), '-o', path]);
  return made.status === 0 ? path : undefined;
}

const figure = (samples: readonly Sample[], row: BenchRow) =>
  median(samples.map((sample) => sample[row.measure]));

function runRow(row: BenchRow): string {
  const name = `${row.goal.padEnd(4)} ${row.name.padEnd(58)}`;
  if (row.needs.some((program) => !installed(program))) {
    return `${name} left out: ${row.needs.join(', ')} not installed`;
  }
  const file = row.input === undefined ? '' : inputFile(row.input);
  if (file === undefined) return `${name} left out: no input generator`;
  const pair = interleave(row.subject(file), row.peer(file), rounds);
  if (pair === undefined) return `${name} left out: a command failed`;
  const ours = figure(pair.subject, row);
  const theirs = figure(pair.peer, row);
  const ratio = ours / theirs;
  const verdict = ratio <= row.target ? 'target met' : ratio <= row.gate ? 'gate met' : 'MISSED';
  return (
    `${name} ${ours.toFixed(2)} s / ${theirs.toFixed(2)} s = ${ratio.toFixed(2)}` +
    `  (gate ${row.gate}, target ${row.target}: ${verdict})`
  );
}

/** Benchmarks that print their own tables: what they measure has no peer process, or lies within one. */
const tables = ['kube-proxy', 'calico'];

for (const row of rows) {
  if (`${row.goal} ${row.name}`.includes(only)) console.log(runRow(row));
}
for (const name of tables) {
  if (!name.includes(only)) continue;
  console.log(`\n${name}`);
  spawnSync('npx', ['tsx', `test/bench/${name}.ts`], { stdio: 'inherit' });
}
