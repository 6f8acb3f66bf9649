/** Runs the kube-proxy corpus: rules, listings, names, endpoint choices, sync steps, traffic. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseOutcome, CorpusRunner } from './check.ts';
import type { CorpusCase } from './kube-proxy/case.ts';
import { runStep, syncOutcomes } from './kube-proxy/incremental.ts';
import { endpointOutcomes, serviceMapOutcomes } from './kube-proxy/model.ts';
import { rowOutcomes } from './kube-proxy/rows.ts';
import { rulesetOutcomes } from './kube-proxy/ruleset.ts';
import { seedOutcomes } from './kube-proxy/seed.ts';

function readCases(directory: string): ReadonlyMap<string, CorpusCase> {
  const cases = new Map<string, CorpusCase>();
  for (const name of readdirSync(directory).sort()) {
    if (!name.endsWith('.json')) continue;
    const test: CorpusCase = JSON.parse(readFileSync(join(directory, name), 'utf8'));
    cases.set(test.id, test);
  }
  return cases;
}

/** `ipt-repeated-3` follows `ipt-repeated-2`. */
function stepBefore(
  test: CorpusCase,
  cases: ReadonlyMap<string, CorpusCase>,
): CorpusCase | undefined {
  const [, stem, number] = /^(.*-)(\d+)$/.exec(test.id) ?? [];
  return test.kind === 'incremental' ? cases.get(`${stem}${Number(number) - 1}`) : undefined;
}

function* run(directory: string): Generator<CaseOutcome> {
  const cases = readCases(directory);
  for (const test of cases.values()) {
    switch (test.kind) {
      case 'ruleset':
      case 'incremental': {
        const before = stepBefore(test, cases);
        yield* rulesetOutcomes(test, runStep(test, before));
        yield* syncOutcomes(test, before);
        break;
      }
      case 'categorize-endpoints':
        yield* endpointOutcomes(test);
        break;
      case 'service-map':
        yield* serviceMapOutcomes(test);
        break;
      default:
        yield* rowOutcomes(test);
    }
  }
  yield* seedOutcomes(directory);
}

export const kubeProxyCorpus: CorpusRunner = { run };
