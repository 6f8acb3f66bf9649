/** Checks of a whole state: rule texts, what the tools list, counts, single chains and lines, traffic. */

import { createHash } from 'node:crypto';
import { printIptablesSave } from '../../../src/formats/iptables-save/print.ts';
import {
  type KubeProxyRun,
  runKubeProxy,
} from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../../src/generate/kube-proxy/iptables/kernel-state.ts';
import { printRestore } from '../../../src/generate/kube-proxy/iptables/print-restore.ts';
import { printSavedState } from '../../../src/generate/kube-proxy/iptables/print-save.ts';
import { printNftScript } from '../../../src/generate/kube-proxy/nftables/print-commands.ts';
import type { CaseOutcome } from '../check.ts';
import { type CorpusCase, nodeOf, settingsOf } from './case.ts';
import { lineDifference } from './differences.ts';
import { listingOutcomes } from './listing.ts';
import { noLocalEndpoints } from './metrics.ts';
import { normaliseNftScript, normaliseRestore, orderSharedChains } from './normalise.ts';
import { trafficOutcomes } from './traffic.ts';

export function runCase(test: CorpusCase, previous?: KubeProxyRun): KubeProxyRun {
  return runKubeProxy(
    {
      services: test.services ?? [],
      endpointSlices: test.endpointSlices ?? [],
      settings: settingsOf(test),
      node: nodeOf(test),
    },
    previous,
  );
}

/** The text handed to the kernel for the whole state, in the corpus' normal form. */
export function normalText(run: KubeProxyRun): string {
  return run.mode === 'iptables'
    ? normaliseRestore(printRestore(run.program))
    : normaliseNftScript(printNftScript(run.program));
}

export function* rulesetOutcomes(test: CorpusCase, run: KubeProxyRun): Generator<CaseOutcome> {
  const { expect, id } = test;
  const text = normalText(run);
  const outcome = (name: string, wanted: unknown, got: unknown): CaseOutcome => ({
    check: `${test.kind === 'incremental' ? 'incremental' : run.mode}:${name}`,
    id,
    pass: wanted === got,
    difference: () =>
      typeof wanted === 'string' && typeof got === 'string' && wanted.includes('\n')
        ? lineDifference(wanted, got)
        : `wanted ${String(wanted)}, got ${String(got)}`,
  });
  if (expect.text !== undefined) yield outcome('text', expect.text, text);
  if (expect.textSha256 !== undefined)
    yield outcome('text-sha256', expect.textSha256, sha256(text));
  if (run.mode === 'iptables' && expect.iptablesSave !== undefined) {
    const wanted = savedForm(expect.iptablesSave);
    const tree = printIptablesSave(iptablesKernelState(run.program));
    yield outcome('iptables-save', wanted, savedForm(printSavedState(run.program)));
    yield outcome('iptables-save-of-tree', wanted, savedForm(tree));
  }
  for (const [name, wanted, got] of partValues(test, run, text)) yield outcome(name, wanted, got);
  yield* listingOutcomes(test, run);
  yield* trafficOutcomes(test, run);
}

/** The print of nfacct's name has two blanks in iptables 1.8.9; services come in any order. */
function savedForm(text: string): string {
  return orderSharedChains(text.replaceAll('--nfacct-name  ', '--nfacct-name '));
}

function* partValues(
  { expect }: CorpusCase,
  run: KubeProxyRun,
  text: string,
): Generator<readonly [string, unknown, unknown]> {
  const lines = text.split('\n');
  for (const [place, wanted] of Object.entries(expect.chains ?? {})) {
    const chain = place.slice(place.indexOf('/') + 1);
    const got = lines.filter((line) => line.startsWith(`-A ${chain} `));
    yield ['chains', wanted.join('\n'), got.join('\n')];
  }
  for (const line of expect.containsLines ?? []) {
    yield ['contains-lines', line, lines.includes(line) ? line : 'no such line'];
  }
  const chains = lines.filter((line) => line.startsWith(':KUBE-SEP-'));
  if (expect.endpointChains !== undefined) {
    yield ['endpoint-chains', expect.endpointChains, chains.length];
  }
  if (expect.endpointComments !== undefined) {
    const commented = lines.some((line) => /^-A KUBE-SEP-\S+ -m comment/.test(line));
    yield ['endpoint-comments', expect.endpointComments, commented];
  }
  const [filter = '', nat = ''] = text.split('*nat\n');
  if (expect.filterRules !== undefined) yield ['counts', expect.filterRules, ruleCount(filter)];
  if (expect.natRules !== undefined) yield ['counts', expect.natRules, ruleCount(nat)];
  if (expect.lbRuleExists !== undefined) {
    yield ['load-balancer-rule', expect.lbRuleExists, hasLoadBalancerRule(run, text)];
  }
  const missing = noLocalEndpoints(run);
  if (expect.noLocalEndpointsInternal !== undefined) {
    yield ['no-local-endpoints', expect.noLocalEndpointsInternal, missing.internal];
  }
  if (expect.noLocalEndpointsExternal !== undefined) {
    yield ['no-local-endpoints', expect.noLocalEndpointsExternal, missing.external];
  }
}

function ruleCount(text: string): number {
  return text.split('\n').filter((line) => line.startsWith('-A ')).length;
}

function hasLoadBalancerRule(run: KubeProxyRun, text: string): boolean {
  if (run.mode === 'iptables') return text.includes(' loadbalancer IP" ');
  const status = run.cluster.services.flatMap(
    ({ service }) => service.status?.loadBalancer?.ingress ?? [],
  );
  return status.some(({ ip }) => text.includes(`kube-proxy service-ips { ${ip} . `));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
