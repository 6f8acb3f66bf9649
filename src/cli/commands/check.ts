/** `nft-sim check`: reads rulesets and says what nft, iptables-restore or the kernel would refuse. */

import type { Command } from 'commander';
import { environmentOf, loadProgram } from '../input/load-program.ts';
import { readNode, readNodeFiles } from '../input/node.ts';
import { diagnosticToJson, fail, type Session, showDiagnostics, writeJson } from '../session.ts';
import { isMistake } from '../trace/question.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly host?: string;
}

async function check(
  session: Session,
  files: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const nodeFiles = readNodeFiles(session.io, options);
  if (isMistake(nodeFiles)) return fail(session, nodeFiles.mistake);
  const node = await readNode(nodeFiles.files);
  const environment = environmentOf(node.host);
  const all = [...node.diagnostics];
  for (const file of files) {
    const source = session.io.read(file);
    if ('failure' in source) return fail(session, source.failure);
    const { diagnostics } = await loadProgram([{ source }], environment);
    all.push(...diagnostics);
  }
  if (options.json === true) {
    writeJson(session, { version: 1, diagnostics: all.map(diagnosticToJson) });
  }
  const refused =
    options.json === true
      ? all.some((diagnostic) => diagnosticToJson(diagnostic).severity === 'error')
      : showDiagnostics(session, all);
  if (refused) session.exitCode = 1;
}

export function registerCheck(program: Command, session: Session): void {
  program
    .command('check')
    .description(
      'read rulesets (nft, JSON, iptables-save) and report what the real tools would refuse',
    )
    .argument('<file...>', 'files; - is standard input')
    .option('--host <folder>', 'node snapshot: names of interfaces and ipsets')
    .option('--json', 'diagnostics as JSON on standard output')
    .addHelpText(
      'after',
      '\nExample: nft-sim check samples/home-router/ruleset.nft\nExit codes: 0 accepted, 1 refused, 2 wrong usage.',
    )
    .action((files: readonly string[], options: CheckOptions) => check(session, files, options));
}
