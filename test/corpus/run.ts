/**
 * `npm run corpus -- DIR [--json] [--fail N] [--only TEXT]`: runs every corpus case below DIR and prints a table.
 *
 * DIR is a corpus folder (lang, kernel, kube-proxy, calico) or any folder that holds such folders. Exit code 0 when
 * the run itself worked, whatever the pass rates; 2 for wrong usage.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { calicoRunner } from './calico.ts';
import type { CaseOutcome, CorpusRunner } from './check.ts';
import { kernelRunner } from './kernel.ts';
import { kubeProxyRunner } from './kube-proxy.ts';
import { langRunner } from './lang.ts';

const runners: Readonly<Record<string, CorpusRunner>> = {
  lang: langRunner,
  kernel: kernelRunner,
  'kube-proxy': kubeProxyRunner,
  calico: calicoRunner,
};

interface Options {
  readonly directory: string;
  readonly json: boolean;
  readonly fail: number;
  readonly only: string;
}

interface Tally {
  cases: number;
  pass: number;
}

function parseOptions(args: readonly string[]): Options | string {
  const value = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : (args[at + 1] ?? '');
  };
  const consumed = new Set(['--fail', '--only'].flatMap((name) => [args.indexOf(name) + 1]));
  const directory = args.find(
    (text, index) => !text.startsWith('--') && !(index > 0 && consumed.has(index)),
  );
  if (directory === undefined)
    return 'usage: npm run corpus -- DIR [--json] [--fail N] [--only TEXT]';
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return `no folder ${directory}`;
  return {
    directory,
    json: args.includes('--json'),
    fail: Number(value('--fail') ?? 0),
    only: value('--only') ?? '',
  };
}

/** Corpus folders at or below a directory, by their names, in sorted order. */
function findCorpora(directory: string): { readonly name: string; readonly path: string }[] {
  const name = basename(resolve(directory));
  if (Object.hasOwn(runners, name)) return [{ name, path: directory }];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => findCorpora(join(directory, entry.name)));
}

function record(tallies: Map<string, Tally>, name: string, outcome: CaseOutcome): void {
  const tally = tallies.get(name) ?? { cases: 0, pass: 0 };
  tally.cases += 1;
  if (outcome.pass) tally.pass += 1;
  tallies.set(name, tally);
}

function printTable(tallies: ReadonlyMap<string, Tally>): void {
  const width = Math.max(20, ...[...tallies.keys()].map((name) => name.length));
  console.log(
    `${'corpus/file:check'.padEnd(width)}  ${'cases'.padStart(7)}  ${'pass'.padStart(7)}  rate`,
  );
  for (const [name, { cases, pass }] of tallies) {
    const rate = cases === 0 ? '-' : `${((100 * pass) / cases).toFixed(2)} %`;
    console.log(
      `${name.padEnd(width)}  ${String(cases).padStart(7)}  ${String(pass).padStart(7)}  ${rate}`,
    );
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const tallies = new Map<string, Tally>();
  const shown = new Map<string, number>();
  for (const { name: corpus, path } of findCorpora(options.directory)) {
    const runner = runners[corpus];
    if (runner === undefined) continue;
    for await (const outcome of runner.run(path)) {
      const name = `${corpus}/${outcome.check}`;
      if (!name.includes(options.only)) continue;
      record(tallies, name, outcome);
      const count = shown.get(name) ?? 0;
      if (outcome.pass || count >= options.fail) continue;
      shown.set(name, count + 1);
      console.error(`--- ${name} ${outcome.id}\n${outcome.difference?.() ?? 'failed'}\n`);
    }
  }
  if (options.json) console.log(JSON.stringify(Object.fromEntries(tallies), null, 1));
  else printTable(tallies);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
