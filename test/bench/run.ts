/**
 * `npm run bench -- [--only TEXT] [--rounds N] [--generator FILE]`: times the built product against its peers.
 *
 * Every row is a ratio of medians from interleaved runs of whole processes; seconds alone say nothing on a machine
 * that drifts. A peer that is not installed leaves its row out and says so. Goals are those of the project's
 * performance design; a missed gate is printed, not asserted.
 */

import { spawnSync } from 'node:child_process';
import { interleave, median, type Sample } from './child-time.ts';
import { inputFile, installed } from './input-file.ts';
import { type BenchRow, rows } from './rows.ts';

const args = process.argv.slice(2);
const option = (name: string, fallback: string) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : (args[at + 1] ?? fallback);
};
const only = option('--only', '');
const rounds = Number(option('--rounds', '3'));
const generator = option('--generator', '../shared/perf/gen.py');

const figure = (samples: readonly Sample[], row: BenchRow) =>
  median(samples.map((sample) => sample[row.measure]));

/** A goal without the digits of a third. */
const shown = (goal: number) => String(Number(goal.toFixed(4)));

function runRow(row: BenchRow): string {
  const name = `${row.goal.padEnd(4)} ${row.name.padEnd(58)}`;
  if (row.needs.some((program) => !installed(program))) {
    return `${name} left out: ${row.needs.join(', ')} not installed`;
  }
  const file = row.input === undefined ? '' : inputFile(generator, row.input);
  if (file === undefined) return `${name} left out: no input generator`;
  const pair = interleave(row.subject(file), row.peer(file), row.rounds ?? rounds);
  if (pair === undefined) return `${name} left out: a command failed`;
  const ours = figure(pair.subject, row);
  const theirs = figure(pair.peer, row);
  const ratio = ours / theirs;
  const digits = row.gate < 0.1 ? 4 : 2;
  const verdict = ratio <= row.target ? 'target met' : ratio <= row.gate ? 'gate met' : 'MISSED';
  return (
    `${name} ${ours.toFixed(2)} s / ${theirs.toFixed(2)} s = ${ratio.toFixed(digits)}` +
    `  (gate ${shown(row.gate)}, target ${shown(row.target)}: ${verdict})`
  );
}

/** Benchmarks that print their own tables: what they measure has no peer process, or lies within one. */
const tables = ['evaluator', 'evaluator-peer', 'memory', 'growth', 'kube-proxy', 'calico'];

for (const row of rows) {
  if (`${row.goal} ${row.name}`.includes(only)) console.log(runRow(row));
}
for (const name of tables) {
  if (!name.includes(only)) continue;
  console.log(`\n${name}`);
  spawnSync('npx', ['tsx', `test/bench/${name}.ts`], { stdio: 'inherit' });
}
