/**
 * `tsx test/bench/evaluator-peer.ts [--generator FILE]`: goals E1 and E3, the evaluator and the running kernel in turn.
 *
 * The kernel's figure is attributable to the ruleset: a case's time per packet less that of a ruleset with conntrack
 * and one DNAT rule (E1) or one drop (E3). It stops at the routing decision (E1) or the drop (E3);
 * the evaluator's figure is the whole way at full fidelity, as `evaluator.ts` measures it. Of all rounds the least
 * counts: whatever else the machine does only adds to it.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes } from '../../src/packet/bytes.ts';
import type { PacketInput } from '../../src/simulate/api.ts';
import { compileProgram } from '../../src/simulate/compile.ts';
import { initialState, simulate } from '../../src/simulate/simulate.ts';
import { bundled } from './bundle.ts';
import {
  clock,
  host,
  programOf,
  randomPackets,
  workloadHost,
  workloadPackets,
  workloadsOf,
} from './evaluator-input.ts';
import { inputFile, installed } from './input-file.ts';

const rounds = 7;
const folder = mkdtempSync(join(tmpdir(), 'nft-sim-peer-'));

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function framesFile(name: string, packets: readonly PacketInput[]): string {
  const parts = packets.flatMap((packet) => {
    if (packet.kind !== 'received') return [];
    const { length } = packet.frame;
    return [Uint8Array.of(length >> 8, length & 255), packet.frame];
  });
  return written(name, concatBytes(...parts));
}

interface KernelCase {
  readonly name: string;
  readonly input: string;
  readonly output?: string;
  readonly route: string;
  readonly load: readonly string[];
  readonly frames: string;
}

/** Microseconds per packet and round of each case; undefined: the kernel cannot be asked here. */
function kernelTimes(
  cases: readonly KernelCase[],
): ReadonlyMap<string, readonly number[]> | undefined {
  const script = fileURLToPath(new URL('kernel-peer.py', import.meta.url));
  const input = JSON.stringify({ rounds, cases });
  const result = spawnSync('python3', [script], { input, encoding: 'utf8' });
  if (result.status !== 0) {
    console.log(`the kernel could not be asked: ${result.stderr.trim().split('\n').at(-1)}`);
    return undefined;
  }
  const times: Readonly<Record<string, readonly number[]>> = JSON.parse(result.stdout);
  return new Map(
    Object.entries(times).map(([name, list]) => [name, list.map((value) => value / 1000)]),
  );
}

/** The evaluator's microseconds per packet, in a process of its own. */
function ownTime(file: string, kind: string, path: string, count: number): number {
  const words = [file, '--own', kind, path, `${count}`];
  const result = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return Number(result.stdout);
}

async function measureOwn(kind: string, path: string, count: number): Promise<number> {
  const isWorkload = kind === 'workload';
  const names = isWorkload ? workloadsOf(readFileSync(path, 'utf8')) : [];
  const compiled = compileProgram(await programOf(path), {
    host: isWorkload ? workloadHost(names) : host,
  });
  const packets = isWorkload ? workloadPackets(names, 4096) : randomPackets(count, 4096);
  const state = initialState(compiled);
  const times = Array.from({ length: 30 }, () => {
    const before = process.cpuUsage();
    packets.forEach((packet, seed) => {
      simulate(compiled, state, packet, { clock, seed });
    });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / packets.length;
  });
  return Math.min(...times);
}

/** The kernel's figures where these goals were set (Linux 6.18): what is printed when no kernel can be asked. */
const anchors: Readonly<Record<string, number>> = {
  'E1 iptables mode by iptables-legacy': 55.7,
  'E1 iptables mode by nft': 162,
  'E1 nftables mode': 1.08,
  'E3 Calico forward chain': 6.9,
};

interface Row {
  readonly name: string;
  readonly base: string;
  readonly own: number;
  /** Ours over the kernel's. */
  readonly gate: number;
}

function report(rows: readonly Row[], cases: readonly KernelCase[]): void {
  const times = kernelTimes(cases);
  for (const { name, base, own, gate } of rows) {
    const whole = times?.get(name);
    const bases = times?.get(base);
    if (whole === undefined || bases === undefined) {
      const anchor = anchors[name] ?? Number.NaN;
      console.log(
        `${name}: ${own.toFixed(2)} µs; kernel not measured here (anchor ${anchor} µs attributable, measured elsewhere)`,
      );
      continue;
    }
    const [total, rest] = [Math.min(...whole), Math.min(...bases)];
    const kernel = total - rest;
    console.log(
      `${name}: ${own.toFixed(2)} µs / kernel ${kernel.toFixed(2)} µs attributable ` +
        `(${total.toFixed(2)} less ${rest.toFixed(2)}) = ${(own / kernel).toFixed(3)} (gate ${gate})`,
    );
  }
}

const oneDnat = `table ip t {
  chain p {
    type nat hook prerouting priority -100;
    ip daddr 10.96.0.0/16 counter dnat to 10.128.0.5
  }
}
`;

const oneDrop = `table ip t {
  chain f {
    type filter hook forward priority 0;
    ct state new counter drop
  }
}
`;

function reportServices(file: string, generator: string, nft: string): void {
  const listing = inputFile(generator, 'kube-ipt --n 10000');
  const saved = inputFile(generator, 'kube-ipt --n 10000 --format save');
  // The kernel takes minutes to load the maps of 10,000 services; a map lookup costs the same with 1,000.
  const maps = inputFile(generator, 'kube-nft --n 1000');
  if (listing === undefined || saved === undefined || maps === undefined) {
    console.log('E1 left out: no input generator');
    return;
  }
  const common = { input: 'eth0', route: '10.128.0.0/9' };
  const frames = framesFile('services.bin', randomPackets(10_000, 500));
  const few = framesFile('few-services.bin', randomPackets(1000, 2000));
  const base = { ...common, load: [nft, '-f', written('dnat.nft', oneDnat)] };
  const cases: KernelCase[] = [
    { ...base, name: 'one DNAT rule', frames: few },
    { ...common, name: 'E1 iptables mode by nft', load: [nft, '-f', listing], frames },
    { ...common, name: 'E1 nftables mode', load: [nft, '-f', maps], frames: few },
  ];
  const legacy = 'iptables-legacy-restore';
  if (installed(legacy)) {
    const name = 'E1 iptables mode by iptables-legacy';
    cases.push({ ...common, name, load: [legacy, saved], frames });
  }
  const own = ownTime(file, 'service', listing, 10_000);
  const rows = [
    { name: 'E1 iptables mode by iptables-legacy', base: 'one DNAT rule', own, gate: 0.1 },
    { name: 'E1 iptables mode by nft', base: 'one DNAT rule', own, gate: 0.1 },
    {
      name: 'E1 nftables mode',
      base: 'one DNAT rule',
      own: ownTime(file, 'service', maps, 1000),
      gate: 1,
    },
  ];
  report(rows, cases);
}

function reportWorkloads(file: string, generator: string, nft: string): void {
  const words = 'calico --endpoints 100 --policies 500 --sets 100 --set-size 100';
  const ruleset = inputFile(generator, words);
  if (ruleset === undefined) {
    console.log('E3 left out: no input generator');
    return;
  }
  const names = workloadsOf(readFileSync(ruleset, 'utf8'));
  const [input = '', output = ''] = names;
  const frames = framesFile('workloads.bin', workloadPackets(names, 2000));
  const common = { input, output, route: '10.65.0.0/16', frames };
  const cases: KernelCase[] = [
    { ...common, name: 'one drop', load: [nft, '-f', written('drop.nft', oneDrop)] },
    { ...common, name: 'E3 Calico forward chain', load: [nft, '-f', ruleset] },
  ];
  const own = ownTime(file, 'workload', ruleset, 0);
  report([{ name: 'E3 Calico forward chain', base: 'one drop', own, gate: 1 }], cases);
}

const args = process.argv.slice(2);
if (args[0] === '--own') {
  const [, kind = '', path = '', count] = args;
  console.log(await measureOwn(kind, path, Number(count)));
} else {
  const at = args.indexOf('--generator');
  const generator = at < 0 ? '../shared/perf/gen.py' : (args[at + 1] ?? '');
  const file = await bundled(fileURLToPath(import.meta.url));
  const nft = installed('nft117') ? 'nft117' : 'nft';
  reportServices(file, generator, nft);
  reportWorkloads(file, generator, nft);
}
