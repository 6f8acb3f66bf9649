/**
 * Goals G1 and G2: `tsx test/bench/kube-proxy.ts [SERVICES…]`. CPU of generating a cluster's rules as text, in this
 * process, against the CPU iptables-nft-restore --test needs to read them; CPU of one changed service against a full
 * run; growth; peak memory. Figures of the first run in a process, cold.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type KubeProxyInput,
  type KubeProxyRun,
  runKubeProxy,
} from '../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { printRestore } from '../../src/generate/kube-proxy/iptables/print-restore.ts';
import { partialSync } from '../../src/generate/kube-proxy/iptables/sync.ts';
import { printNftScript } from '../../src/generate/kube-proxy/nftables/print-commands.ts';
import { nftTransaction } from '../../src/generate/kube-proxy/nftables/transaction.ts';
import { defaultSettings, type KubeProxyMode } from '../../src/generate/kube-proxy/settings.ts';
import type { EndpointSlice } from '../../src/generate/kubernetes/endpoint-slice.ts';
import type { Service } from '../../src/generate/kubernetes/service.ts';
import { timeCommand } from './child-time.ts';

interface Measured {
  readonly fullSeconds: number;
  readonly changeSeconds: number;
  readonly megabytes: number;
  readonly peakMegabytes: number;
}

function address(first: number, number: number): string {
  return `${first}.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

function clusterInput(services: number, endpoints: number, mode: KubeProxyMode): KubeProxyInput {
  const indexes = Array.from({ length: services }, (_, index) => index);
  const metadata = (index: number) => ({ namespace: `ns${index % 50}`, name: `svc${index}` });
  return {
    services: indexes.map(
      (index): Service => ({
        metadata: metadata(index),
        spec: {
          type: 'ClusterIP',
          clusterIP: address(172, index),
          ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
        },
      }),
    ),
    endpointSlices: indexes.map(
      (index): EndpointSlice => ({
        metadata: {
          ...metadata(index),
          labels: { 'kubernetes.io/service-name': `svc${index}` },
        },
        addressType: 'IPv4',
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        endpoints: Array.from({ length: endpoints }, (_, place) => ({
          addresses: [address(10, index * endpoints + place)],
          conditions: { ready: true, serving: true, terminating: false },
        })),
      }),
    ),
    settings: {
      ...defaultSettings,
      mode,
      detectLocal: { mode: 'ClusterCIDR', cidrs: ['10.0.0.0/8'] },
      nodePortAddresses: mode === 'nftables' ? ['primary'] : [],
    },
    node: {
      name: 'n',
      labels: {},
      primaryAddresses: ['192.168.0.1'],
      interfaceAddresses: ['127.0.0.1', '192.168.0.1'],
    },
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function fullText(run: KubeProxyRun): string {
  return run.mode === 'iptables' ? printRestore(run.program) : printNftScript(run.program);
}

function changeText(run: KubeProxyRun, before: KubeProxyRun): string {
  if (run.mode === 'iptables' && before.mode === 'iptables') {
    return partialSync(run.program, before.program).restoreText;
  }
  if (run.mode === 'nftables' && before.mode === 'nftables') {
    return nftTransaction(run.program, before.program).script;
  }
  return '';
}

/** In a process of its own, so that every figure is a cold one; `path` gets the text. */
function measure(services: number, endpoints: number, mode: KubeProxyMode, path: string): Measured {
  const input = clusterInput(services, endpoints, mode);
  const start = cpuSeconds();
  const run = runKubeProxy(input);
  const bytes = Buffer.from(fullText(run));
  const fullSeconds = cpuSeconds() - start;
  writeFileSync(path, bytes);
  const rounds = 5;
  let changeSeconds = 0;
  for (let round = 0; round < rounds; round++) {
    const at = (services >> 1) + round;
    const endpointSlices = input.endpointSlices.map((slice, index) =>
      index === at ? { ...slice, endpoints: slice.endpoints?.slice(1) } : slice,
    );
    const before = cpuSeconds();
    const again = runKubeProxy({ ...input, endpointSlices }, run);
    Buffer.from(changeText(again, run));
    changeSeconds += (cpuSeconds() - before) / rounds;
  }
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { fullSeconds, changeSeconds, megabytes: bytes.length / 1e6, peakMegabytes };
}

/** The same measurement in a child process. */
function measuredApart(words: readonly string[]): Measured {
  const self = fileURLToPath(import.meta.url);
  const result = spawnSync(process.execPath, [...process.execArgv, self, '--one', ...words], {
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}

function report(counts: readonly number[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'nft-sim-bench-'));
  const path = join(folder, 'rules.txt');
  for (const endpoints of [3, 10]) {
    for (const services of counts) {
      let peer = Number.NaN;
      for (const mode of ['iptables', 'nftables'] as const) {
        const words = [String(services), String(endpoints), mode, path];
        const { fullSeconds, changeSeconds, megabytes, peakMegabytes } = measuredApart(words);
        if (mode === 'iptables') {
          const sample = timeCommand(`unshare -n iptables-nft-restore --test ${path}`);
          peer = sample?.cpuSeconds ?? Number.NaN;
        }
        console.log(
          `${mode} ${services} x ${endpoints}: ${fullSeconds.toFixed(2)} s for ${megabytes.toFixed(1)} MB, ` +
            `iptables-nft-restore ${peer.toFixed(2)} s: G1 ${(fullSeconds / peer).toFixed(2)} (gate 0.8, target 0.4); ` +
            `one change ${(changeSeconds * 1000).toFixed(1)} ms: G2 ${(changeSeconds / fullSeconds).toFixed(3)} (gate 0.2, target 0.02); ` +
            `peak ${peakMegabytes.toFixed(0)} MB`,
        );
      }
    }
  }
  rmSync(folder, { recursive: true });
}

const [first, services, endpoints, mode, path = ''] = process.argv.slice(2);
if (first === '--one') {
  const chosen = mode === 'nftables' ? 'nftables' : 'iptables';
  console.log(JSON.stringify(measure(Number(services), Number(endpoints), chosen, path)));
} else {
  const counts = process.argv.slice(2).map(Number);
  report(counts.length > 0 ? counts : [1000, 10_000]);
}
