/**
 * `npm run corpus -- DIR [--json] [--fail N] [--only TEXT] [--gate] [--failing] [--plain]`: runs every corpus case below
 * DIR and prints a table; `--help` says what the options do.
 *
 * DIR is a corpus folder (lang, kernel, kube-proxy, calico) or any folder that holds such folders. Exit code 0 when
 * the run itself worked, whatever the pass rates; 2 for wrong usage. With `--gate` it is 1 when a case fails that
 * test/gaps.ts does not list, or a listed one passes.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { gaps } from '../gaps.ts';
import type { CaseOutcome, CorpusRunner } from './check.ts';

/** Loaded when a folder of that name is met. */
const runners: Readonly<Record<string, () => Promise<CorpusRunner>>> = {
  lang: async () => (await import('./lang.ts')).langRunner,
  kernel: async () => (await import('./kernel.ts')).kernelRunner,
  'kube-proxy': async () => (await import('./kube-proxy.ts')).kubeProxyCorpus,
  calico: async () => (await import('./calico.ts')).calicoRunner,
};

const usage = `usage: npm run corpus -- DIR [options]

Runs every corpus case below DIR (lang, kernel, kube-proxy, calico) and prints cases, passes and rates.

  --only TEXT   only checks whose name (corpus/file:check) holds TEXT
  --fail N      show the first N differences of each check
  --failing     print the ids that fail
  --gate        exit with 1 when a case fails that test/gaps.ts does not list, or a listed one passes
  --json        the table as JSON
  --plain       kernel: read rules one by one, operation by operation, without index and compiled code;
                the table must be the same as without
  --help        this text`;

interface Options {
  readonly directory: string;
  readonly json: boolean;
  readonly fail: number;
  readonly only: string;
  readonly gate: boolean;
  readonly failing: boolean;
  readonly plain: boolean;
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
  if (directory === undefined) return usage;
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return `no folder ${directory}`;
  return {
    directory,
    json: args.includes('--json'),
    fail: Number(value('--fail') ?? 0),
    only: value('--only') ?? '',
    gate: args.includes('--gate'),
    failing: args.includes('--failing'),
    plain: args.includes('--plain'),
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

/** What the list of known gaps gets wrong about the checks of this run: one line each. */
function gateComplaints(
  tallies: ReadonlyMap<string, Tally>,
  failing: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const listed = new Map<string, Set<string>>();
  for (const { check, ids } of gaps) {
    const known = listed.get(check) ?? new Set();
    for (const id of ids) known.add(id);
    listed.set(check, known);
  }
  const complaints: string[] = [];
  for (const [check, ids] of failing) {
    for (const id of ids) if (!listed.get(check)?.has(id)) complaints.push(`fails: ${check} ${id}`);
  }
  for (const [check, ids] of listed) {
    if (!tallies.has(check)) continue;
    for (const id of ids) {
      if (!failing.get(check)?.has(id))
        complaints.push(`listed as a gap, but passes: ${check} ${id}`);
    }
  }
  return complaints;
}

function judge(
  options: Options,
  tallies: ReadonlyMap<string, Tally>,
  failing: ReadonlyMap<string, ReadonlySet<string>>,
): number {
  if (options.failing) {
    for (const [check, ids] of failing) console.error(`${check}: ${[...ids].join(' ')}`);
  }
  if (!options.gate) return 0;
  const complaints = gateComplaints(tallies, failing);
  for (const line of complaints.slice(0, 100)) console.error(line);
  if (complaints.length > 0) console.error(`${complaints.length} differences from test/gaps.ts`);
  return complaints.length > 0 ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const options = parseOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const tallies = new Map<string, Tally>();
  const shown = new Map<string, number>();
  const failing = new Map<string, Set<string>>();
  for (const { name: corpus, path } of findCorpora(options.directory)) {
    const runner = await runners[corpus]?.();
    if (runner === undefined) continue;
    for await (const outcome of runner.run(path, options)) {
      const name = `${corpus}/${outcome.check}`;
      if (!name.includes(options.only)) continue;
      record(tallies, name, outcome);
      if (!outcome.pass) {
        failing.set(name, (failing.get(name) ?? new Set()).add(outcome.id));
      }
      const count = shown.get(name) ?? 0;
      if (outcome.pass || count >= options.fail) continue;
      shown.set(name, count + 1);
      console.error(`--- ${name} ${outcome.id}\n${outcome.difference?.() ?? 'failed'}\n`);
    }
  }
  if (options.json) console.log(JSON.stringify(Object.fromEntries(tallies), null, 1));
  else printTable(tallies);
  return judge(options, tallies, failing);
}

process.exitCode = await main(process.argv.slice(2));
