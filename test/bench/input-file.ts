/** Large rulesets from the deterministic generator, each made once. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(tmpdir(), 'nft-sim-bench');

export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The file for these arguments of the generator; undefined when it cannot be made. */
export function inputFile(generator: string, words: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${words.replace(/[^a-z0-9]+/gi, '-')}.txt`);
  if (existsSync(path)) return path;
  if (!existsSync(generator) || !installed('python3')) return undefined;
  const made = spawnSync('python3', [generator, ...words.split(' '), '-o', path]);
  return made.status === 0 ? path : undefined;
}
