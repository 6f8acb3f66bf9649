/** `nft-sim translate`: iptables-save to nft, as iptables-restore-translate writes it. */

import { type Command, Option } from 'commander';
import { iptablesFamilyOf } from '../input/load-program.ts';
import { diagnosticToJson, fail, type Session, showDiagnostics, writeJson } from '../session.ts';

interface TranslateOptions {
  readonly family?: 'ip' | 'ip6';
  readonly json?: boolean;
}

async function translate(session: Session, file: string, options: TranslateOptions): Promise<void> {
  const source = session.io.read(file);
  if ('failure' in source) return fail(session, source.failure);
  const { loadIptablesSave } = await import('../../formats/iptables-save/load.ts');
  const { translateIptables } = await import('../../formats/iptables-translate/translate.ts');
  const family = options.family ?? iptablesFamilyOf(source.text);
  const { value, diagnostics } = loadIptablesSave(source, { family });
  const refused = showDiagnostics(session, diagnostics);
  if (refused) session.exitCode = 1;
  const text = translateIptables(value);
  if (options.json === true) {
    writeJson(session, { version: 1, text, diagnostics: diagnostics.map(diagnosticToJson) });
  } else if (!refused) session.io.out(text);
}

export function registerTranslate(program: Command, session: Session): void {
  program
    .command('translate')
    .description('iptables-save to nft commands, as iptables-restore-translate 1.8.13 writes them')
    .argument('<file>', 'iptables-save or ip6tables-save; - is standard input')
    .addOption(
      new Option('--family <family>', 'default: told from the content').choices(['ip', 'ip6']),
    )
    .option('--json', 'result and diagnostics as JSON')
    .action((file: string, options: TranslateOptions) => translate(session, file, options));
}
