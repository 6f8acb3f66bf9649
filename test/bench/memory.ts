/**
 * Goals M1 and M2: `tsx test/bench/memory.ts`. Bytes that a loaded and lowered ruleset keeps, text included, per rule
 * and per element of a set.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadNft } from '../../src/formats/nft/load.ts';
import { lower } from '../../src/lower/lower.ts';
import { inputFile } from './input-file.ts';

const generator = '../shared/perf/gen.py';

/** The gate and the target, in bytes. */
const rows = [
  { goal: 'M1', input: 'kube-ipt --n 10000', count: 110_423, gate: 1000, target: 400 },
  { goal: 'M2', input: 'set --kind hash --n 1000000', count: 1_000_000, gate: 80, target: 32 },
  { goal: 'M2', input: 'set --kind concat --n 1000000', count: 1_000_000, gate: 80, target: 32 },
] as const;

function usedBytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function load(text: string) {
  const ruleset = loadNft(text).value;
  return { ruleset, program: lower(ruleset).value };
}

function keptBytes(file: string): number {
  load('table ip t {\n\tchain c {\n\t\ttcp dport 22 accept\n\t}\n}\n');
  const before = usedBytes();
  const kept = load(readFileSync(file, 'latin1'));
  const bytes = usedBytes() - before;
  return kept.program.tables.length > 0 ? bytes : Number.NaN;
}

/** In a process of its own, which can collect its garbage. */
function keptApart(file: string): number {
  const self = fileURLToPath(import.meta.url);
  const words = ['--expose-gc', ...process.execArgv, self, '--one', file];
  const result = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return Number(result.stdout);
}

const [flag, file = ''] = process.argv.slice(2);
if (flag === '--one') {
  console.log(keptBytes(file));
} else {
  for (const { goal, input, count, gate, target } of rows) {
    const path = inputFile(generator, input);
    if (path === undefined) {
      console.log(`${goal} ${input}: left out, no input generator`);
      continue;
    }
    const each = (keptApart(path) / count).toFixed(0);
    console.log(`${goal} ${input}: ${each} bytes each (gate ${gate}, target ${target})`);
  }
}
