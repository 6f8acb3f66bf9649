/** `nft-sim generate kube-proxy`: the rules kube-proxy programs for the given objects. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Diagnostic } from '../base/diagnostic.ts';
import { annotationsOf } from '../generate/kube-proxy/annotate.ts';
import { annotateText } from '../generate/kube-proxy/annotate-text.ts';
import {
  conflictDiagnostics,
  inputDiagnostics,
  type KubeProxyInput,
  type KubeProxyRun,
  runKubeProxy,
} from '../generate/kube-proxy/generate-kube-proxy.ts';
import type { KubeProxyOptions } from '../generate/kube-proxy/merge-settings.ts';
import { readKubeProxyInputs } from '../generate/kube-proxy/read-input.ts';
import { onlyServices } from '../generate/kube-proxy/service-filter.ts';
import { parseCidr } from '../generate/kubernetes/go-address.ts';
import { readObjects } from '../generate/kubernetes/read-objects.ts';
import { readObjectFiles } from './input/object-files.ts';
import { failureReason } from './io.ts';
import { compareWithDump, deducedFromDump } from './kube-proxy-compare.ts';
import { type OutputFormat, printRun, wordings } from './kube-proxy-print.ts';
import { fail, type Session, showDiagnostics } from './session.ts';

export interface GenerateKubeProxyOptions {
  readonly file: readonly string[];
  readonly mode?: 'iptables' | 'nftables';
  readonly kubernetesVersion?: string;
  readonly node?: string;
  readonly family?: 'ip' | 'ip6' | 'both';
  readonly clusterCidr?: string;
  readonly to?: OutputFormat;
  readonly listing: keyof typeof wordings;
  readonly service?: readonly string[];
  readonly withKubelet?: boolean;
  readonly annotate?: boolean;
  readonly compare?: string;
  readonly out?: string;
}

export function registerGenerateKubeProxy(parent: Command, session: Session): void {
  parent
    .command('kube-proxy')
    .description('the rules kube-proxy programs for Services and EndpointSlices')
    .requiredOption('-f, --file <path...>', 'objects: YAML or JSON files, folders of them, or -')
    .addOption(new Option('--mode <mode>', 'proxy mode').choices(['iptables', 'nftables']))
    .option('--kubernetes-version <version>', 'kube-proxy release, 1.29 to 1.35')
    .option('--node <name>', 'the node the rules are for')
    .addOption(new Option('--family <family>', 'address family').choices(['ip', 'ip6', 'both']))
    .option('--cluster-cidr <cidr>', 'ranges of the pods, one per family joined by a comma')
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
        .choices(Object.keys(wordings))
        .default('newer'),
    )
    .option('--service <namespace/name...>', 'only the rules of these services')
    .option('--with-kubelet', 'add the chains kubelet makes')
    .option('--annotate', 'say above each chain whose it is and why')
    .option('--compare <dump>', 'list what an iptables-save or nft list dump has otherwise')
    .option('--out <folder>', 'write one file per family instead of standard output')
    .action((options: GenerateKubeProxyOptions) => generateKubeProxyCommand(session, options));
}

/** Exit code 1 when the input is invalid or the dump differs. */
export async function generateKubeProxyCommand(
  session: Session,
  options: GenerateKubeProxyOptions,
): Promise<void> {
  const sources = readObjectFiles(session, options.file);
  if (sources === undefined) return;
  if (options.clusterCidr?.split(',').some((text) => parseCidr(text) === undefined)) {
    fail(session, `--cluster-cidr ${options.clusterCidr}: not a CIDR such as 10.0.0.0/8`);
    return;
  }
  const objects = readObjects(sources);
  const inputs = readKubeProxyInputs(objects.value, inputOptions(options));
  const failed = showDiagnostics(session, [...objects.diagnostics, ...inputs.diagnostics]);
  if (failed) {
    session.exitCode = 1;
    return;
  }
  if (inputs.value.every(({ services }) => services.length === 0)) {
    fail(session, 'there is no Service among the objects', 1);
    return;
  }
  if (options.compare !== undefined) {
    await compareInputs(session, options, options.compare, inputs.value);
    return;
  }
  for (const input of inputs.value) await writeInput(session, options, input);
}

function inputOptions(options: GenerateKubeProxyOptions): KubeProxyOptions {
  const { mode, kubernetesVersion, node, family, clusterCidr } = options;
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(node === undefined ? {} : { nodeName: node }),
    ...(family === undefined ? {} : { families: family === 'both' ? ['ip', 'ip6'] : [family] }),
    ...(clusterCidr === undefined ? {} : { clusterCidr }),
  };
}

async function writeInput(
  session: Session,
  options: GenerateKubeProxyOptions,
  input: KubeProxyInput,
): Promise<void> {
  const run = selectedRun(session, options, input);
  if (run === undefined) return;
  const format = options.to ?? (run.mode === 'iptables' ? 'iptables-save' : 'nft');
  const printed = await printRun(
    run,
    format,
    wordings[options.listing],
    options.withKubelet === true,
  );
  if (typeof printed !== 'string') {
    fail(session, printed.failure);
    return;
  }
  const text = options.annotate ? annotateText(printed, annotationsOf(run)) : printed;
  if (options.out === undefined) session.io.out(text);
  else writeFile(session, options.out, `kube-proxy-${input.settings.family}.${format}`, text);
}

function selectedRun(
  session: Session,
  options: GenerateKubeProxyOptions,
  input: KubeProxyInput,
): KubeProxyRun | undefined {
  const run = runKubeProxy(input);
  const diagnostics: Diagnostic[] = [
    ...inputDiagnostics(input),
    ...conflictDiagnostics(run.cluster),
  ];
  showDiagnostics(session, diagnostics);
  if (options.service === undefined) return run;
  const { run: selected, unknown } = onlyServices(run, options.service);
  if (unknown.length === 0) return selected;
  fail(session, `there is no Service ${unknown.join(', ')} (write NAMESPACE/NAME)`, 1);
  return undefined;
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

/** What the objects do not say about the node is read from the dump. */
async function compareInputs(
  session: Session,
  options: GenerateKubeProxyOptions,
  path: string,
  inputs: readonly KubeProxyInput[],
): Promise<void> {
  const dump = session.io.read(path);
  if ('failure' in dump) {
    fail(session, dump.failure);
    return;
  }
  for (const given of inputs) {
    const { input, withKubelet, notes } = deducedFromDump(given, dump.text);
    for (const note of notes) session.io.error(`nft-sim: ${note}\n`);
    const run = runKubeProxy(input);
    const result = await compareWithDump(run, dump.text, options.withKubelet ?? withKubelet);
    if ('failure' in result) {
      fail(session, `${path}: ${result.failure}`);
      return;
    }
    session.io.out(result.text);
    if (!result.isEqual) session.exitCode = 1;
  }
}
