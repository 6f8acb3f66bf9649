/** Runs the parse and load checks of the language corpus: rules, invalid inputs, dumps. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { parseNft } from '../../src/formats/nft/parse.ts';
import type { CaseOutcome } from './check.ts';

interface Position {
  readonly line: number;
  readonly col_start: number;
  readonly col_end: number;
  readonly kind: string;
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
}

interface InvalidRecord {
  readonly id: string;
  readonly kind: string;
  readonly setup?: string | readonly string[];
  readonly input: string;
  readonly stage: string;
  readonly errors: readonly Position[];
}

interface DumpRecord {
  readonly name: string;
  readonly verdict: string;
  readonly reload?: string;
}

export function* runNftLoad(directory: string): Iterable<CaseOutcome> {
  yield* rulesParse(directory);
  yield* invalidRefused(directory);
  yield* dumpsParse(directory);
  yield* dumpsLoad(directory);
  yield* dumpsShapes(directory);
}

function* records<Row>(path: string): Iterable<Row> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line !== '') yield JSON.parse(line);
  }
}

function isSyntaxFailure(record: { readonly stage?: string }): boolean {
  return record.stage === 'syntax';
}

function errorsOf(text: string): readonly Diagnostic[] {
  try {
    const { diagnostics } = parseNft({ name: 'in', text });
    return diagnostics.filter(({ code }) => code !== 'foreign-extension');
  } catch (error) {
    return [
      {
        code: 'syntax-error',
        span: { source: { name: '', text }, start: 0, end: 0 },
        message: String(error),
      },
    ];
  }
}

function* rulesParse(directory: string): Iterable<CaseOutcome> {
  for (const record of records<RuleRecord>(join(directory, 'rules.jsonl'))) {
    const text =
      record.kind === 'rule'
        ? `add rule ${record.family} ${record.table} ${record.chain} ${record.text}`
        : record.text;
    const errors = errorsOf(`${[...record.setup, text].join('\n')}\n`);
    const expected = isSyntaxFailure(record) ? 'refused' : 'parsed';
    // What nft refuses in the actions of its grammar has another stage, so either outcome is right there.
    const either = record.verdict === 'fail' && !isSyntaxFailure(record);
    const found = errors.length > 0 ? 'refused' : 'parsed';
    yield {
      check: 'rules:parse',
      id: record.id,
      pass: either || found === expected,
      difference: () => `${text}\n  expected ${expected}: ${errors[0]?.message ?? 'no error'}`,
    };
  }
}

function* invalidRefused(directory: string): Iterable<CaseOutcome> {
  for (const record of records<InvalidRecord>(join(directory, 'invalid.jsonl'))) {
    if (!isSyntaxFailure(record)) continue;
    const errors = errorsOf(record.kind.endsWith('ruleset') ? record.input : `${record.input}\n`);
    yield {
      check: 'invalid:refused',
      id: record.id,
      pass: errors.length > 0,
      difference: () => record.input.slice(0, 300),
    };
    const expected = record.errors.filter(({ kind }) => kind === 'error');
    yield {
      check: 'invalid:position',
      id: record.id,
      pass: overlaps(errors, expected),
      difference: () =>
        `${record.input.slice(0, 400)}\n  nft ${expected.map(describe).join(' ')}\n  here ${errors
          .map((error) => describe(positionOf(error)))
          .join(' ')} ${errors[0]?.message ?? ''}`,
    };
  }
}

function describe({ line, col_start, col_end }: Position): string {
  return `${line}:${col_start}-${col_end}`;
}

/**
 * The first error nft reports must be overlapped by the first one here. Compared as byte offsets, since nft counts
 * columns on across the line ends inside a quoted string.
 */
function overlaps(errors: readonly Diagnostic[], expected: readonly Position[]): boolean {
  const [first] = expected;
  const [error] = errors;
  if (first === undefined || error === undefined) return false;
  const bytes = Buffer.from(error.span.source.text);
  let lineStart = 0;
  for (let line = 1; line < first.line; line++) lineStart = bytes.indexOf(10, lineStart) + 1;
  const { text } = error.span.source;
  const start = Buffer.byteLength(text.slice(0, error.span.start));
  const end = Buffer.byteLength(text.slice(0, Math.max(error.span.end, error.span.start + 1)));
  return (
    start <= lineStart + first.col_end - 1 &&
    lineStart + first.col_start - 1 <= Math.max(end - 1, start)
  );
}

function positionOf(error: Diagnostic): Position {
  const { text } = error.span.source;
  const before = text.slice(0, error.span.start);
  const line = before.split('\n').length;
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = Buffer.byteLength(before.slice(lineStart)) + 1;
  const length = Buffer.byteLength(text.slice(error.span.start, error.span.end));
  return { line, col_start: column, col_end: column + Math.max(length, 1) - 1, kind: 'error' };
}

function* dumpsParse(directory: string): Iterable<CaseOutcome> {
  for (const record of records<DumpRecord>(join(directory, 'dumps', 'MANIFEST.jsonl'))) {
    for (const suffix of ['in', 'list', 'list106']) {
      const path = join(directory, 'dumps', `${record.name}.${suffix}.nft`);
      // Two listings are not read back by nft either.
      if (!existsSync(path) || (suffix !== 'in' && record.reload === 'fail')) continue;
      const errors = errorsOf(readFileSync(path, 'utf8'));
      yield {
        check: 'dumps:parse',
        id: `${record.name}.${suffix}`,
        pass: errors.length === 0,
        difference: () =>
          errors.map((error) => `${describe(positionOf(error))} ${error.message}`).join('\n  '),
      };
    }
  }
}

function* dumpsLoad(directory: string): Iterable<CaseOutcome> {
  for (const record of records<DumpRecord>(join(directory, 'dumps', 'MANIFEST.jsonl'))) {
    const path = join(directory, 'dumps', `${record.name}.in.nft`);
    if (!existsSync(path)) continue;
    const { diagnostics } = loadNft(readFileSync(path, 'utf8'));
    const errors = diagnostics.filter(({ code }) => code !== 'foreign-extension');
    yield {
      check: 'dumps:names',
      id: record.name,
      pass: errors.length === 0,
      difference: () =>
        errors.map((error) => `${describe(positionOf(error))} ${error.message}`).join('\n  '),
    };
  }
}

/** Reading by shape must give the tree that the grammar gives. */
function* dumpsShapes(directory: string): Iterable<CaseOutcome> {
  for (const record of records<DumpRecord>(join(directory, 'dumps', 'MANIFEST.jsonl'))) {
    for (const suffix of ['in', 'list']) {
      const path = join(directory, 'dumps', `${record.name}.${suffix}.nft`);
      if (!existsSync(path)) continue;
      const source = { name: path, text: readFileSync(path, 'utf8') };
      const byGrammar = plain(parseNft(source, { shapes: 'never' }));
      const byShape = plain(parseNft(source, { shapes: 'always' }));
      yield {
        check: 'dumps:shapes',
        id: `${record.name}.${suffix}`,
        pass: byGrammar === byShape,
        difference: () => firstDifference(byGrammar, byShape),
      };
    }
  }
}

function firstDifference(first: string, second: string): string {
  let at = 0;
  while (at < first.length && first[at] === second[at]) at++;
  return `${first.slice(Math.max(0, at - 150), at + 150)}\n  ${second.slice(Math.max(0, at - 150), at + 150)}`;
}

/** What a rule of the tree has; one that was read by its shape computes them, and has more of its own. */
const ruleNames = ['kind', 'span', 'statements', 'comment', 'handle', 'position'];

/** A tree as text, in order of name. */
function plain(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'source' || key === 'shaped') return undefined;
    if (typeof inner === 'bigint') return `${inner}n`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const isRule = Reflect.get(inner, 'kind') === 'rule';
    const names = isRule ? ruleNames : Object.keys(inner).sort();
    return Object.fromEntries(names.map((name) => [name, Reflect.get(inner, name)]));
  });
}
