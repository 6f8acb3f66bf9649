/** `nft-sim fmt`: a ruleset in canonical form, or in another language. */

import { type Command, Option } from 'commander';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { environmentOf, iptablesFamilyOf } from '../input/load-program.ts';
import { readNode, readNodeFiles } from '../input/node.ts';
import { type RulesetKind, rulesetKind } from '../input/ruleset-kind.ts';
import { diagnosticToJson, fail, type Session, showDiagnostics, writeJson } from '../session.ts';
import { isMistake } from '../trace/question.ts';

type Target = 'nft' | 'json' | 'iptables-save' | 'ipset-save' | 'bytecode';

interface FmtOptions {
  readonly to?: Target;
  readonly from?: RulesetKind;
  readonly stateless?: boolean;
  readonly dialect?: '1.1.7' | '1.0.6';
  readonly written?: boolean;
  readonly family?: 'ip' | 'ip6';
  readonly json?: boolean;
  readonly host?: string;
}

interface Formatted {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

async function formatNft(
  source: Source,
  kind: RulesetKind,
  options: FmtOptions,
  environment: NameEnvironment,
): Promise<Formatted> {
  const { lower } = await import('../../lower/lower.ts');
  const loaded =
    kind === 'nft-json'
      ? (await import('../../formats/nft-json/read.ts')).readNftJson(source)
      : (await import('../../formats/nft/load.ts')).loadNft(source, { environment });
  const { stateless = false, dialect = '1.1.7' } = options;
  const print = { stateless, dialect, environment };
  if (options.written === true) {
    const { printWritten } = await import('../../formats/nft/print.ts');
    return { text: printWritten(loaded.value, print), diagnostics: loaded.diagnostics };
  }
  const lowered = lower(loaded.value, { environment });
  const diagnostics = [...loaded.diagnostics, ...lowered.diagnostics];
  if (options.to === 'bytecode') {
    const { printBytecode } = await import('../../formats/bytecode/print.ts');
    return { text: printBytecode(lowered.value), diagnostics };
  }
  const { listNft, listNftJson } = await import('../../formats/nft/list.ts');
  const text =
    options.to === 'json' ? `${listNftJson(loaded.value, print)}\n` : listNft(loaded.value, print);
  return { text, diagnostics };
}

async function formatIptables(source: Source, options: FmtOptions): Promise<Formatted> {
  const { loadIptablesSave } = await import('../../formats/iptables-save/load.ts');
  const { value, diagnostics } = loadIptablesSave(source, {
    family: options.family ?? iptablesFamilyOf(source.text),
  });
  if (options.to === 'nft') {
    const { listIptablesAsNft } = await import('../../formats/iptables-translate/list-as-nft.ts');
    return { text: listIptablesAsNft(value), diagnostics };
  }
  if (options.to === 'bytecode') {
    const { lowerIptables } = await import('../../lower/iptables/lower-iptables.ts');
    const { printBytecode } = await import('../../formats/bytecode/print.ts');
    const lowered = lowerIptables(value);
    return {
      text: printBytecode(lowered.value),
      diagnostics: [...diagnostics, ...lowered.diagnostics],
    };
  }
  const { printIptablesSave } = await import('../../formats/iptables-save/print.ts');
  return { text: printIptablesSave(value, { counters: options.stateless !== true }), diagnostics };
}

async function formatIpset(source: Source): Promise<Formatted> {
  const { loadIpsetSave } = await import('../../formats/ipset/load-ipset-save.ts');
  const { printIpsetSave } = await import('../../formats/ipset/print-ipset-save.ts');
  const { value, diagnostics } = loadIpsetSave(source);
  return { text: printIpsetSave(value), diagnostics };
}

/** Which languages a kind can be written in. */
const targets: Readonly<Record<RulesetKind, readonly Target[]>> = {
  nft: ['nft', 'json', 'bytecode'],
  'nft-json': ['nft', 'json', 'bytecode'],
  'iptables-save': ['iptables-save', 'nft', 'bytecode'],
  'ipset-save': ['ipset-save'],
  'not-text': [],
};

async function fmt(session: Session, file: string, options: FmtOptions): Promise<void> {
  const source = session.io.read(file);
  if ('failure' in source) return fail(session, source.failure);
  const kind = options.from ?? rulesetKind(source.text);
  if (kind === 'not-text') return fail(session, `${file}: this is not text of a ruleset`, 1);
  if (options.to !== undefined && !targets[kind].includes(options.to)) {
    return fail(
      session,
      `${kind} can be written as ${targets[kind].join(', ')}, not as ${options.to}`,
    );
  }
  const files = readNodeFiles(session.io, options);
  if (isMistake(files)) return fail(session, files.mistake);
  const environment = environmentOf((await readNode(files.files)).host);
  const { text, diagnostics } =
    kind === 'iptables-save'
      ? await formatIptables(source, options)
      : kind === 'ipset-save'
        ? await formatIpset(source)
        : await formatNft(source, kind, options, environment);
  const refused = showDiagnostics(session, diagnostics);
  if (refused) session.exitCode = 1;
  if (options.json === true) {
    writeJson(session, { version: 1, text, diagnostics: diagnostics.map(diagnosticToJson) });
  } else if (!refused) session.io.out(text);
}

export function registerFmt(program: Command, session: Session): void {
  program
    .command('fmt')
    .description(
      'print a ruleset in canonical form, as the real tool would list it, or in another language',
    )
    .argument('<file>', 'file; - is standard input')
    .addOption(
      new Option('--to <language>', 'language of the output (default: that of the input)').choices([
        'nft',
        'json',
        'iptables-save',
        'ipset-save',
        'bytecode',
      ]),
    )
    .addOption(
      new Option(
        '--from <language>',
        'language of the input (default: told from its content)',
      ).choices(['nft', 'nft-json', 'iptables-save', 'ipset-save']),
    )
    .option('-s, --stateless', 'without counters')
    .option('--written', 'nft: keep the words as written, only lay them out')
    .addOption(new Option('--dialect <version>', 'which nft lists').choices(['1.1.7', '1.0.6']))
    .addOption(new Option('--family <family>', 'of iptables-save').choices(['ip', 'ip6']))
    .option('--host <folder>', 'node snapshot: names of interfaces')
    .option('--json', 'result and diagnostics as JSON')
    .addHelpText('after', '\nExample: nft-sim fmt --to json samples/home-router/ruleset.nft')
    .action((file: string, options: FmtOptions) => fmt(session, file, options));
}
