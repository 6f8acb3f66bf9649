/** Spreads the tests of a file out into cases: rows, lists and ranges, fixtures, named packets and flows. */

import type { Diagnostic, Result } from '../base/diagnostic.ts';
import { closest } from '../base/text.ts';
import type { Case, CaseStep } from './case.ts';
import type { Scenario } from './read-scenario.ts';
import { type Expectation, expectationShape } from './rows/expectation-rows.ts';
import { columnAliases, type PacketFields, packetRows } from './rows/packet-rows.ts';
import type { Flow, ScenarioFile, ScenarioTest, Step } from './rows/scenario-rows.ts';
import type { Placed } from './shape/compounds.ts';
import { below, type Place } from './shape/shape.ts';
import { spreadValue } from './spread.ts';

interface Context {
  readonly file: ScenarioFile;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** More cases than this in one test are a mistake in a range. */
const caseLimit = 1_000_000;

export function expandCases({ file }: Scenario): Result<readonly Case[]> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const value: Case[] = [];
  for (const [index, test] of (file.tests ?? []).entries()) {
    for (const one of casesOf({ file, report }, test, index)) value.push(one);
  }
  return { value, diagnostics };
}

function unknownName(
  context: Context,
  place: Place,
  what: string,
  name: string,
  known: Iterable<string>,
): undefined {
  const near = closest(name, known);
  context.report({
    code: 'scenario-reference',
    span: place.document.locate(place.path),
    message: `there is no ${what} '${name}'`,
    ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
  });
  return undefined;
}

/** The packet with everything that it takes over from others; the defaults come last. */
function packetOf(
  context: Context,
  { value, place }: Placed<string | PacketFields>,
  seen: readonly string[] = [],
): PacketFields | undefined {
  const { packets } = context.file;
  const name = typeof value === 'string' ? value : value.like;
  const own = typeof value === 'string' ? {} : value;
  if (name === undefined) return { ...context.file.defaults, ...own };
  const base = packets?.get(name);
  if (base === undefined) return unknownName(context, place, 'packet', name, packets?.keys() ?? []);
  if (seen.includes(name)) {
    const span = place.document.locate(place.path);
    context.report({
      code: 'scenario-reference',
      span,
      message: `packet '${name}' is like itself`,
    });
    return undefined;
  }
  const taken = packetOf(context, base, [...seen, name]);
  return taken === undefined ? undefined : { ...taken, ...own };
}

function stepOf(context: Context, { value, place }: Placed<Step>): CaseStep | undefined {
  const isReply = value.reply === true;
  if (isReply === (value.packet !== undefined)) {
    const span = place.document.locate(place.path);
    const message = 'a step has either a packet or reply: true';
    context.report({ code: 'scenario-key', span, message });
    return undefined;
  }
  const packet = value.packet === undefined ? undefined : packetOf(context, value.packet);
  if (packet === undefined && !isReply) return undefined;
  return {
    packet,
    span: () => place.document.locate(place.path),
    times: value.again ?? 1,
    waitSeconds: value.wait ?? 0,
    ...(value.expect === undefined ? {} : { expect: value.expect }),
  };
}

const stepsOf = (context: Context, flow: Flow): readonly CaseStep[] =>
  flow.flatMap((step) => stepOf(context, step) ?? []);

function flowOf(context: Context, { value, place }: Placed<string | Flow>): readonly CaseStep[] {
  if (typeof value !== 'string') return stepsOf(context, value);
  const flow = context.file.flows?.get(value);
  if (flow !== undefined) return stepsOf(context, flow);
  unknownName(context, place, 'flow', value, context.file.flows?.keys() ?? []);
  return [];
}

function fixturesOf(context: Context, test: Placed<ScenarioTest>): readonly CaseStep[] {
  return (test.value.uses ?? []).flatMap((name) => {
    const flow = context.file.fixtures?.get(name);
    if (flow !== undefined) return stepsOf(context, flow);
    const known = context.file.fixtures?.keys() ?? [];
    unknownName(context, below(test.place, 'uses'), 'fixture', name, known);
    return [];
  });
}

/** What a row or a combination changes about the packet. */
interface Variation {
  readonly label: string;
  readonly fields: PacketFields;
  readonly expect?: Placed<Expectation>;
  readonly place?: Place;
}

type Draft = Record<string, unknown>;

/** Reads a cell by the shape of its packet key. */
function readCell(draft: Draft, key: string, text: string, place: Place): void {
  const row = Object.entries(packetRows).find(([name]) => name === key)?.[1];
  const value = text === 'true' ? true : text;
  const read = row?.shape.read(value, place);
  if (read !== undefined) draft[key] = read;
}

function fieldsOf(draft: Draft): PacketFields {
  // The values were read by the shapes of their own keys.
  return Object.fromEntries(Object.entries(draft).map((entry): readonly unknown[] => entry));
}

function eachVariations(context: Context, test: Placed<ScenarioTest>): readonly Variation[] {
  const { each } = test.value;
  if (each === undefined) return [{ label: '', fields: {} }];
  let variations: readonly { readonly label: string; readonly draft: Draft }[] = [
    { label: '', draft: {} },
  ];
  for (const [key, given] of Object.entries(each.value)) {
    const place = below(each.place, key);
    const texts =
      typeof given === 'string' ? given.split(',').map((part) => part.trim()) : (given ?? []);
    const values = texts.flatMap((text) => {
      const spread = spreadValue(text);
      if (spread === undefined) rangeMistake(context, place, text);
      return spread ?? [];
    });
    if (variations.length * values.length > caseLimit) {
      rangeMistake(context, place, `${variations.length * values.length} cases`);
      return [];
    }
    variations = variations.flatMap(({ label, draft }) =>
      values.map((text) => {
        const next: Draft = { ...draft };
        readCell(next, key, text, place);
        return { label: `${label}${label === '' ? '' : ' '}${key} ${text}`, draft: next };
      }),
    );
  }
  return variations.map(({ label, draft }) => ({ label, fields: fieldsOf(draft) }));
}

function rangeMistake(context: Context, place: Place, text: string): void {
  context.report({
    code: 'scenario-value',
    span: place.document.locate(place.path),
    message: `${text}: the range runs backwards or has too many values`,
  });
}

/** `10.0.0.1, 10.96.0.1, tcp, 443 → drop`: the outcome stands behind an arrow. */
function cellsOf(row: string | readonly string[]): readonly string[] {
  if (typeof row !== 'string') return row;
  const [values = '', ...outcome] = row.split(/\s*(?:\u2192|->|=>)\s*/);
  return [...values.split(','), ...outcome].map((cell) => cell.trim());
}

const defaultColumns = ['source', 'destination', 'protocol', 'port', 'expect'];

function readColumns(context: Context, test: Placed<ScenarioTest>): readonly string[] {
  const columns = (test.value.columns ?? defaultColumns).map((name) => columnAliases[name] ?? name);
  for (const [index, name] of columns.entries()) {
    if (name === 'expect' || Object.hasOwn(packetRows, name)) continue;
    const place = below(below(test.place, 'columns'), index);
    unknownName(context, place, 'packet key', name, Object.keys(packetRows));
  }
  return columns;
}

function rowVariations(context: Context, test: Placed<ScenarioTest>): readonly Variation[] {
  const { rows } = test.value;
  if (rows === undefined) return [{ label: '', fields: {} }];
  const columns = readColumns(context, test);
  return rows.flatMap((row) => {
    const cells = cellsOf(row.value);
    if (cells.length > columns.length) {
      const message = `the row has ${cells.length} values, the columns are ${columns.join(', ')}`;
      context.report({ code: 'scenario-value', span: row.span(), message });
      return [];
    }
    return [rowVariation(columns, cells, row)];
  });
}

function rowVariation(
  columns: readonly string[],
  cells: readonly string[],
  row: Placed<string | readonly string[]>,
): Variation {
  const draft: Draft = {};
  let expect: Placed<Expectation> | undefined;
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '' || cell === '-') continue;
    const place = typeof row.value === 'string' ? row.place : below(row.place, index);
    if (column !== 'expect') {
      readCell(draft, column, cell, place);
      continue;
    }
    const value = expectationShape.read(cell, place);
    if (value !== undefined)
      expect = { value, place, span: () => place.document.locate(place.path) };
  }
  const label = cells.filter((cell) => cell !== '').join(' ');
  const variation = { label, fields: fieldsOf(draft), place: row.place };
  return expect === undefined ? variation : { ...variation, expect };
}

/** `{port}` in a name stands for the value; else the variation is put behind it. */
function nameOf(base: string, fields: PacketFields, label: string): string {
  const values = new Map(Object.entries(fields).map(([key, value]) => [key, String(value)]));
  if (/\{\w+\}/.test(base)) return base.replace(/\{(\w+)\}/g, (all, key) => values.get(key) ?? all);
  return label === '' ? base : `${base} [${label}]`;
}

function stepsWith(
  context: Context,
  test: Placed<ScenarioTest>,
  fields: PacketFields,
): readonly CaseStep[] {
  const { packet, flow } = test.value;
  if (flow !== undefined) {
    return flowOf(context, flow).map((step) =>
      step.packet === undefined ? step : { ...step, packet: { ...step.packet, ...fields } },
    );
  }
  const base: Placed<string | PacketFields> = packet ?? {
    value: {},
    place: test.place,
    span: test.span,
  };
  const given = packetOf(context, base);
  if (given === undefined) return [];
  const span = (packet ?? test).span;
  return [{ packet: { ...given, ...fields }, span, times: 1, waitSeconds: 0 }];
}

function hasPacket({ packet, flow, each, rows }: ScenarioTest): boolean {
  return packet !== undefined || flow !== undefined || each !== undefined || rows !== undefined;
}

function* casesOf(context: Context, test: Placed<ScenarioTest>, index: number): Generator<Case> {
  const { value, place } = test;
  if (!hasPacket(value)) {
    const message = 'a test needs a packet, a flow, rows or each';
    context.report({ code: 'scenario-key', span: test.span(), message });
    return;
  }
  const before = fixturesOf(context, test);
  const assume = new Map([...(context.file.assume ?? []), ...(value.assume ?? [])]);
  const base = value.name ?? `test ${index + 1}`;
  const combinations = eachVariations(context, test);
  for (const row of rowVariations(context, test)) {
    for (const combination of combinations) {
      const fields = { ...row.fields, ...combination.fields };
      const label = [row.label, combination.label].filter((part) => part !== '').join(' ');
      const steps = stepsWith(context, test, fields);
      if (steps.length === 0) return;
      const expect = row.expect ?? value.expect;
      const at = row.place ?? place;
      yield {
        name: nameOf(base, { ...steps.at(-1)?.packet, ...fields }, label),
        span: () => at.document.locate(at.path),
        path: at.path,
        before,
        steps,
        assume,
        ...(expect === undefined ? {} : { expect }),
        ...(value.skip === undefined ? {} : { skip: value.skip }),
      };
    }
  }
}
