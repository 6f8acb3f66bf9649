/** `nft-sim explain`: what an expression, match, header or datatype of nft means. */

import { type Command, Option } from 'commander';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { Family } from '../../fields/families.ts';
import { environmentOf } from '../input/load-program.ts';
import { readNode, readNodeFiles } from '../input/node.ts';
import { diagnosticToJson, fail, type Session, showDiagnostics, writeJson } from '../session.ts';
import { isMistake } from '../trace/question.ts';

interface ExplainCommandOptions {
  readonly family?: Family;
  readonly json?: boolean;
  readonly host?: string;
}

async function run(
  session: Session,
  words: readonly string[],
  options: ExplainCommandOptions,
): Promise<void> {
  const files = readNodeFiles(session.io, options);
  if (isMistake(files)) return fail(session, files.mistake);
  const environment = environmentOf((await readNode(files.files)).host);
  const { explain } = await import('../explain/explain.ts');
  const { explanationLines } = await import('../explain/print.ts');
  const { splitSources } = await import('../explain/sources.ts');
  const sources = splitSources(words, session.io.read);
  if ('failure' in sources) return fail(session, sources.failure);
  const results = sources.texts.map((source) => ({
    source,
    ...explain(source, { ...options, environment }),
  }));
  if (options.json === true) {
    writeJson(session, { version: 1, explanations: results.map(jsonOf) });
  } else {
    const texts = results.flatMap(({ explanation }) =>
      explanation === undefined ? [] : [`${explanationLines(explanation).join('\n')}\n`],
    );
    session.io.out(texts.join('\n'));
  }
  const diagnostics = results.flatMap((result) => result.diagnostics);
  const refused =
    options.json === true ? diagnostics.length > 0 : showDiagnostics(session, diagnostics);
  if (refused) session.exitCode = 1;
}

function jsonOf(result: {
  readonly source: Source;
  readonly explanation?: object;
  readonly diagnostics: readonly Diagnostic[];
}) {
  return {
    text: result.source.text.trim(),
    ...(result.explanation === undefined ? {} : { explanation: result.explanation }),
    diagnostics: result.diagnostics.map(diagnosticToJson),
  };
}

export function registerExplain(program: Command, session: Session): void {
  program
    .command('explain')
    .description(
      'what an expression, match, header or datatype of nft means: width, byte order, values, implied matches, bytecode',
    )
    .argument(
      '<expression...>',
      'one expression, or several (each in quotes); - is standard input, one per line',
    )
    .addOption(
      new Option(
        '--family <family>',
        'table that a match is for (default: inet, or what takes it)',
      ).choices(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']),
    )
    .option('--host <folder>', 'node snapshot: names of interfaces')
    .option('--json', 'explanations as JSON')
    .addHelpText(
      'after',
      `
Examples:
  nft-sim explain tcp dport
  nft-sim explain 'ct state established,related' ct_state
  nft-sim explain --family ip 'ip saddr 10.0.0.0/8 tcp dport 22 accept'
Exit codes: 0 explained, 1 something is no nft, 2 wrong usage.`,
    )
    .action((words: readonly string[], options: ExplainCommandOptions) =>
      run(session, words, options),
    );
}
