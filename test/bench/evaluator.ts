/**
 * `tsx test/bench/evaluator.ts [--only TEXT] [--generator FILE]`: what one packet costs, by ruleset, service and trace.
 *
 * First packets of new flows to random services, at full fidelity (bytes, checksums, conntrack, NAT, routes, counters),
 * each from the initial state; CPU of this process, the least of rounds (whatever else the machine does only adds to it).
 * Every row is a child process.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PacketInput, SimulateOptions } from '../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { newRuleTrace } from '../../src/simulate/rule-trace.ts';
import { initialState, simulate } from '../../src/simulate/simulate.ts';
import { type StreamOptions, simulateMany } from '../../src/simulate/simulate-many.ts';
import { listRecorder } from '../../src/trace/recorder.ts';
import { bundled } from './bundle.ts';
import {
  clock,
  host,
  packetTo,
  programOf,
  randomPackets,
  sampleNode,
  samplePackets,
} from './evaluator-input.ts';
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

const streaming: StreamOptions = { clock, seed: 1, keepStates: false };

/** Microseconds per packet of a stream. */
function timeOfStream(compiled: CompiledProgram, packets: readonly PacketInput[]): number {
  const state = initialState(compiled);
  let spawned = 0;
  const before = cpuMicroseconds();
  for (const result of simulateMany(compiled, state, packets, streaming))
    spawned += result.spawned.length;
  const time = (cpuMicroseconds() - before) / packets.length;
  return spawned < 0 ? Number.NaN : time;
}

export interface Figures {
  readonly verdict: number;
  /** Verdict only, each packet meeting the state that the one before it left. */
  readonly stream: number;
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

function leastOf(
  compiled: CompiledProgram,
  packets: readonly PacketInput[],
  detail: Detail,
): number {
  const rounds = detail === 'verdict' || detail === 'rules' ? 40 : 7;
  return Math.min(...Array.from({ length: rounds }, () => timeOf(compiled, packets, detail)));
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
    verdict: leastOf(compiled, packets, 'verdict'),
    stream: Math.min(...Array.from({ length: 7 }, () => timeOfStream(compiled, packets))),
    rules: leastOf(compiled, packets, 'rules'),
    events: leastOf(compiled, few, 'events'),
    explanation: leastOf(compiled, few, 'explanation'),
    early: leastOf(compiled, only(14), 'verdict'),
    late: leastOf(compiled, only(services - 6), 'verdict'),
    fates,
  };
}

/** The same measurement in a child process. */
function measuredApart(file: string, path: string, services: number, count: number): Figures {
  const words = [file, '--one', path, `${services}`, `${count}`];
  const result = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}

/** Packets per second on the sample's node. */
async function measureSample(): Promise<string> {
  const { program, host: node } = await sampleNode();
  const compiled = compileProgram(program, { host: node });
  const packets = samplePackets(2048);
  const rates = (['verdict', 'rules', 'events', 'explanation'] as const).map((detail) => {
    const time = leastOf(compiled, packets, detail);
    return `${detail} ${show(time)} µs (${Math.round(1e6 / time)}/s)`;
  });
  return `sample k8s-kube-proxy-nftables: ${rates.join(', ')}`;
}

const styles = [
  { name: 'iptables mode (nft listing)', input: 'kube-ipt' },
  { name: 'iptables mode (iptables-save)', input: 'kube-ipt --format save' },
  { name: 'nftables mode', input: 'kube-nft' },
] as const;

const show = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));

async function report(generator: string, only: string): Promise<void> {
  const file = await bundled(fileURLToPath(import.meta.url));
  if ('sample'.includes(only)) {
    const result = spawnSync(process.execPath, [file, '--sample'], { encoding: 'utf8' });
    console.log(result.status === 0 ? result.stdout.trim() : result.stderr);
  }
  for (const { name, input } of styles) {
    if (!name.includes(only)) continue;
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
      const { verdict, stream, rules, events, explanation, early, late } = figures;
      console.log(
        `${name} ${services} services: ${show(verdict)} µs (${Math.round(1e6 / verdict)}/s; gate 5), ` +
          `simulateMany ${show(stream)} (${Math.round(1e6 / stream)}/s), ` +
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
} else if (args[0] === '--sample') {
  console.log(await measureSample());
} else {
  const option = (name: string, fallback: string) => {
    const at = args.indexOf(name);
    return at < 0 ? fallback : (args[at + 1] ?? fallback);
  };
  await report(option('--generator', '../shared/perf/gen.py'), option('--only', ''));
}
