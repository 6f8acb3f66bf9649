/**
 * Growth: `tsx test/bench/growth.ts`. CPU of `check` on kube-proxy's rules for 10 to 30,000 services in both modes, per
 * rule and without what Node and the bundle need to start; linear when the last figures do not rise.
 */

import { readFileSync } from 'node:fs';
import { median, type Sample, timeCommand } from './child-time.ts';
import { inputFile } from './input-file.ts';

const generator = '../shared/perf/gen.py';
const rounds = 3;
const sizes = [10, 100, 1_000, 10_000, 30_000];
/** From ten to thirty thousand services the cost per rule may rise by so much. */
const gate = 1.3;

function cpuOf(command: string): number | undefined {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++) {
    const sample = timeCommand(command);
    if (sample === undefined) return undefined;
    samples.push(sample);
  }
  return median(samples.map(({ cpuSeconds }) => cpuSeconds));
}

/** Lines that end in a verdict, or in what looks one up: the rules of the generator. */
function ruleCount(file: string): number {
  const lines = readFileSync(file, 'latin1').split('\n');
  const rule = /^\t\t(?!type|comment|flags|elements|\t| *\})./;
  return lines.filter((line) => rule.test(line)).length;
}

function printMode(mode: 'kube-ipt' | 'kube-nft'): void {
  let start = 0;
  const perRule = new Map<number, number>();
  for (const services of sizes) {
    const file = inputFile(generator, `${mode} --n ${services}`);
    const seconds = file === undefined ? undefined : cpuOf(`node bin/nft-sim check ${file}`);
    if (file === undefined || seconds === undefined) {
      console.log(`${mode} ${services}: left out`);
      continue;
    }
    const rules = ruleCount(file);
    if (services === sizes[0]) start = seconds;
    const each = ((seconds - start) / rules) * 1e6;
    perRule.set(services, each);
    const shown = services === sizes[0] ? 'start' : `${each.toFixed(2)} us per rule`;
    console.log(`${mode} ${services} services, ${rules} rules: ${seconds.toFixed(2)} s, ${shown}`);
  }
  const ratio = (perRule.get(30_000) ?? Number.NaN) / (perRule.get(10_000) ?? Number.NaN);
  const verdict = ratio <= gate ? 'gate met' : 'MISSED';
  console.log(`${mode} 30,000 against 10,000 services, per rule: ${ratio.toFixed(2)} (${verdict})`);
}

printMode('kube-ipt');
printMode('kube-nft');
