/** Every expectation of the samples, turned round, fails with a message that shows the rule (or policy) that decided. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { processIo } from '../../../src/cli/io.ts';
import { scenarioLoader } from '../../../src/cli/test/scenario-loader.ts';
import { complaintLine } from '../../../src/scenario/reporters/failure-text.ts';
import { runScenario } from '../../../src/scenario/run-scenario.ts';

const files = [
  'home-router/home-router',
  'k8s-calico-node/calico-node',
  'k8s-kube-proxy-nftables/kube-proxy',
  'k8s-kube-proxy-nftables/generated',
];

const accepting = /^(accept|forwarded|local|output|bridged)\b/;

/** The fate word of a short or long spelling, turned round. */
const otherFate = (text: string): string =>
  accepting.test(text) ? text.replace(accepting, 'drop') : text.replace(/^\w+/, 'accept');

const swapped: Readonly<Record<string, string>> = {
  reachable: 'unreachable',
  unreachable: 'reachable',
};

/** Keys that say the opposite of each other. */
const opposite: Readonly<Record<string, string>> = {
  hits: 'misses',
  misses: 'hits',
  contains: 'lacks',
  lacks: 'contains',
};

interface Edit {
  readonly what: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The value of a key of an expectation that says the opposite; undefined: its key is turned round instead. */
function otherValue(key: string, value: string): string | undefined {
  switch (key) {
    case 'fate':
    case 'expect':
      return otherFate(value);
    case 'reply':
      return swapped[value];
    case 'dnat':
    case 'snat':
      return value === 'none' ? '192.0.2.250:9' : 'none';
    case 'masquerade':
      return value === 'true' ? 'false' : 'true';
    case 'mark':
      return '0xdead';
    case 'out':
      return 'nosuch0';
    case 'probability':
      return '1/7';
    case 'reason':
      return 'NO_ROUTE';
    default:
      return undefined;
  }
}

/** One edit per expectation: places in the text, so that nothing else changes. */
function editsOf(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  const document = parseDocument(text);
  const add = (what: string, range: readonly number[] | null | undefined, to: string) => {
    const [start, end] = range ?? [];
    if (start !== undefined && end !== undefined) edits.push({ what, start, end, text: to });
  };
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key)) return;
      const name = String(key.value);
      if (opposite[name] !== undefined) add(name, key.range, opposite[name] ?? name);
      else if (isScalar(value)) {
        const to = otherValue(name, String(value.value));
        const isFlag = name === 'masquerade';
        if (to !== undefined) add(`${name}: ${value.value}`, value.range, isFlag ? to : quoted(to));
      } else if (isSeq(value) && (name === 'dnat' || name === 'snat')) {
        add(name, value.range, 'none');
      } else if (isSeq(value) && name === 'rows') {
        for (const row of value.items) {
          if (isScalar(row)) {
            const [cells = '', outcome = ''] = String(row.value).split(/\s*→\s*/);
            add(`row ${row.value}`, row.range, quoted(`${cells} → ${otherFate(outcome)}`));
          } else if (isSeq(row)) {
            const last = row.items.at(-1);
            if (isScalar(last))
              add(`row ${row}`, last.range, quoted(otherFate(String(last.value))));
          }
        }
      }
    },
  });
  expect(isMap(document.contents)).toBe(true);
  return edits;
}

/** Where a mapping has both of two opposite keys, both are turned round. */
function apply(text: string, edit: Edit, all: readonly Edit[]): string {
  const isPartner = (one: Edit) =>
    one.text === edit.what && one.what === edit.text && Math.abs(one.start - edit.start) < 90;
  const edits = opposite[edit.what] === undefined ? [edit] : [edit, ...all.filter(isPartner)];
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((now, one) => `${now.slice(0, one.start)}${one.text}${now.slice(one.end)}`, text);
}

describe.each(files)('%s', (name) => {
  const path = `samples/${name}.nfttest.yaml`;
  const text = readFileSync(path, 'utf8');
  const edits = editsOf(text);
  const loader = scenarioLoader(processIo());

  it('has expectations', () => {
    expect(edits.length).toBeGreaterThan(3);
  });

  it.each(edits.map((edit) => [edit.what, edit] as const))('%s', async (_what, edit) => {
    const flipped = apply(text, edit, edits);
    const result = await runScenario({ name: path, text: flipped }, { loader });
    expect(result.diagnostics).toEqual([]);
    const failed = result.results.filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const { failures } of failed) {
      for (const { complaints, trace } of failures) {
        expect(trace.length).toBeGreaterThan(0);
        for (const complaint of complaints)
          expect(complaintLine(complaint)).toMatch(
            /, by (the policy of )?(ip|ip6|inet) \S+ \S+(#\d+)?|, by the stack/,
          );
      }
    }
  });
});
