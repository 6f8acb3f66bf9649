/** Corpus checks of lowering: verdicts and bytecode of single rules, refusals with their places, whole dumps. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ruleset } from '../../src/ast/nft/ruleset.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { debianEnvironment, type NameEnvironment } from '../../src/datatypes/environment.ts';
import { type NameTable, parseNameTable } from '../../src/datatypes/names/name-table.ts';
import { indexTable, printRule } from '../../src/formats/bytecode/print.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import type { CaseOutcome } from './check.ts';

interface Position {
  readonly line: number;
  readonly col_start: number;
  readonly col_end: number;
  readonly kind: string;
  readonly message?: string;
}

interface RuleRecord {
  readonly id: string;
  readonly kind: 'rule' | 'set' | 'element' | 'object';
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly setup: readonly string[];
  readonly text: string;
  readonly verdict: 'ok' | 'fail' | 'unsupported-kernel';
  readonly stage?: string;
  readonly bytecode?: string;
  readonly errors?: readonly Position[];
}

interface InvalidRecord {
  readonly id: string;
  readonly setup?: string | readonly string[];
  readonly input: string;
  readonly stage: string;
  readonly errors: readonly Position[];
}

interface DumpRecord {
  readonly name: string;
  readonly verdict: string;
  readonly ifaces_created?: readonly string[];
}

export function* lowerChecks(directory: string): Iterable<CaseOutcome> {
  const environment = recordedEnvironment(directory);
  yield* ruleChecks(directory, environment);
  yield* invalidChecks(directory, environment);
  yield* dumpChecks(directory, environment);
}

function* records<Row>(path: string): Iterable<Row> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line !== '') yield JSON.parse(line);
  }
}

/** The users that the recordings had besides Debian's own; groups were named alike. */
export function recordedEnvironment(directory: string): NameEnvironment {
  const path = join(directory, 'env', 'added_users.txt');
  const added = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = added
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ').reverse().join(' '));
  return {
    ...debianEnvironment,
    users: withNames(debianEnvironment.users, lines),
    groups: withNames(debianEnvironment.groups, lines),
  };
}

function withNames(table: NameTable, lines: readonly string[]): NameTable {
  const known = [...table.numbers].map(([name, number]) => `${number} ${name}`);
  return parseNameTable([...known, ...lines].join('\n'));
}

function withInterfaces(environment: NameEnvironment, names: readonly string[]): NameEnvironment {
  if (names.length === 0) return environment;
  const lines = ['1 lo', ...names.map((name, index) => `${index + 2} ${name}`)];
  return { ...environment, interfaces: parseNameTable(lines.join('\n')) };
}

interface Outcome {
  readonly errors: readonly Diagnostic[];
  readonly foreign?: readonly Diagnostic[];
  readonly program?: Program;
}

/** What nft listings show of iptables extensions can be read here, but nft itself refuses it. */
function isRefusal({ code }: Diagnostic): boolean {
  return code !== 'foreign-extension';
}

function run(text: string, environment: NameEnvironment, into?: Ruleset): Outcome {
  const source = { name: 'in', text };
  try {
    const loaded = loadNft(source, into === undefined ? {} : { into });
    const problems = loaded.diagnostics.filter(isRefusal);
    if (problems.length > 0) return { errors: problems };
    const lowered = lower(loaded.value, { environment });
    const foreign = loaded.diagnostics.filter((one) => !isRefusal(one));
    return { errors: lowered.diagnostics, foreign, program: lowered.value };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? '') : String(error);
    return { errors: [{ code: 'syntax-error', span: { source, start: 0, end: 0 }, message }] };
  }
}

function* ruleChecks(directory: string, environment: NameEnvironment): Iterable<CaseOutcome> {
  for (const record of records<RuleRecord>(join(directory, 'rules.jsonl'))) {
    const text =
      record.kind === 'rule'
        ? `add rule ${record.family} ${record.table} ${record.chain} ${record.text}`
        : record.text;
    const outcome = run(`${[...record.setup, text].join('\n')}\n`, environment);
    const refused = outcome.errors.length > 0;
    yield {
      check: 'rules:verdict',
      id: record.id,
      pass: refused === (record.verdict === 'fail'),
      difference: () =>
        `${text}\n  nft: ${record.verdict} ${record.errors?.[0]?.message ?? ''}\n  here: ${outcome.errors[0]?.message ?? 'accepted'}`,
    };
    const expected = ownBytecode(record.bytecode ?? '');
    if (expected === '' || record.kind !== 'rule') continue;
    const found = lastRule(record, outcome.program);
    yield {
      check: 'rules:bytecode',
      id: record.id,
      pass: found === expected,
      difference: () =>
        `${text}\nnft:\n${expected}\nhere:\n${found}\n${outcome.errors[0]?.message ?? ''}`,
    };
  }
}

/** Without the chains and sets that nft listed because it fetched them from the kernel (addresses of the machine). */
function ownBytecode(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/ backend 0x/.test(line) && !/ use \d+ type /.test(line))
    .join('\n')
    .trimEnd();
}

function lastRule(record: RuleRecord, program: Program | undefined): string {
  const table = program?.tables.find(
    ({ family, name }) => family === record.family && name === record.table,
  );
  const chain = table?.chains.find(({ name }) => name === record.chain);
  const rule = chain?.rules.at(-1);
  if (table === undefined || chain === undefined || rule === undefined) return '';
  return printRule(indexTable(table), chain, rule).join('\n');
}

/** Syntax errors are checked with the grammar; these are nft's evaluation and the kernel's refusals. */
function* invalidChecks(directory: string, environment: NameEnvironment): Iterable<CaseOutcome> {
  for (const record of records<InvalidRecord>(join(directory, 'invalid.jsonl'))) {
    if (record.stage === 'syntax') continue;
    const { setup = [] } = record;
    const before = typeof setup === 'string' ? setup : setup.join('\n');
    const prepared = before === '' ? undefined : loadNft(`${before}\n`).value;
    const outcome = run(`${record.input}\n`, environment, prepared);
    const errors = [...outcome.errors, ...(outcome.foreign ?? [])];
    const expected = record.errors.filter(({ kind }) => kind === 'error');
    const said = `${expected.map(describe).join(' ')} ${expected[0]?.message ?? ''}`;
    yield {
      check: 'invalid:refused',
      id: record.id,
      pass: errors.length > 0,
      difference: () => `${record.input.slice(0, 400)}\n  nft ${said}`,
    };
    yield {
      check: 'invalid:position',
      id: record.id,
      pass: overlaps(errors, expected),
      difference: () =>
        `${record.input.slice(0, 400)}\n  nft ${said}\n  here ${errors
          .slice(0, 2)
          .map((error) => `${describe(positionOf(error))} ${error.message}`)
          .join('; ')}`,
    };
  }
}

function describe({ line, col_start, col_end }: Position): string {
  return `${line}:${col_start}-${col_end}`;
}

/** The first error here must lie on one that nft reports. */
function overlaps(errors: readonly Diagnostic[], expected: readonly Position[]): boolean {
  const [error] = errors;
  if (error === undefined) return false;
  const { line, col_start, col_end } = positionOf(error);
  return expected.some(
    (other) => other.line === line && col_start <= other.col_end && other.col_start <= col_end,
  );
}

function positionOf(error: Diagnostic): Position {
  const { text } = error.span.source;
  const before = text.slice(0, error.span.start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = Buffer.byteLength(before.slice(lineStart)) + 1;
  const length = Buffer.byteLength(text.slice(error.span.start, error.span.end));
  return {
    line: before.split('\n').length,
    col_start: column,
    col_end: column + Math.max(length, 1) - 1,
    kind: 'error',
  };
}

function* dumpChecks(directory: string, environment: NameEnvironment): Iterable<CaseOutcome> {
  for (const record of records<DumpRecord>(join(directory, 'dumps', 'MANIFEST.jsonl'))) {
    const named = withInterfaces(environment, record.ifaces_created ?? []);
    for (const suffix of ['in', 'list']) {
      const path = join(directory, 'dumps', `${record.name}.${suffix}.nft`);
      if (!existsSync(path)) continue;
      const { errors } = run(readFileSync(path, 'utf8'), named);
      yield {
        check: 'dumps:load',
        id: `${record.name}.${suffix}`,
        pass: errors.length === 0,
        difference: () =>
          errors
            .slice(0, 3)
            .map((error) => `${describe(positionOf(error))} ${error.message}`)
            .join('\n  '),
      };
    }
  }
}
