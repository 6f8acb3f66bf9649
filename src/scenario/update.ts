/** `--update`: writes what happened into a test file, and leaves the rest of its text alone. */

import { isMap, isNode } from 'yaml';
import { showEndpoint } from './checks.ts';
import type { Path, ScenarioDocument } from './document.ts';
import { readDocument } from './document.ts';
import { natEnd, type OutcomeFacts } from './facts.ts';
import type { CaseResult, ScenarioResult, StepFinding } from './result.ts';
import type { Expectation } from './rows/expectation-rows.ts';

export interface Update {
  readonly text: string;
  readonly written: number;
  /** Cases that share one expectation and disagree. */
  readonly conflicts: readonly string[];
}

type Written = string | { readonly [key: string]: unknown };

const acceptedFates: ReadonlySet<string> = new Set(['forwarded', 'output', 'bridged', 'local']);

const fateWord = (facts: OutcomeFacts) => {
  const { kind } = facts.outcome.fate;
  return acceptedFates.has(kind) ? 'accept' : kind;
};

const distinct = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

function targets(facts: readonly OutcomeFacts[], kind: 'dnat' | 'snat'): readonly string[] {
  const ends = facts
    .filter((one) => one[kind] !== undefined)
    .map((one) => showEndpoint(natEnd(one[kind])));
  return distinct(ends);
}

/** The short spelling where all outcomes agree about their fate. */
function shortSpelling(facts: readonly OutcomeFacts[]): string | undefined {
  const fates = distinct(facts.map(fateWord));
  const [fate] = fates;
  if (fate === undefined || fates.length > 1) return undefined;
  const dnat = targets(facts, 'dnat');
  return [fate, ...(dnat.length === 0 ? [] : ['dnat', ...dnat])].join(' ');
}

function wayOf(facts: OutcomeFacts): Written {
  const dnat = targets([facts], 'dnat');
  const probability = facts.outcome.probability;
  return {
    fate: fateWord(facts),
    ...(dnat.length === 0 ? {} : { dnat: dnat[0] }),
    ...(probability === undefined
      ? {}
      : { probability: `${probability.numerator}/${probability.denominator}` }),
  };
}

/** What happened for the keys that the expectation has. */
function longSpelling(expect: Expectation, facts: readonly OutcomeFacts[]): Written {
  const [first] = facts;
  if (first === undefined) return {};
  const fates = distinct(facts.map(fateWord));
  if (fates.length > 1 || expect.outcomes !== undefined) return { outcomes: facts.map(wayOf) };
  const one = (values: readonly string[]) => (values.length === 1 ? values[0] : values);
  const { dnat, snat, mark, connectionMark, out, reason, ...kept } = expect;
  const none = (values: readonly string[]) => (values.length === 0 ? 'none' : one(values));
  const hexadecimal = (value: number) => `0x${value.toString(16)}`;
  return {
    ...(expect.fate === undefined ? {} : { fate: fates[0] }),
    ...(reason === undefined ? {} : { reason: first.outcome.fate.reason }),
    ...(dnat === undefined ? {} : { dnat: none(targets(facts, 'dnat')) }),
    ...(snat === undefined ? {} : { snat: none(targets(facts, 'snat')) }),
    ...(mark === undefined ? {} : { mark: hexadecimal(first.mark) }),
    ...(connectionMark === undefined ? {} : { connectionMark: hexadecimal(first.connectionMark) }),
    ...(out === undefined ? {} : { out: first.devices[0] ?? out }),
    ...(kept.masquerade === undefined ? {} : { masquerade: first.snat !== undefined }),
    ...(kept.reply === undefined ? {} : { reply: kept.reply }),
    ...(kept.hits === undefined ? {} : { hits: kept.hits }),
    ...(kept.misses === undefined ? {} : { misses: kept.misses }),
    ...(kept.sets === undefined ? {} : { sets: Object.fromEntries(kept.sets) }),
  };
}

interface Edit {
  readonly path: Path;
  readonly written: Written;
  readonly name: string;
}

function editOf(
  document: ScenarioDocument,
  { testCase }: CaseResult,
  { expect, facts }: StepFinding,
): Edit | undefined {
  const { name } = testCase;
  const path = expect?.place.path ?? [...testCase.path, 'expect'];
  const node = document.yaml.getIn(path, true);
  const isMapping = expect !== undefined && isNode(node) && 'items' in node;
  const short = isMapping ? undefined : shortSpelling(facts);
  const written = short ?? longSpelling(expect?.value ?? {}, facts);
  if (expect === undefined && !isMap(document.yaml.getIn(testCase.path, true))) return undefined;
  const inOtherFile =
    expect !== undefined && expect.place.document.source.name !== document.source.name;
  return inOtherFile ? undefined : { path, written, name };
}

const flow = (written: Written): string =>
  typeof written === 'string' ? written : JSON.stringify(written);

/** Behind the arrow of a row that is written as text; else the whole value. */
function spliced(raw: string, written: Written): string {
  const arrow = /^(["']?)(.*?(?:\u2192|->|=>)\s*)(.*?)\1$/s.exec(raw);
  return arrow === null ? flow(written) : `${arrow[1]}${arrow[2]}${flow(written)}${arrow[1]}`;
}

/** Applies the edits: values that stand there are replaced in place, missing ones are put in. */
function apply(document: ScenarioDocument, edits: readonly Edit[]): string {
  const { source, yaml } = document;
  const present = edits.flatMap(({ path, written }) => {
    const node = yaml.getIn(path, true);
    return isNode(node) && node.range
      ? [{ start: node.range[0], end: node.range[1], written }]
      : [];
  });
  let { text } = source;
  for (const { start, end, written } of present.toSorted((a, b) => b.start - a.start)) {
    text = `${text.slice(0, start)}${spliced(text.slice(start, end), written)}${text.slice(end)}`;
  }
  const missing = edits.filter(({ path }) => !isNode(yaml.getIn(path, true)));
  if (missing.length === 0) return text;
  const again = readDocument({ ...source, text }).value;
  if (again === undefined) return text;
  for (const { path, written } of missing) again.yaml.setIn(path, written);
  return again.yaml.toString({ lineWidth: 0 });
}

/** The new text of a test file; cases that passed keep their expectations. */
export function updateScenario(result: ScenarioResult): Update {
  const { value: document } = readDocument(result.source);
  if (document === undefined) return { text: result.source.text, written: 0, conflicts: [] };
  const edits = new Map<string, Edit>();
  const conflicts = new Set<string>();
  const passed = new Set(
    result.results
      .filter(({ status }) => status === 'passed')
      .map(({ testCase }) => JSON.stringify(testCase.expect?.place.path)),
  );
  const wrong = result.results.filter(({ status }) => status === 'failed' || status === 'open');
  for (const one of wrong) {
    for (const finding of one.findings) {
      const edit = editOf(document, one, finding);
      if (edit === undefined) {
        conflicts.add(one.testCase.name);
        continue;
      }
      const key = JSON.stringify(edit.path);
      const known = edits.get(key);
      const disagrees = known !== undefined && flow(known.written) !== flow(edit.written);
      if (disagrees || passed.has(key)) conflicts.add(edit.name);
      else edits.set(key, edit);
    }
  }
  const kept = [...edits.values()].filter(({ name }) => !conflicts.has(name));
  return { text: apply(document, kept), written: kept.length, conflicts: [...conflicts] };
}
