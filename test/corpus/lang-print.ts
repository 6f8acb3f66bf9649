/** Corpus checks of listing: text and JSON of rules and whole rulesets, older listings, and JSON read back. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ruleset } from '../../src/ast/nft/ruleset.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { NameEnvironment } from '../../src/datatypes/environment.ts';
import { parseNameTable } from '../../src/datatypes/names/name-table.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { printNft, printNftRule } from '../../src/formats/nft/print.ts';
import { type Json, stringifyJson } from '../../src/formats/nft-json/json.ts';
import { readNftJson } from '../../src/formats/nft-json/read.ts';
import { ruleExpressionsJson, writeNftJson } from '../../src/formats/nft-json/write.ts';
import { lower } from '../../src/lower/lower.ts';
import { raise } from '../../src/raise/raise.ts';
import { canonical, jsonEntries } from '../support/json-entries.ts';
import type { CaseOutcome } from './check.ts';
import { recordedEnvironment } from './lang-lower.ts';

interface RuleRecord {
  readonly id: string;
  readonly kind: 'rule' | 'set' | 'element' | 'object';
  readonly family: Ruleset['tables'][number]['family'];
  readonly table: string;
  readonly chain: string;
  readonly setup: readonly string[];
  readonly text: string;
  readonly verdict: 'ok' | 'fail' | 'unsupported-kernel';
  readonly verdict106?: string;
  readonly list?: string;
  readonly list106?: string;
  readonly json?: Json;
}

interface DumpRecord {
  readonly name: string;
  readonly verdict: string;
  readonly reload?: string;
  readonly loads106?: boolean;
  readonly ifaces_created?: readonly string[];
}

interface Listed {
  readonly ruleset: Ruleset;
  readonly diagnostics: readonly Diagnostic[];
}

export function* printChecks(directory: string): Iterable<CaseOutcome> {
  const environment = recordedEnvironment(directory);
  for (const record of records<RuleRecord>(join(directory, 'rules.jsonl'))) {
    if (record.verdict === 'ok') yield* ruleChecks(record, environment);
  }
  const dumps = join(directory, 'dumps');
  for (const record of records<DumpRecord>(join(dumps, 'MANIFEST.jsonl'))) {
    if (record.verdict === 'ok') yield* dumpChecks(dumps, record, environment);
  }
}

function* records<Row>(path: string): Iterable<Row> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line !== '') yield JSON.parse(line);
  }
}

/** The ruleset as nft would list it after loading the text. */
function listed(text: string, environment: NameEnvironment): Listed {
  const loaded = loadNft({ name: 'in', text });
  return relisted(loaded.value, loaded.diagnostics, environment);
}

function relisted(
  ruleset: Ruleset,
  before: readonly Diagnostic[],
  environment: NameEnvironment,
): Listed {
  const lowered = lower(ruleset, { environment });
  return {
    ruleset: raise(lowered.value, ruleset, { environment }),
    diagnostics: [...before, ...lowered.diagnostics],
  };
}

function compared(check: string, id: string, expected: string, find: () => string): CaseOutcome {
  let found: string;
  try {
    found = find();
  } catch (error) {
    found = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return {
    check,
    id,
    pass: found === expected,
    difference: () => firstDifference(expected, found),
  };
}

function firstDifference(expected: string, found: string): string {
  const wanted = expected.split('\n');
  const got = found.split('\n');
  let line = 0;
  while (line < wanted.length && wanted[line] === got[line]) line++;
  return `line ${line + 1}\n  nft:  ${wanted[line]}\n  here: ${got[line]}\n  ${got.slice(line + 1).find((text) => text.startsWith('! ')) ?? ''}`;
}

/** Problems stand behind the text, so that a failing case shows them. */
function withProblems(text: string, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ code }) => code !== 'foreign-extension');
  return errors.length === 0 ? text : `${text}\n! ${errors[0]?.message}`;
}

function command(record: RuleRecord, text: string): string {
  if (record.kind !== 'rule') return text;
  return `add rule ${record.family} ${record.table} ${record.chain} ${text}`;
}

function listedRule(record: RuleRecord, text: string, environment: NameEnvironment): string {
  const script = [...record.setup, command(record, text)].join('\n');
  const { ruleset, diagnostics } = listed(`${script}\n`, environment);
  const rules = chainOf(ruleset, record)?.rules ?? [];
  const lines = rules.map((rule) => printNftRule(rule, { stateless: true, environment }));
  return withProblems(lines.join('\n'), diagnostics);
}

function chainOf(ruleset: Ruleset, { family, table, chain }: RuleRecord) {
  return ruleset.tables
    .find((known) => known.family === family && known.name === table)
    ?.chains.find(({ name }) => name === chain);
}

function* ruleChecks(record: RuleRecord, environment: NameEnvironment): Iterable<CaseOutcome> {
  const { id, list, list106, json } = record;
  if (list === undefined || record.kind !== 'rule') return;
  yield compared('rules:list', id, list, () => listedRule(record, record.text, environment));
  if (list106 !== undefined && record.verdict106 === 'ok') {
    yield compared('rules:list106', id, list, () => listedRule(record, list106, environment));
  }
  if (json === undefined) return;
  yield compared('rules:json', id, canonical(json), () => {
    const script = [...record.setup, command(record, record.text)].join('\n');
    const { ruleset } = listed(`${script}\n`, environment);
    const rules = chainOf(ruleset, record)?.rules ?? [];
    const options = { stateless: true, environment };
    const items = rules.flatMap((rule) => ruleExpressionsJson(rule, record.family, options));
    return canonical(JSON.parse(stringifyJson(items)));
  });
}

function withInterfaces(environment: NameEnvironment, names: readonly string[]): NameEnvironment {
  if (names.length === 0) return environment;
  const lines = ['1 lo', ...names.map((name, index) => `${index + 2} ${name}`)];
  return { ...environment, interfaces: parseNameTable(lines.join('\n')) };
}

/** How long an element had been there when it was listed is chance. */
function withoutAges(text: string): string {
  return text.replace(/ expires \S+?(?=[ ,\n])/g, ' expires').replace(/^# Warning.*\n/gm, '');
}

function* dumpChecks(
  folder: string,
  record: DumpRecord,
  recorded: NameEnvironment,
): Iterable<CaseOutcome> {
  const { name } = record;
  const environment = withInterfaces(recorded, record.ifaces_created ?? []);
  const read = (suffix: string) => {
    const path = join(folder, `${name}.${suffix}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const input = read('in.nft');
  const list = read('list.nft');
  if (input === undefined || list === undefined) return;
  const stateless = read('slist.nft') ?? list;
  const full = (text: string) => () => {
    const { ruleset, diagnostics } = listed(text, environment);
    return withProblems(withoutAges(printNft(ruleset, { environment })), diagnostics);
  };
  yield compared('dumps:list', name, withoutAges(list), full(input));
  if (record.reload === 'same') {
    yield compared('dumps:relist', name, withoutAges(stateless), () => {
      const { ruleset, diagnostics } = listed(stateless, environment);
      return withProblems(printNft(ruleset, { stateless: true, environment }), diagnostics);
    });
  }
  const older = read('list106.nft');
  if (older !== undefined && record.loads106 === true) {
    yield compared('dumps:list106', name, withoutAges(list), full(older));
  }
  const json = read('json');
  if (json !== undefined) yield* jsonChecks(name, input, json, environment);
}

function* jsonChecks(
  name: string,
  input: string,
  json: string,
  environment: NameEnvironment,
): Iterable<CaseOutcome> {
  const expected = jsonEntries(json);
  yield compared('dumps:json', name, expected, () => {
    const { ruleset, diagnostics } = listed(input, environment);
    return withProblems(jsonEntries(writeNftJson(ruleset, { environment })), diagnostics);
  });
  yield compared('json:read', name, expected, () => {
    const loaded = readNftJson(json);
    const { ruleset, diagnostics } = relisted(loaded.value, loaded.diagnostics, environment);
    return withProblems(jsonEntries(writeNftJson(ruleset, { environment })), diagnostics);
  });
}
