/** Runs the Calico corpus: every call of every file is a check. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsOf } from '../../src/generate/calico/plain-data.ts';
import {
  type CalicoCase,
  type Call,
  canonical,
  describeDifference,
  readCase,
} from './calico/case.ts';
import { chainCalls } from './calico/chains.ts';
import { fragmentCalls } from './calico/fragments.ts';
import { listingChecks } from './calico/listings.ts';
import { nameCalls } from './calico/names.ts';
import { nodeCalls, scenarioText } from './calico/node.ts';
import { resourceCalls } from './calico/resources.ts';
import type { CaseOutcome, CorpusRunner } from './check.ts';

const calls: Readonly<Record<string, Call>> = {
  ...nameCalls,
  ...fragmentCalls,
  ...chainCalls,
  ...nodeCalls,
  ...resourceCalls,
};

interface Part {
  /** Appended to the name of the check; `''` for the only part of a case. */
  readonly name: string;
  readonly wanted: unknown;
  readonly found: (calicoCase: CalicoCase) => unknown;
}

/** Elements of one map are recorded in the order of Go's map iteration, which carries no meaning. */
function inElementOrder(lines: readonly string[]): readonly string[] {
  const isElement = (line: string): boolean => line.startsWith('add element ');
  return [...lines.filter((line) => !isElement(line)), ...lines.filter(isElement).sort()];
}

function partsOf(calicoCase: CalicoCase): readonly Part[] {
  const { call, expect, wanted: whole } = calicoCase;
  const listings = listingChecks[call] ?? {};
  const listed = Object.entries(listings)
    .filter(([field]) => field in expect)
    .map(([field, found]): Part => ({ name: `/${field}`, wanted: expect[field], found }));
  if (call === 'scenario') {
    const wanted = inElementOrder(textsOf(expect.text));
    return [{ name: '/text', wanted, found: (of) => inElementOrder(scenarioText(of)) }, ...listed];
  }
  if (listed.length > 0) return listed;
  const found = calls[call];
  if (found === undefined) return [{ name: '', wanted: whole, found: () => 'unknown call' }];
  return [{ name: '', wanted: whole, found }];
}

function evaluate(part: Part, calicoCase: CalicoCase): string {
  try {
    return canonical(part.found(calicoCase) ?? null);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

function outcome(file: string, calicoCase: CalicoCase, part: Part): CaseOutcome {
  const wanted = canonical(part.wanted);
  const found = evaluate(part, calicoCase);
  return {
    check: `${file}:${calicoCase.call}${part.name}`,
    id: calicoCase.id,
    pass: found === wanted,
    difference: () => describeDifference(wanted, found),
  };
}

function* runDirectory(directory: string): Generator<CaseOutcome> {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  for (const file of files.sort()) {
    const cases: unknown = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    if (!Array.isArray(cases)) continue;
    for (const value of cases) {
      const calicoCase = readCase(value);
      for (const part of partsOf(calicoCase)) {
        yield outcome(file.replace(/\.json$/, ''), calicoCase, part);
      }
    }
  }
}

export const calicoRunner: CorpusRunner = { run: runDirectory };
