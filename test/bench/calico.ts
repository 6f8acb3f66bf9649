/**
 * `tsx test/bench/calico.ts`: CPU, peak memory and growth of generating Calico's rules. A node of N endpoints to which
 * 100 policies of 10 rules apply, and a cluster of N pods that are all members of the node's IP sets.
 * Figures of the first run in a process, cold; growth is the figure over that of half the size.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readFelixModel } from '../../src/generate/calico/felix-model.ts';
import { generateCalico, generateFromModel } from '../../src/generate/calico/generate-calico.ts';
import { ipSetRestore } from '../../src/generate/calico/ip-set-restore.ts';
import { nftCommands } from '../../src/generate/calico/nft-table.ts';
import { readCalicoInput } from '../../src/generate/calico/read-input.ts';
import { restoreText } from '../../src/generate/calico/restore-text.ts';

interface Measured {
  readonly seconds: number;
  readonly count: number;
  readonly peakMegabytes: number;
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

function nodeFields(endpoints: number): Readonly<Record<string, unknown>> {
  const policies = numbers(100).map((policy) => ({
    tier: 'default',
    name: `ns/default.p${policy}`,
    selector: `app == 'a${policy}'`,
    inbound: numbers(10).map((rule) => ({
      action: 'allow',
      protocol: { name: 'tcp' },
      src_net: [`10.${policy}.${rule}.0/24`, `11.${policy}.${rule}.0/24`],
      dst_ports: [{ first: 80 + rule, last: 90 + rule }],
    })),
    outbound: numbers(10).map((rule) => ({
      action: 'allow',
      protocol: { name: 'udp' },
      dst_ip_set_ids: [`s:abc${policy}-${rule}`],
    })),
  }));
  const names = policies.map(({ name }) => name);
  const tiers = [{ name: 'default', default_action: 'Deny', ingress: names, egress: names }];
  const workloads = numbers(endpoints).map((at) => ({
    interface: `cali${(at * 7919 + 1_000_000).toString(16)}`,
    profiles: ['kns.ns'],
    tiers,
  }));
  const allow = [{ action: 'allow' }];
  return { workloads, policies, profiles: [{ name: 'kns.ns', inbound: allow, outbound: allow }] };
}

function clusterText(pods: number): string {
  const podObject = (at: number) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${at}`, namespace: 'a', labels: { app: `a${at % 10}` } },
    spec: { nodeName: at < 50 ? 'n1' : 'n2', containers: [{ name: 'c' }] },
    status: { phase: 'Running', podIP: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}` },
  });
  const allowFrom = (selector: string) => ({ action: 'Allow', source: { selector } });
  const policy = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'default.x' },
    spec: {
      selector: 'all()',
      types: ['Ingress'],
      ingress: [allowFrom('has(app)'), allowFrom("app == 'a1'")],
    },
  };
  const items = [...numbers(pods).map(podObject), policy];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const starting = (start: string, lines: readonly string[]): number =>
  lines.filter((line) => line.startsWith(start)).length;

/** Each returns how many rules or members it wrote. */
const tasks: Readonly<Record<string, (size: number) => () => number>> = {
  iptables: (endpoints) => {
    const fields = nodeFields(endpoints);
    return () => {
      const model = readFelixModel(fields, { dataplane: 'iptables' }).value;
      const { tables } = generateFromModel(model);
      return starting('-A ', restoreText(tables, model.insertMode));
    };
  },
  nftables: (endpoints) => {
    const fields = nodeFields(endpoints);
    return () => {
      const model = readFelixModel(fields, { dataplane: 'nftables' }).value;
      const { output } = generateFromModel(model);
      return output.mode === 'nftables' ? starting('add rule ', nftCommands(output.table)) : 0;
    };
  },
  members: (pods) => {
    const text = clusterText(pods);
    return () => {
      const { value } = readCalicoInput([{ name: 'cluster.json', text }]);
      const { model } = generateCalico(value, { node: 'n1' }).value;
      return starting('add ', ipSetRestore(model));
    };
  },
};

function measure(task: string, size: number): Measured {
  const run = tasks[task]?.(size);
  if (run === undefined) throw new Error(`no task ${task}`);
  const before = process.cpuUsage();
  const count = run();
  const { user, system } = process.cpuUsage(before);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  return { seconds: (user + system) / 1e6, count, peakMegabytes };
}

/** The same measurement in a child process. */
function measuredApart(task: string, size: number): Measured {
  const self = fileURLToPath(import.meta.url);
  const words = ['--one', task, `${size}`];
  const result = spawnSync(process.execPath, [...process.execArgv, self, ...words], {
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}

function report(task: string, sizes: readonly number[]): void {
  let last: number | undefined;
  for (const size of sizes) {
    const { seconds, count, peakMegabytes } = measuredApart(task, size);
    const what = task === 'members' ? 'pods, members' : 'endpoints, rules';
    console.log(
      `${task} ${size} ${what} ${count}: ${seconds.toFixed(2)} s CPU, ` +
        `peak ${peakMegabytes.toFixed(0)} MB${last === undefined ? '' : `, growth ${(seconds / last).toFixed(2)}`}`,
    );
    last = seconds;
  }
}

const [flag, task = '', size = '0'] = process.argv.slice(2);
if (flag === '--one') {
  console.log(JSON.stringify(measure(task, Number(size))));
} else {
  report('iptables', [125, 250, 500]);
  report('nftables', [125, 250, 500]);
  report('members', [25_000, 50_000, 100_000]);
}
