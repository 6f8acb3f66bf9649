/** `nft-sim generate calico`: the rules Felix programs for the given objects. */

import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { listingSystems } from '../formats/iptables-translate/list-as-nft.ts';
import { comparisonText } from '../generate/calico/compare.ts';
import {
  type CalicoInput,
  type CalicoOptions,
  type GeneratedCalico,
  generateCalico,
  withTables,
} from '../generate/calico/generate-calico.ts';
import { readCalicoInput } from '../generate/calico/read-input.ts';
import { namedInterfaces, onlyEndpoints } from '../generate/calico/select-endpoints.ts';
import { compareCalico } from './calico-compare.ts';
import { type CalicoFormat, printCalico, printIpSets } from './calico-print.ts';
import { readObjectFiles } from './input/object-files.ts';
import { failureReason } from './io.ts';
import { fail, type Session, showDiagnostics } from './session.ts';

export interface GenerateCalicoOptions {
  readonly file: readonly string[];
  readonly mode?: 'iptables' | 'nftables';
  readonly node?: string;
  readonly calicoVersion: string;
  readonly family: 'ip' | 'ip6' | 'both';
  readonly to?: CalicoFormat;
  readonly listing: keyof typeof listingSystems;
  readonly endpoint?: readonly string[];
  readonly annotate?: boolean;
  readonly compare?: string;
  readonly withIpsets?: boolean;
  readonly out?: string;
}

export function registerGenerateCalico(parent: Command, session: Session): void {
  parent
    .command('calico')
    .description('the rules Calico programs for endpoints and policies')
    .requiredOption('-f, --file <path...>', 'objects: YAML or JSON files, folders of them, or -')
    .addOption(new Option('--mode <mode>', 'dataplane').choices(['iptables', 'nftables']))
    .option('--node <name>', 'the node the rules are for')
    .addOption(
      new Option('--calico-version <version>', 'Calico release').choices(['3.30']).default('3.30'),
    )
    .addOption(
      new Option('--family <family>', 'address family')
        .choices(['ip', 'ip6', 'both'])
        .default('ip'),
    )
    .addOption(
      new Option('--to <format>', 'output format').choices([
        'iptables-save',
        'iptables-restore',
        'nft',
        'nft-list',
        'json',
      ]),
    )
    .addOption(
      new Option('--listing <tools>', 'whose words nft-list uses in iptables mode')
        .choices(Object.keys(listingSystems))
        .default('current'),
    )
    .option('--endpoint <name...>', 'only chains of these: interface or namespace/pod')
    .option('--annotate', 'say above each chain whose it is')
    .option('--compare <dump>', 'list what an iptables-save or nft list dump has otherwise')
    .option('--with-ipsets', 'also write the IP sets with their members')
    .option('--out <folder>', 'write files instead of standard output')
    .action((options: GenerateCalicoOptions) => generateCalicoCommand(session, options));
}

/** Exit code 1 when the input is invalid or the dump differs. */
export function generateCalicoCommand(session: Session, options: GenerateCalicoOptions): void {
  const sources = readObjectFiles(session, options.file);
  if (sources === undefined) return;
  const input = readCalicoInput(sources);
  if (showDiagnostics(session, input.diagnostics)) {
    session.exitCode = 1;
    return;
  }
  for (const version of versions[options.family]) {
    generateVersion(session, options, input.value, version);
  }
}

const versions = { ip: [4], ip6: [6], both: [4, 6] } as const;

function generateVersion(
  session: Session,
  options: GenerateCalicoOptions,
  input: CalicoInput,
  version: 4 | 6,
): void {
  const { mode, node } = options;
  const asked: CalicoOptions = {
    version,
    ...(mode === undefined ? {} : { mode }),
    ...(node === undefined ? {} : { node }),
  };
  const result = generateCalico(input, asked);
  if (showDiagnostics(session, result.diagnostics)) {
    session.exitCode = 1;
    return;
  }
  const generated = selected(session, options, result.value);
  if (generated === undefined) return;
  if (options.compare === undefined) write(session, options, generated);
  else compare(session, options.compare, generated);
}

function selected(
  session: Session,
  options: GenerateCalicoOptions,
  generated: GeneratedCalico,
): GeneratedCalico | undefined {
  if (options.endpoint === undefined) return generated;
  const { interfaces, unknown } = namedInterfaces(generated.model, options.endpoint);
  if (unknown.length > 0) {
    fail(session, `there is no endpoint ${unknown.join(', ')} on this node`, 1);
    return undefined;
  }
  return withTables(generated, onlyEndpoints(generated.tables, interfaces));
}

function write(session: Session, options: GenerateCalicoOptions, generated: GeneratedCalico): void {
  const { mode } = generated.output;
  const format = options.to ?? (mode === 'iptables' ? 'iptables-save' : 'nft');
  const withIpsets = options.withIpsets === true;
  const printed = printCalico(generated, {
    format,
    dialect: options.listing,
    withIpsets,
    annotate: options.annotate === true,
  });
  if (typeof printed !== 'string') {
    fail(session, printed.failure);
    return;
  }
  const sets = withIpsets && mode === 'iptables' ? printIpSets(generated) : undefined;
  const family = generated.model.version === 4 ? 'ip' : 'ip6';
  if (options.out === undefined) {
    if (sets !== undefined) session.io.out(`${sets}\n`);
    session.io.out(printed);
    return;
  }
  if (sets !== undefined) writeFile(session, options.out, `calico-${family}.ipset`, sets);
  writeFile(session, options.out, `calico-${family}.${format}`, printed);
}

function writeFile(session: Session, folder: string, name: string, text: string): void {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    fail(session, `${path}: ${failureReason(error)}`);
  }
}

function compare(session: Session, path: string, generated: GeneratedCalico): void {
  const dump = session.io.read(dumpPath(path));
  if ('failure' in dump) {
    fail(session, dump.failure);
    return;
  }
  const comparison = compareCalico(generated, dump);
  if ('failure' in comparison) {
    fail(session, `${path}: ${comparison.failure}`);
    return;
  }
  session.io.out(comparisonText(comparison));
  if (comparison.differences.length > 0) session.exitCode = 1;
}

/** A snapshot's folder holds its ruleset under a fixed name. */
function dumpPath(path: string): string {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!folder) return path;
  const names = readdirSync(path);
  const known = ['iptables-save.txt', 'ruleset.nft'].find((name) => names.includes(name));
  return join(path, known ?? 'ruleset.nft');
}
