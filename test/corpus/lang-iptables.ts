/** The iptables part of the language corpus: whole saves, single rules with their translation, and .txlate commands. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IptablesFamily } from '../../src/ast/iptables.ts';
import { catalogue } from '../../src/base/catalogue.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../src/formats/iptables-save/print.ts';
import { listIptablesAsNft } from '../../src/formats/iptables-translate/list-as-nft.ts';
import {
  translateIptablesCommand,
  translateIptablesSave,
} from '../../src/formats/iptables-translate/translate-text.ts';
import type { CaseOutcome } from './check.ts';

interface ManifestEntry {
  readonly name: string;
  readonly family: IptablesFamily;
  readonly loads: boolean;
  readonly error_text?: string;
}

interface RuleRecord {
  readonly family: IptablesFamily;
  readonly table: string;
  readonly chain: string;
  readonly rule: string;
  readonly expected: 'OK' | 'FAIL';
  readonly verdict: 'ok' | 'fail';
  readonly save?: string;
  readonly nftlist?: string;
  readonly translate?: string;
  readonly error_text?: string;
}

interface TxlateRecord {
  readonly family: IptablesFamily;
  readonly command: string;
  readonly translate: string;
}

/** `directory` is the folder of the language corpus. */
export function* iptablesChecks(directory: string): Generator<CaseOutcome> {
  const folder = join(directory, 'iptables');
  for (const entry of readLines<ManifestEntry>(join(folder, 'MANIFEST.jsonl')))
    yield* checkSave(folder, entry);
  for (const [index, record] of readLines<RuleRecord>(join(folder, 'ext_rules.jsonl')).entries()) {
    yield* checkRule(`${index + 1}`, record);
  }
  for (const [index, record] of readLines<TxlateRecord>(join(folder, 'txlate.jsonl')).entries()) {
    const command = record.command.replace(/^\S+\s+/, '');
    yield compared('txlate:translate', `${index + 1}`, record.translate.trimEnd(), () =>
      translatedCommand(command, record.family),
    );
  }
}

function readLines<Entry>(path: string): Entry[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Entry => JSON.parse(line));
}

/** No ipset set exists where the corpus was recorded. */
const noSets: ReadonlySet<string> = new Set();

function isError({ code }: Diagnostic): boolean {
  return catalogue[code].severity === 'error';
}

function shown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ span, message }) => `${message} at '${span.source.text.slice(span.start, span.end)}'`)
    .join('\n');
}

function* checkSave(folder: string, entry: ManifestEntry): Generator<CaseOutcome> {
  const file = (suffix: string) => join(folder, `${entry.name}.${suffix}`);
  const text = readFileSync(file('save'), 'utf8');
  const { value, diagnostics } = loadIptablesSave(text, { family: entry.family, ipsets: noSets });
  const errors = diagnostics.filter(isError);
  yield {
    check: 'iptables:load',
    id: entry.name,
    pass: (errors.length === 0) === entry.loads,
    difference: () => `expected ${entry.loads ? 'no error' : entry.error_text}\n${shown(errors)}`,
  };
  if (existsSync(file('translate.nft'))) {
    yield compared(
      'iptables:translate',
      entry.name,
      readFileSync(file('translate.nft'), 'utf8').trimEnd(),
      () => translateIptablesSave(text, entry.family).lines.join('\n').trimEnd(),
    );
  }
  if (!entry.loads) return;
  if (existsSync(file('nftlist.txt'))) {
    yield compared('iptables:nftlist', entry.name, readFileSync(file('nftlist.txt'), 'utf8'), () =>
      listIptablesAsNft(value),
    );
  }
  if (existsSync(file('resave')))
    yield compared(
      'iptables:resave',
      entry.name,
      withoutComments(readFileSync(file('resave'), 'utf8')),
      () => printIptablesSave(value),
    );
}

function withoutComments(text: string): string {
  return text.replaceAll(/^#.*\n/gm, '');
}

function compared(check: string, id: string, expected: string, produce: () => string): CaseOutcome {
  const actual = attempt(produce);
  return {
    check,
    id,
    pass: actual === expected,
    difference: () => firstDifference(expected, actual),
  };
}

function attempt(produce: () => string): string {
  try {
    return produce();
  } catch (error) {
    return `exception: ${String(error)}`;
  }
}

export function firstDifference(expected: string, actual: string): string {
  const [wanted, got] = [expected.split('\n'), actual.split('\n')];
  const place = wanted.findIndex((line, index) => line !== got[index]);
  const line = place < 0 ? wanted.length : place;
  return `line ${line + 1}\n- ${wanted[line] ?? '(end)'}\n+ ${got[line] ?? '(end)'}`;
}

/** As iptables-translate prints it: a shell command for nft, or nft with a comment. */
function translatedCommand(command: string, family: IptablesFamily): string {
  const { lines } = translateIptablesCommand(command, family);
  return lines
    .map((line) =>
      line.startsWith('#') ? `nft ${line.replace(/^# -t \S+ -t/, '# -t')}` : `nft '${line}'`,
    )
    .join('\n')
    .trimEnd();
}

/** The lines of rules, without their indentation. */
function listedRules(listing: string): string {
  return listing
    .split('\n')
    .filter((line) => line.startsWith('\t\t') && !line.startsWith('\t\ttype '))
    .map((line) => line.slice(2))
    .join('\n');
}

/** What the kernel of the recordings lacks is no verdict about the rule. */
function kernelLacks({ expected, error_text = '' }: RuleRecord): boolean {
  return expected === 'OK' && /missing kernel module|No such file or directory/.test(error_text);
}

function* checkRule(id: string, record: RuleRecord): Generator<CaseOutcome> {
  const text = `*${record.table}\n-A ${record.chain} ${record.rule}\nCOMMIT\n`;
  const { value, diagnostics } = loadIptablesSave(text, { family: record.family, ipsets: noSets });
  const errors = diagnostics.filter(isError);
  const accepted = record.verdict === 'ok' || kernelLacks(record);
  yield {
    check: 'ext_rules:verdict',
    id,
    pass: (errors.length === 0) === accepted,
    difference: () =>
      `${record.family} ${record.rule}\nexpected ${accepted ? 'no error' : record.error_text}\n${shown(errors)}`,
  };
  if (record.translate !== undefined) {
    yield compared('ext_rules:translate', id, record.translate.trimEnd(), () =>
      translatedCommand(`-t ${record.table} -A ${record.chain} ${record.rule}`, record.family),
    );
  }
  if (record.save !== undefined) {
    const printed = printIptablesSave(value)
      .split('\n')
      .filter((line) => line.startsWith('-A'));
    const { nftlist } = record;
    if (nftlist !== undefined) {
      yield compared('ext_rules:nftlist', id, nftlist, () => listedRules(listIptablesAsNft(value)));
    }
    yield compared('ext_rules:save', id, record.save, () => printed.join('\n'));
  }
}
