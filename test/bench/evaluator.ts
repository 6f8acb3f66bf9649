/**
 * `tsx test/bench/evaluator.ts [--only TEXT] [--generator FILE]`: what one packet costs, by ruleset, service and trace.
 *
 * First packets of new flows to random services, at full fidelity (bytes, checksums, conntrack, NAT, routes, counters),
 * each from the initial state; CPU of this process, median of rounds after a warm-up. Every row is a child process.
 */

import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PacketInput, SimulateOptions } from '../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { newRuleTrace } from '../../src/simulate/rule-trace.ts';
import { initialState, simulate } from '../../src/simulate/simulate.ts';
import { listRecorder } from '../../src/trace/recorder.ts';
import { median } from './child-time.ts';
import { clock, host, packetTo, programOf, randomPackets } from './evaluator-input.ts';
import { inputFile } from './input-file.ts';

type Detail = 'verdict' | 'rules' | 'events' | 'explanation';

const ruleTrace = newRuleTrace();

function optionsFor(detail: Detail, seed: number): SimulateOptions {
  if (detail === 'verdict') return { clock, seed };
  if (detail === 'rules') return { clock, seed, ruleTrace };
  return { clock, seed, recorder: listRecorder({ misses: detail === 'explanation' }) };
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds per packet. */
function timeOf(
  compiled: CompiledProgram,
  packets: readonly PacketInput[],
  detail: Detail,
): number {
  const state = initialState(compiled);
  const before = cpuMicroseconds();
  packets.forEach((packet, index) => {
    simulate(compiled, state, packet, optionsFor(detail, index));
  });
  return (cpuMicroseconds() - before) / packets.length;
}

export interface Figures {
  readonly verdict: number;
  /** With the numbers of the rules that matched. */
  readonly rules: number;
  /** With all events, as a recorder gets them. */
  readonly events: number;
  readonly explanation: number;
  /** Verdict only, one service near the start and one near the end of the list. */
  readonly early: number;
  readonly late: number;
  readonly fates: Readonly<Record<string, number>>;
}

function medianOf(
  compiled: CompiledProgram,
  packets: readonly PacketInput[],
  detail: Detail,
): number {
  const rounds = Array.from({ length: 7 }, () => timeOf(compiled, packets, detail));
  return median(rounds.slice(2));
}

async function measure(path: string, services: number, count: number): Promise<Figures> {
  const compiled = compileProgram(await programOf(path), { host });
  const packets = randomPackets(services, count);
  const fates: Record<string, number> = {};
  packets.forEach((packet, seed) => {
    const { kind } = simulate(compiled, initialState(compiled), packet, { clock, seed }).fate;
    fates[kind] = (fates[kind] ?? 0) + 1;
  });
  const few = packets.slice(0, Math.min(packets.length, 512));
  const only = (service: number) => few.map((_, client) => packetTo(service, client));
  return {
    verdict: medianOf(compiled, packets, 'verdict'),
    rules: medianOf(compiled, packets, 'rules'),
    events: medianOf(compiled, few, 'events'),
    explanation: medianOf(compiled, few, 'explanation'),
    early: medianOf(compiled, only(14), 'verdict'),
    late: medianOf(compiled, only(services - 6), 'verdict'),
    fates,
  };
}

/** This file as plain JavaScript: what a loader of TypeScript adds to functions would be measured as well. */
async function bundled(): Promise<string> {
  const { buildSync } = await import('esbuild');
  const outfile = join(tmpdir(), 'nft-sim-bench', 'evaluator.mjs');
  const js =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({
    entryPoints: [fileURLToPath(import.meta.url)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    logLevel: 'error',
    banner: { js },
  });
  return outfile;
}

/** The same measurement in a child process. */
function measuredApart(file: string, path: string, services: number, count: number): Figures {
  const words = [file, '--one', path, `${services}`, `${count}`];
  const result = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}

const styles = [
  { name: 'iptables mode (nft listing)', input: 'kube-ipt' },
  { name: 'iptables mode (iptables-save)', input: 'kube-ipt --format save' },
  { name: 'nftables mode', input: 'kube-nft' },
] as const;

const show = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/** The kernel's attributable cost at 10,000 services where these goals were set (Linux 6.18): for comparison only. */
const kernelMicroseconds = { 'kube-ipt': 162, 'kube-ipt --format save': 180.6, 'kube-nft': 1.08 };

async function report(generator: string, only: string): Promise<void> {
  const file = await bundled();
  for (const { name, input } of styles) {
    if (!name.includes(only)) continue;
    console.log(
      `${name}; kernel at 10,000: ${kernelMicroseconds[input]} µs (constant, not measured here)`,
    );
    let smallest: Figures | undefined;
    for (const services of [100, 1000, 10_000]) {
      const [kind, ...rest] = input.split(' ');
      const path = inputFile(generator, [kind, `--n ${services}`, ...rest].join(' '));
      if (path === undefined) {
        console.log(`${name}: left out: no input generator`);
        break;
      }
      const figures = measuredApart(file, path, services, 4096);
      smallest ??= figures;
      const { verdict, rules, events, explanation, early, late } = figures;
      console.log(
        `${name} ${services} services: ${show(verdict)} µs (${Math.round(1e6 / verdict)}/s), ` +
          `with matched rules ${show(rules)} (${show(rules / verdict)}×; gate 2), ` +
          `events ${show(events)}, explanation ${show(explanation)} (gate 1000); ` +
          `service 14 ${show(early)}, last but five ${show(late)} (${show(late / early)}×; gate 3); ` +
          `growth ${show(verdict / smallest.verdict)} (gate 6, target 3) ${JSON.stringify(figures.fates)}`,
      );
    }
  }
}

const args = process.argv.slice(2);
if (args[0] === '--one') {
  const [, path = '', services, count] = args;
  console.log(JSON.stringify(await measure(path, Number(services), Number(count))));
} else {
  const option = (name: string, fallback: string) => {
    const at = args.indexOf(name);
    return at < 0 ? fallback : (args[at + 1] ?? fallback);
  };
  await report(option('--generator', '../shared/perf/gen.py'), option('--only', ''));
}
