/** Times whole processes: CPU seconds (user and system) and wall seconds, in interleaved rounds. */

import { spawnSync } from 'node:child_process';

export interface Sample {
  readonly cpuSeconds: number;
  readonly userSeconds: number;
  readonly wallSeconds: number;
}

/** Runs a shell command once; undefined when it fails. */
export function timeCommand(command: string): Sample | undefined {
  const script = `TIMEFORMAT='%R %U %S'; time { ${command}; } >/dev/null 2>&1`;
  const result = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: cleanEnvironment() });
  if (result.status !== 0) return undefined;
  const [wall, user, system] =
    result.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (wall === undefined || user === undefined || system === undefined) return undefined;
  return { cpuSeconds: user + system, userSeconds: user, wallSeconds: wall };
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], LC_ALL: 'C', NO_COLOR: '1' };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export interface Pair {
  readonly subject: readonly Sample[];
  readonly peer: readonly Sample[];
}

/** Subject and peer in turn, so that a drifting machine slows both alike. */
export function interleave(subject: string, peer: string, rounds: number): Pair | undefined {
  const pair: { subject: Sample[]; peer: Sample[] } = { subject: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    const ours = timeCommand(subject);
    const theirs = timeCommand(peer);
    if (ours === undefined || theirs === undefined) return undefined;
    pair.subject.push(ours);
    pair.peer.push(theirs);
  }
  return pair;
}
