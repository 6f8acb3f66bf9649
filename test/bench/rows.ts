/** What is timed: our command, the peer's command, and the goal for the ratio. */

import type { Sample } from './child-time.ts';

export interface BenchRow {
  readonly goal: string;
  readonly name: string;
  readonly measure: keyof Sample;
  /** Arguments of the input generator. */
  readonly input?: string;
  readonly needs: readonly string[];
  readonly subject: (file: string) => string;
  readonly peer: (file: string) => string;
  /** Ratios: must hold, and aimed at. */
  readonly gate: number;
  readonly target: number;
  /** Fewer rounds than asked for, where the peer takes long. */
  readonly rounds?: number;
}

const cli = 'node bin/nft-sim';
const sample = '--host samples/k8s-calico-node';

const check = (file: string) => `${cli} check ${file}`;
const nftCheck = (file: string) => `unshare -n nft117 -c -f ${file}`;

export const rows: readonly BenchRow[] = [
  {
    goal: 'C1',
    name: 'cold start: trace on the sample vs node -e 0',
    measure: 'wallSeconds',
    needs: [],
    subject: () => `${cli} trace ${sample} --src 172.17.2.19 --dst 10.96.0.1 --dport 443`,
    peer: () => 'node -e 0',
    gate: 3,
    target: 1.6,
  },
  {
    goal: 'P1',
    name: 'check kube-proxy iptables mode, 10,000 services vs nft -c',
    measure: 'cpuSeconds',
    input: 'kube-ipt --n 10000',
    needs: ['nft117', 'unshare'],
    subject: check,
    peer: nftCheck,
    gate: 0.5,
    target: 0.2,
  },
  {
    goal: 'P2',
    name: 'the same vs user time of nft -c',
    measure: 'userSeconds',
    input: 'kube-ipt --n 10000',
    needs: ['nft117', 'unshare'],
    subject: check,
    peer: nftCheck,
    gate: 1,
    target: 0.5,
  },
  {
    goal: 'P3',
    name: 'check kube-proxy nftables mode, 3,000 services vs nft -c',
    measure: 'cpuSeconds',
    input: 'kube-nft --n 3000',
    needs: ['nft117', 'unshare'],
    subject: check,
    peer: nftCheck,
    gate: 1 / 3,
    target: 1 / 6,
  },
  {
    goal: 'P4',
    name: 'check iptables-save, 10,000 services vs iptables-nft-restore --test',
    measure: 'cpuSeconds',
    input: 'kube-ipt --n 10000 --format save',
    needs: ['iptables-nft-restore', 'unshare'],
    subject: check,
    peer: (file) => `unshare -n iptables-nft-restore --test ${file}`,
    gate: 0.8,
    target: 0.5,
  },
  {
    goal: 'P3',
    name: 'the same with 10,000 services: nft takes a minute',
    measure: 'cpuSeconds',
    input: 'kube-nft --n 10000',
    needs: ['nft117', 'unshare'],
    subject: check,
    peer: nftCheck,
    gate: 1 / 30,
    target: 1 / 60,
    rounds: 1,
  },
  ...(['hash', 'interval', 'concat', 'vmap'] as const).map(
    (kind): BenchRow => ({
      goal: 'P5',
      name: `check a set of 1,000,000 elements (${kind}) vs nft -c`,
      measure: 'cpuSeconds',
      input: `set --kind ${kind} --n 1000000`,
      needs: ['nft117', 'unshare'],
      subject: check,
      peer: nftCheck,
      gate: 0.15,
      target: 0.08,
    }),
  ),
  {
    goal: 'P5',
    name: 'check 1,000,000 flat rules vs nft -c',
    measure: 'cpuSeconds',
    input: 'flat --n 1000000',
    needs: ['nft117', 'unshare'],
    subject: check,
    peer: nftCheck,
    gate: 0.2,
    target: 0.1,
    rounds: 1,
  },
  {
    goal: 'L1',
    name: 'list kube-proxy iptables mode, 10,000 services vs nft: load and list',
    measure: 'cpuSeconds',
    input: 'kube-ipt --n 10000',
    needs: ['nft117', 'unshare'],
    subject: (file) => `${cli} fmt ${file}`,
    peer: (file) => `unshare -n sh -c 'nft117 -f ${file} && nft117 list ruleset'`,
    gate: 1,
    target: 0.5,
    rounds: 1,
  },
  {
    goal: 'E5',
    name: 'first verdict from kube-proxy iptables mode, 10,000 services vs nft -c',
    measure: 'cpuSeconds',
    input: 'kube-ipt --n 10000',
    needs: ['nft117', 'unshare'],
    subject: (file) =>
      `${cli} trace --ruleset ${file} --src 10.128.0.5 --dst 10.96.0.12 --dport 8080 --iif eth0`,
    peer: nftCheck,
    gate: 0.5,
    target: 0.25,
  },
];
